// What the driver is handed for each way to log in, and that nothing of it shows.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SnowflakeProof } from '../../../src/project/snowflake-connection.ts';
import { proofOf, type ProofKey } from '../../../src/project/snowflake-proof.ts';
import { describeSnowflake, driverOptions } from '../../../src/warehouse/snowflake/driver-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-snowflake-'));
const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, 'from a file\n');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const optionsOf = (proof: SnowflakeProof): object =>
  driverOptions({ type: 'snowflake', account: 'acme-prod', user: 'tide', proof });

const settings =
  (given: Partial<Record<ProofKey, string>>) =>
  (key: ProofKey): string | undefined =>
    given[key];

describe('a way to log in', () => {
  it.each([
    [{ password: 'p' }, { authenticator: 'SNOWFLAKE', password: 'p' }],
    [
      { authenticator: 'username_password_mfa', password: 'p', passcode: '123456' },
      {
        authenticator: 'USERNAME_PASSWORD_MFA',
        password: 'p',
        passcode: '123456',
        clientRequestMFAToken: true,
      },
    ],
    [
      { private_key_path: '/keys/k.p8', private_key_passphrase: 's', password: 'unused' },
      { authenticator: 'SNOWFLAKE_JWT', privateKeyPath: '/keys/k.p8', privateKeyPass: 's' },
    ],
    [
      { private_key: 'QUJD' },
      {
        authenticator: 'SNOWFLAKE_JWT',
        privateKey: '-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----',
      },
    ],
    [
      { private_key: '-----BEGIN ENCRYPTED PRIVATE KEY-----\\nQUJD' },
      { privateKey: '-----BEGIN ENCRYPTED PRIVATE KEY-----\nQUJD' },
    ],
    [
      { authenticator: 'programmatic_access_token', token: 't' },
      { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 't' },
    ],
    [{ authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token_path: tokenFile }, { token: 'from a file' }],
    [
      { authenticator: 'oauth', token: 't' },
      { authenticator: 'OAUTH', token: 't' },
    ],
    [
      {
        authenticator: 'oauth_client_credentials',
        oauth_client_id: 'i',
        oauth_client_secret: 's',
        oauth_token_request_url: 'https://idp.example/token',
        oauth_scope: 'session:role:LOADER',
      },
      {
        authenticator: 'OAUTH_CLIENT_CREDENTIALS',
        oauthClientId: 'i',
        oauthClientSecret: 's',
        oauthTokenRequestUrl: 'https://idp.example/token',
        oauthScope: 'session:role:LOADER',
      },
    ],
    [{ authenticator: 'externalbrowser' }, { authenticator: 'EXTERNALBROWSER' }],
    [
      { authenticator: 'workload_identity', workload_identity_provider: 'AWS' },
      { authenticator: 'WORKLOAD_IDENTITY', workloadIdentityProvider: 'AWS' },
    ],
  ])('%j', (given, options) => {
    const proof = proofOf(settings(given));
    if (!('kind' in proof)) throw new Error(JSON.stringify(proof));
    expect(optionsOf(proof)).toMatchObject({
      ...options,
      account: 'acme-prod',
      username: 'tide',
      representNullAsStringNull: false,
    });
  });

  it.each([
    [{}, { missing: 'password', of: 'snowflake' }],
    [{ authenticator: 'snowflake_jwt' }, { missing: 'private_key_path', of: 'snowflake_jwt' }],
    [{ authenticator: 'oauth' }, { missing: 'token', of: 'oauth' }],
    [{ authenticator: 'programmatic_access_token' }, { missing: 'token', of: 'programmatic_access_token' }],
    [
      { authenticator: 'oauth_client_credentials', oauth_client_id: 'i' },
      { missing: 'oauth_client_secret', of: 'oauth_client_credentials' },
    ],
    [
      { authenticator: 'workload_identity' },
      { missing: 'workload_identity_provider', of: 'workload_identity' },
    ],
    [{ authenticator: 'kerberos' }, { unknown: 'kerberos' }],
  ])('none from %j', (given, lack) => {
    expect(proofOf(settings(given))).toEqual(lack);
  });

  it('a file that cannot be read is named', () => {
    expect(() => optionsOf({ kind: 'access-token', path: join(folder, 'absent') })).toThrow(
      /access token.*absent/,
    );
  });
});

it('is not told in the description', () => {
  const proof = { kind: 'password', password: 'secret' } as const;
  expect(
    describeSnowflake({ type: 'snowflake', account: 'acme-prod', database: 'SHOP', role: 'LOADER', proof }),
  ).toBe('snowflake SHOP@acme-prod as LOADER');
});
