// What the driver is told: where to go, the proof of who we are, and that values must arrive exact.
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'snowflake-sdk';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { SnowflakeConnection, SnowflakeProof } from '../../project/snowflake-connection.ts';
import { exactValues } from './values.ts';

type Options = Readonly<Record<string, unknown>>;

const fileText = (path: string, what: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new TidemarkError('project_invalid', { message: `cannot read the ${what} \`${path}\``, cause });
  }
};

/** dbt takes a key as the base64 of its bytes as well; the driver wants PEM. */
const pemOf = (key: string): string => {
  const text = key.replaceAll('\\n', '\n').trim();
  if (text.startsWith('-----')) return text;
  const lines = text.replaceAll(/\s+/g, '').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----`;
};

const proofOptions = (proof: SnowflakeProof): Options => {
  switch (proof.kind) {
    case 'password':
      return { authenticator: 'SNOWFLAKE', password: proof.password };
    case 'mfa':
      return {
        authenticator: 'USERNAME_PASSWORD_MFA',
        password: proof.password,
        // Asked once, the approval is kept for four hours, if the account allows it.
        clientRequestMFAToken: true,
        ...(proof.passcode === undefined ? {} : { passcode: proof.passcode }),
      };
    case 'key':
      return {
        authenticator: 'SNOWFLAKE_JWT',
        ...(proof.path === undefined
          ? { privateKey: pemOf(proof.pem ?? '') }
          : { privateKeyPath: proof.path }),
        ...(proof.passphrase === undefined ? {} : { privateKeyPass: proof.passphrase }),
      };
    case 'access-token':
      return {
        authenticator: 'PROGRAMMATIC_ACCESS_TOKEN',
        token: proof.token ?? fileText(proof.path ?? '', 'access token'),
      };
    case 'oauth':
      return { authenticator: 'OAUTH', token: proof.token };
    case 'oauth-client':
    case 'oauth-code':
      return {
        authenticator:
          proof.kind === 'oauth-client' ? 'OAUTH_CLIENT_CREDENTIALS' : 'OAUTH_AUTHORIZATION_CODE',
        oauthClientId: proof.clientId,
        oauthClientSecret: proof.clientSecret,
        oauthTokenRequestUrl: proof.tokenUrl,
        ...(proof.authorizationUrl === undefined ? {} : { oauthAuthorizationUrl: proof.authorizationUrl }),
        ...(proof.scope === undefined ? {} : { oauthScope: proof.scope }),
      };
    case 'browser':
      return { authenticator: 'EXTERNALBROWSER' };
    case 'workload':
      return {
        authenticator: 'WORKLOAD_IDENTITY',
        workloadIdentityProvider: proof.provider,
        ...(proof.resource === undefined ? {} : { workloadIdentityAzureEntraIdResource: proof.resource }),
      };
  }
};

/** A stage for what is bound would be DDL, which commits: no statement of ours binds as many rows. */
const never = 2_000_000_000;

export const driverOptions = (connection: SnowflakeConnection): ConnectionOptions => {
  const { account, user, role, warehouse, database, url } = connection;
  const place = { user, role, warehouse, database, url };
  const given: Options = Object.fromEntries(
    Object.entries({
      username: place.user,
      role: place.role,
      warehouse: place.warehouse,
      database: place.database,
      accessUrl: place.url,
    }).filter(([, value]) => value !== undefined),
  );
  return {
    account,
    ...given,
    ...proofOptions(connection.proof),
    ...exactValues,
    application: 'Tidemark',
    arrayBindingThreshold: never,
    clientSessionKeepAlive: false,
  } as unknown as ConnectionOptions;
};

/** `snowflake SHOP@acme-prod as LOADER`. */
export const describeSnowflake = ({ account, database, role }: SnowflakeConnection): string =>
  `snowflake ${database ?? '(default)'}@${account}${role === undefined ? '' : ` as ${role}`}`;
