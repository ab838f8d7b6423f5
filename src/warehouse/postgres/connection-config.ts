// What the driver is told about the server, and how the server is called in messages: never with its password.
import { readFileSync } from 'node:fs';
import type { ClientConfig } from 'pg';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { PostgresConnection } from '../../project/project.ts';
import { typeParsers } from './values.ts';

const connectTimeoutMs = 10_000;

const invalid = (message: string): TidemarkError =>
  new TidemarkError('project_invalid', { message, hint: 'postgres://user:password@host:5432/database' });

/** The error of the parser would show the text, and with it the password. */
const parsedUrl = (text: string): URL => {
  if (!URL.canParse(text)) throw invalid('the url of the warehouse is not a url');
  const url = new URL(text);
  if (!/^postgres(ql)?:$/.test(url.protocol))
    throw invalid(`the url of the warehouse starts with ${url.protocol}`);
  // Without `//`, or with a `/` in the password, what should be secret ends up in the name of the database.
  if (!text.includes('://') || url.pathname.includes('@'))
    throw invalid(
      'the url of the warehouse is not a url: a password with /, @ or : in it is percent-encoded',
    );
  // `require` shall mean what it means to every other Postgres client: encrypt, trust any certificate.
  if (url.searchParams.has('sslmode')) url.searchParams.set('uselibpqcompat', 'true');
  return url;
};

const given = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** A file of certificates that cannot be read says which one it was. */
const certificate = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TidemarkError('project_invalid', {
      message: `cannot read the certificate file \`${path}\``,
      hint: 'it is named in the dbt profile: sslrootcert, sslcert, sslkey',
      cause,
    });
  }
};

const sslOf = ({ ssl, certificates }: PostgresConnection): Pick<ClientConfig, 'ssl'> => {
  const { authority, own, key } = certificates ?? {};
  const files = given({
    ca: authority === undefined ? undefined : certificate(authority),
    cert: own === undefined ? undefined : certificate(own),
    key: key === undefined ? undefined : certificate(key),
  });
  if (ssl === undefined || ssl === false) return ssl === undefined ? {} : { ssl };
  const checks = ssl === 'require' ? { rejectUnauthorized: false } : {};
  return { ssl: Object.keys({ ...files, ...checks }).length === 0 ? true : { ...files, ...checks } };
};

/** For the life of the connection: every transaction of it begins under this role. */
const roleOf = ({ role }: PostgresConnection): Pick<ClientConfig, 'options'> =>
  role === undefined || role === '' ? {} : { options: `-c role=${role.replaceAll(/[\\ ]/g, '\\$&')}` };

export const clientConfig = (connection: PostgresConnection): ClientConfig => {
  const { host, port, user, password, database } = connection;
  const url = connection.url === undefined ? undefined : parsedUrl(connection.url).href;
  return {
    ...given({ connectionString: url, host, port, user, password, database }),
    ...sslOf(connection),
    ...roleOf(connection),
    application_name: 'tidemark',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    types: typeParsers,
  };
};

/** `postgres shop@db.example:5432`, from what was given and the variables that every client of Postgres reads. */
export const describeConnection = (connection: PostgresConnection): string => {
  const url = connection.url === undefined ? undefined : parsedUrl(connection.url);
  const fromUrl = decodeURIComponent(url?.pathname.slice(1) ?? '');
  const database = connection.database ?? (fromUrl || process.env['PGDATABASE']) ?? '(default)';
  const host = connection.host ?? (url?.hostname || process.env['PGHOST']) ?? 'localhost';
  const port = connection.port ?? (url?.port || process.env['PGPORT']) ?? 5432;
  return `postgres ${database}@${host}:${port}`;
};
