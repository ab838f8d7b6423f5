// The `warehouse` of the project file.
import { resolve } from 'node:path';
import type { Value } from './document.ts';
import {
  asText,
  choiceAt,
  fieldsOf,
  found,
  flagAt,
  required,
  shown,
  sizeAt,
  textAt,
  wholeAt,
} from './fields.ts';
import type { Fields } from './fields.ts';
import type { Report } from './problems.ts';
import { missingKey, notMapping, notOneOf, urlNotAlone, wrongType } from './problems.ts';
import type { Connection, DuckDbConnection, DuckDbLimits, PostgresConnection } from './project.ts';
import { readSnowflake, snowflakeKeys } from './snowflake.ts';
import type { Files } from './dbt/find-profile.ts';
import type { DbtConnection } from './dbt/outputs.ts';
import { readDbtProfile } from './dbt/read-profile.ts';
import type { Variables } from './variables.ts';

const types = ['duckdb', 'postgres', 'snowflake'] as const;
const duckDbLimits = ['memory_limit', 'threads', 'temp_directory'] as const;
const parts = ['host', 'port', 'user', 'password', 'database', 'ssl'] as const;
const owner = '`warehouse`';

export interface ConnectionAround {
  readonly directory: string;
  readonly variables: Variables;
  readonly files: Files;
  readonly report: Report;
}

export type FoundConnection = Pick<DbtConnection, 'connection'> & Partial<DbtConnection>;

export const readConnection = (value: Value, around: ConnectionAround): FoundConnection | undefined => {
  if (value.kind === 'mapping' && value.entries.some((entry) => entry.key.text === 'dbt'))
    return readDbt(fieldsOf(value, owner, { known: ['dbt', 'target'] }, around.report), around);
  const connection = readOwn(value, around);
  return connection === undefined ? undefined : { connection };
};

const readOwn = (value: Value, around: ConnectionAround): Connection | undefined => {
  const { directory, report } = around;
  const type = typeOf(value, report);
  switch (type) {
    case 'duckdb':
      return readDuckDb(
        fieldsOf(value, owner, { known: ['type', 'path', ...duckDbLimits] }, report),
        directory,
      );
    case 'postgres':
      return readPostgres(fieldsOf(value, owner, { known: ['type', 'url', ...parts] }, report));
    case 'snowflake':
      return readSnowflake(fieldsOf(value, owner, { known: ['type', ...snowflakeKeys] }, report), around);
    case undefined:
      return undefined;
  }
};

/** The connection that dbt itself uses, from its profile. */
const readDbt = (fields: Fields, around: ConnectionAround): DbtConnection | undefined => {
  const folder = textAt(fields, 'dbt');
  if (folder === undefined) return undefined;
  const search = { ...around, directory: resolve(around.directory, folder.text), at: folder.at };
  return readDbtProfile(search, textAt(fields, 'target'));
};

const typeOf = (value: Value, report: Report): Connection['type'] | undefined => {
  if (value.kind !== 'mapping') {
    report(notMapping(value.at, owner, found(value)));
    return undefined;
  }
  const entry = value.entries.find(({ key }) => key.text === 'type');
  const text = entry === undefined ? undefined : asText(entry.value);
  if (entry === undefined)
    report(missingKey(value.at, 'type', owner, 'it is `duckdb`, `postgres` or `snowflake`'));
  else {
    const type = types.find((name) => name === text?.text);
    if (type !== undefined) return type;
    report(notOneOf(entry.value.at, 'type', types, text === undefined ? found(entry.value) : shown(text)));
  }
  return undefined;
};

const readDuckDb = (fields: Fields, directory: string): DuckDbConnection | undefined => {
  required(fields, 'path', 'the database file, relative to the project file');
  const path = textAt(fields, 'path')?.text;
  if (path === undefined) return undefined;
  const limits = readLimits(fields, directory);
  return {
    type: 'duckdb',
    path: path === ':memory:' ? path : resolve(directory, path),
    ...(Object.values(limits).some((limit) => limit !== undefined) ? { limits } : {}),
  };
};

const readLimits = (fields: Fields, directory: string): DuckDbLimits => {
  const bytes = sizeAt(fields, 'memory_limit');
  const threads = wholeAt(fields, 'threads');
  const spill = textAt(fields, 'temp_directory')?.text;
  if (threads === 0)
    fields.report(
      wrongType(fields.get('threads')?.value.at ?? fields.at, 'threads', 'a whole number from 1', '`0`'),
    );
  return {
    memory: bytes === undefined ? undefined : `${bytes}B`,
    threads,
    spill: spill === undefined ? undefined : resolve(directory, spill),
  };
};

const readPostgres = (fields: Fields): PostgresConnection => {
  const url = textAt(fields, 'url')?.text;
  if (url === undefined && fields.get('url') === undefined)
    required(fields, 'host', 'or `url`, which says all at once');
  for (const name of parts) {
    const entry = fields.get(name);
    if (entry !== undefined && fields.get('url') !== undefined && name !== 'ssl')
      fields.report(urlNotAlone(entry.key.at, name));
  }
  const ssl = fields.get('ssl')?.value;
  const word = ssl?.kind === 'scalar' && ssl.value !== true && ssl.value !== false;
  return {
    type: 'postgres',
    url,
    host: textAt(fields, 'host')?.text,
    port: wholeAt(fields, 'port'),
    user: textAt(fields, 'user')?.text,
    password: textAt(fields, 'password')?.text,
    database: textAt(fields, 'database')?.text,
    ssl: word ? sslWord(fields) : flagAt(fields, 'ssl'),
  };
};

const sslWord = (fields: Fields): PostgresConnection['ssl'] => {
  const chosen = choiceAt(fields, 'ssl', ['true', 'false', 'require', 'verify-full']);
  return chosen === 'true' ? true : chosen === 'false' ? false : chosen;
};
