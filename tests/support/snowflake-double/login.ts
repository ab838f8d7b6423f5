// Who may come in, and how he proves it: password, key pair, access token. The codes are the server's.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { SnowflakeFailure } from './failure.ts';
import type { DoubleSetting, DoubleUser } from './world.ts';

export interface LoginData {
  readonly ACCOUNT_NAME?: string;
  readonly LOGIN_NAME?: string;
  readonly PASSWORD?: string;
  readonly TOKEN?: string;
  readonly AUTHENTICATOR?: string;
  readonly SESSION_PARAMETERS?: Readonly<Record<string, unknown>>;
}

const refused = (code: string, message: string): SnowflakeFailure =>
  new SnowflakeFailure(code, '08001', message);

const part = (token: string, place: number): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(Buffer.from(token.split('.')[place] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
  } catch {
    throw refused('390144', 'JWT token is invalid.');
  }
};

const byKeyPair = (setting: DoubleSetting, token: string): DoubleUser => {
  const { iss, exp } = part(token, 1);
  const [account = '', name = '', print = ''] = String(iss).split('.');
  const user = setting.users.find((each) => each.name === name);
  if (account !== setting.account || user?.publicKey === undefined)
    throw refused('390144', 'JWT token is invalid.');
  const key = createPublicKey(user.publicKey);
  const known = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64');
  const [header = '', payload = '', signature = ''] = token.split('.');
  const signed = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${payload}`),
    key,
    Buffer.from(signature, 'base64url'),
  );
  if (print !== `SHA256:${known}` || !signed || Number(exp) * 1000 < Date.now())
    throw refused('390144', 'JWT token is invalid.');
  return user;
};

const byToken = (setting: DoubleSetting, token: string, isProgram: boolean): DoubleUser => {
  const user = setting.users.find((each) => each.tokens?.[token] !== undefined);
  if (user?.tokens?.[token] === 'valid') return user;
  if (isProgram) throw refused('394400', 'Programmatic access token is invalid.');
  throw user === undefined
    ? refused('390303', 'Invalid OAuth access token. ')
    : refused('390318', 'OAuth access token expired. ');
};

export const userOf = (setting: DoubleSetting, data: LoginData): DoubleUser => {
  if (data.ACCOUNT_NAME?.toUpperCase() !== setting.account)
    throw refused('390100', 'Incorrect username or password was specified.');
  const name = data.LOGIN_NAME?.toUpperCase();
  switch (data.AUTHENTICATOR) {
    case undefined:
    case 'SNOWFLAKE': {
      const user = setting.users.find((each) => each.name === name);
      if (user?.password !== undefined && user.password === data.PASSWORD) return user;
      throw refused('390100', 'Incorrect username or password was specified.');
    }
    case 'SNOWFLAKE_JWT':
      return byKeyPair(setting, data.TOKEN ?? '');
    case 'OAUTH':
      return byToken(setting, data.TOKEN ?? '', false);
    case 'PROGRAMMATIC_ACCESS_TOKEN':
      return byToken(setting, data.TOKEN ?? '', true);
    default:
      throw refused('390000', `the double does not model the authenticator ${data.AUTHENTICATOR}`);
  }
};
