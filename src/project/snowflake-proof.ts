// How a login to Snowflake is proved, from settings of whichever file: one way, chosen by `authenticator`, or by the only
// one that there is something for.
import type { SnowflakeProof } from './snowflake-connection.ts';

/** The text of a setting under our name for it. */
export type Setting = (key: ProofKey) => string | undefined;

export const proofKeys = [
  'authenticator',
  'password',
  'passcode',
  'private_key',
  'private_key_path',
  'private_key_passphrase',
  'token',
  'token_path',
  'oauth_client_id',
  'oauth_client_secret',
  'oauth_token_request_url',
  'oauth_authorization_url',
  'oauth_scope',
  'workload_identity_provider',
  'workload_identity_resource',
] as const;

export type ProofKey = (typeof proofKeys)[number];

export const authenticators = [
  'snowflake',
  'username_password_mfa',
  'snowflake_jwt',
  'programmatic_access_token',
  'oauth',
  'oauth_client_credentials',
  'oauth_authorization_code',
  'externalbrowser',
  'workload_identity',
] as const;

type Authenticator = (typeof authenticators)[number];

/** What is wrong instead: a key that is missing, or a word that names no way. */
export type NoProof =
  | { readonly missing: ProofKey; readonly of: Authenticator }
  | { readonly unknown: string };

const isAuthenticator = (text: string): text is Authenticator =>
  (authenticators as readonly string[]).includes(text);

/** Without `authenticator`: a key before a password, as dbt does it. */
const implied = (setting: Setting): Authenticator =>
  setting('private_key') !== undefined || setting('private_key_path') !== undefined
    ? 'snowflake_jwt'
    : 'snowflake';

const key = (setting: Setting): SnowflakeProof | NoProof => {
  const [path, pem] = [setting('private_key_path'), setting('private_key')];
  if (path === undefined && pem === undefined) return { missing: 'private_key_path', of: 'snowflake_jwt' };
  return { kind: 'key', path, pem, passphrase: setting('private_key_passphrase') };
};

const client = (
  setting: Setting,
  of: 'oauth_client_credentials' | 'oauth_authorization_code',
): SnowflakeProof | NoProof => {
  const clientId = setting('oauth_client_id');
  const clientSecret = setting('oauth_client_secret');
  const tokenUrl = setting('oauth_token_request_url');
  if (clientId === undefined) return { missing: 'oauth_client_id', of };
  if (clientSecret === undefined) return { missing: 'oauth_client_secret', of };
  if (tokenUrl === undefined) return { missing: 'oauth_token_request_url', of };
  return {
    kind: of === 'oauth_client_credentials' ? 'oauth-client' : 'oauth-code',
    clientId,
    clientSecret,
    tokenUrl,
    authorizationUrl: setting('oauth_authorization_url'),
    scope: setting('oauth_scope'),
  };
};

export const proofOf = (setting: Setting): SnowflakeProof | NoProof => {
  const named = setting('authenticator')?.toLowerCase();
  if (named !== undefined && !isAuthenticator(named)) return { unknown: named };
  const of = named ?? implied(setting);
  const password = setting('password');
  const token = setting('token');
  switch (of) {
    case 'snowflake':
      return password === undefined ? { missing: 'password', of } : { kind: 'password', password };
    case 'username_password_mfa':
      return password === undefined
        ? { missing: 'password', of }
        : { kind: 'mfa', password, passcode: setting('passcode') };
    case 'snowflake_jwt':
      return key(setting);
    case 'programmatic_access_token': {
      const path = setting('token_path');
      return token === undefined && path === undefined
        ? { missing: 'token', of }
        : { kind: 'access-token', token, path };
    }
    case 'oauth':
      return token === undefined ? { missing: 'token', of } : { kind: 'oauth', token };
    case 'oauth_client_credentials':
    case 'oauth_authorization_code':
      return client(setting, of);
    case 'externalbrowser':
      return { kind: 'browser' };
    case 'workload_identity': {
      const provider = setting('workload_identity_provider');
      return provider === undefined
        ? { missing: 'workload_identity_provider', of }
        : { kind: 'workload', provider, resource: setting('workload_identity_resource') };
    }
  }
};
