// A connection to Snowflake, from the keys of the project file or an entry of Snowflake's own connections.toml.
import { join, resolve } from 'node:path';
import { parse } from 'smol-toml';
import type { Position } from '../errors/tidemark-error.ts';
import type { Files } from './dbt/find-profile.ts';
import { required, textAt, type Fields } from './fields.ts';
import {
  brokenToml,
  missingKey,
  noConnections,
  noSuchConnection,
  notOneOf,
  type Report,
} from './problems.ts';
import type { SnowflakeConnection } from './snowflake-connection.ts';
import type { Variables } from './variables.ts';
import { authenticators, proofKeys, proofOf, type NoProof, type ProofKey } from './snowflake-proof.ts';

const places = ['account', 'user', 'role', 'warehouse', 'database', 'url'] as const;

export const snowflakeKeys = ['connection', ...places, ...proofKeys] as const;

type Key = (typeof places)[number] | ProofKey;

export const homeOf = (variables: Variables): string | undefined =>
  variables['HOME'] ?? variables['USERPROFILE'];

interface Around {
  readonly directory: string;
  readonly files: Files;
  readonly variables: Variables;
}

/** How others call what we know under the first of these names. */
const otherNames: Partial<Record<Key, readonly string[]>> = {
  user: ['username'],
  private_key_path: ['private_key_file'],
  private_key_passphrase: ['private_key_file_pwd', 'private_key_pwd'],
  token_path: ['token_file_path'],
  url: ['host'],
};

const lacking = (lack: NoProof, at: Position, owner: string): ReturnType<typeof missingKey> =>
  'unknown' in lack
    ? notOneOf(at, 'authenticator', authenticators, lack.unknown)
    : missingKey(at, lack.missing, owner, `\`authenticator: ${lack.of}\` proves itself by it`);

export interface SnowflakeSettings {
  /** Empty texts are none. */
  readonly get: (key: Key) => string | undefined;
  readonly directory: string;
  /** For what begins with `~`. */
  readonly home: string | undefined;
  readonly at: Position;
  readonly owner: string;
  readonly report: Report;
}

export const snowflakeConnection = (settings: SnowflakeSettings): SnowflakeConnection | undefined => {
  const { at, owner, report, directory } = settings;
  const get = (key: Key): string | undefined => settings.get(key) || undefined;
  const path = (key: 'private_key_path' | 'token_path'): string | undefined => {
    const written = get(key);
    return written === undefined
      ? undefined
      : resolve(directory, written.replace(/^~(?=[/\\])/, settings.home ?? '~'));
  };
  const proof = proofOf((key) => (key === 'private_key_path' || key === 'token_path' ? path(key) : get(key)));
  const account = get('account');
  if (account === undefined)
    report(missingKey(at, 'account', owner, 'organisation and account: `acme-prod`'));
  if (!('kind' in proof)) report(lacking(proof, at, owner));
  if (account === undefined || !('kind' in proof)) return undefined;
  const host = get('url');
  return {
    type: 'snowflake',
    account,
    user: get('user'),
    role: get('role'),
    warehouse: get('warehouse'),
    database: get('database'),
    url: host === undefined || /^https?:/.test(host) ? host : `https://${host}`,
    proof,
  };
};

/** Where Snowflake's own tools look. */
const connectionsFile = ({ files, variables }: Around): string | undefined => {
  const home = homeOf(variables);
  return [variables['SNOWFLAKE_HOME'], home === undefined ? undefined : join(home, '.snowflake')]
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, 'connections.toml'))
    .find((file) => files.exists(file));
};

type Table = Readonly<Record<string, unknown>>;

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const entryOf = (name: string, fields: Fields, around: Around): Table | undefined => {
  const at = fields.get('connection')?.value.at ?? fields.at;
  const file = connectionsFile(around);
  const text = file === undefined ? undefined : around.files.read(file);
  if (file === undefined || text === undefined) {
    fields.report(noConnections(at));
    return undefined;
  }
  let entries: Table;
  try {
    entries = parse(text);
  } catch {
    // The parser's words would show the line, and with it a password.
    fields.report(brokenToml(at, file));
    return undefined;
  }
  const entry = entries[name];
  if (isTable(entry)) return entry;
  fields.report(noSuchConnection(at, name, Object.keys(entries), file));
  return undefined;
};

export const readSnowflake = (fields: Fields, around: Around): SnowflakeConnection | undefined => {
  const name = textAt(fields, 'connection')?.text;
  const entry = name === undefined ? {} : entryOf(name, fields, around);
  if (entry === undefined) return undefined;
  if (name === undefined) required(fields, 'account', 'or `connection`, an entry of connections.toml');
  if (name === undefined && fields.get('account') === undefined) return undefined;
  const own = new Map([...places, ...proofKeys].map((key) => [key, textAt(fields, key)?.text] as const));
  const lent = (key: Key): string | undefined => {
    const value = [key, ...(otherNames[key] ?? [])]
      .map((each) => entry[each])
      .find((each) => each !== undefined);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  return snowflakeConnection({
    get: (key) => own.get(key) ?? lent(key),
    directory: around.directory,
    home: homeOf(around.variables),
    at: fields.at,
    owner: fields.owner,
    report: fields.report,
  });
};
