// One output of a dbt profile, adapter by adapter: dbt's names for the settings, and ours.
import { basename, extname, resolve } from 'node:path';
import type { Position } from '../../errors/tidemark-error.ts';
import type { Scalar, Value } from '../document.ts';
import { found } from '../fields.ts';
import type {
  AttachedFile,
  Connection,
  DuckDbConnection,
  DuckDbLimits,
  PostgresConnection,
} from '../project.ts';
import { homeOf, snowflakeConnection } from '../snowflake.ts';
import type { SnowflakeConnection } from '../snowflake-connection.ts';
import { valueAt, type Search } from './find-profile.ts';
import { renderJinja } from './jinja.ts';
import { missingSetting, notAFile, unsupportedAdapter, wrongSetting } from './problems.ts';

export interface DbtConnection {
  readonly connection: Connection;
  /** Where dbt builds models that say nothing else. */
  readonly schema: string | undefined;
  /** The folder of the dbt project. */
  readonly directory: string;
}

interface Output extends Search {
  readonly target: string;
}

interface Settings {
  readonly at: Position;
  readonly output: Output;
  /** The setting under the first of these names that is there. */
  readonly get: (...keys: readonly string[]) => Scalar | undefined;
  /** A mapping of further settings. */
  readonly under: (key: string) => Value | undefined;
}

const settingsOf = (value: Value, output: Output): Settings => ({
  at: value.at,
  output,
  under: (key) => valueAt(value, key),
  get: (...keys) => {
    for (const key of keys) {
      const setting = valueAt(value, key);
      if (setting === undefined) continue;
      if (setting.kind === 'scalar') return renderJinja(setting, output.variables, output.report);
      output.report(wrongSetting(setting.at, key, 'a text', found(setting)));
    }
    return undefined;
  },
});

const needed = ({ at, output, get }: Settings, ...keys: readonly string[]): string | undefined => {
  const value = get(...keys);
  const text = value?.text;
  if (text !== undefined && text !== '') return text;
  // A variable that is missing was reported already.
  if (value === undefined) output.report(missingSetting(at, keys[0] ?? '', output.target));
  return undefined;
};

const isElsewhere = (path: string): boolean => /^[a-z][a-z0-9]+:/i.test(path);

/** dbt-duckdb takes the file from where it is started, which is the folder of the dbt project. */
const duckDb = (settings: Settings): DuckDbConnection | undefined => {
  const { output, at } = settings;
  const path = settings.get('path');
  const text = path?.text ?? ':memory:';
  if (text === ':memory:' || isElsewhere(text)) {
    output.report(notAFile(path?.at ?? at, path?.written ?? text));
    return undefined;
  }
  // The second are given when the file is opened, the first to each session.
  const given = ['settings', 'config_options'].map((key) => settings.under(key));
  return {
    type: 'duckdb',
    path: resolve(output.directory, text),
    limits: duckDbLimits(given, output),
    attached: attachedFiles(settings.under('attach'), output),
    madeBy: { at, target: output.target, storage: settingIn(given, output, 'storage_compatibility_version') },
  };
};

const settingIn = (
  given: readonly (Value | undefined)[],
  output: Output,
  ...keys: readonly string[]
): string | undefined =>
  given
    .map((each) =>
      each?.kind === 'mapping'
        ? settingsOf(each, output)
            .get(...keys)
            ?.text.trim()
        : undefined,
    )
    .find((text) => text !== undefined && text !== '');

/** DuckDB files that dbt reads beside its own; what is no file of DuckDB's own, or lies elsewhere, is not for us. */
const attachedFiles = (listed: Value | undefined, output: Output): readonly AttachedFile[] | undefined => {
  if (listed?.kind !== 'list') return undefined;
  return listed.items.flatMap((item) => {
    if (item.kind !== 'mapping') return [];
    const { get } = settingsOf(item, output);
    const path = get('path')?.text ?? '';
    const type = get('type')?.text ?? 'duckdb';
    if (path === '' || type.toLowerCase() !== 'duckdb' || isElsewhere(path)) return [];
    const name = get('alias')?.text ?? basename(path, extname(path));
    return [{ name, path: resolve(output.directory, path) }];
  });
};

/** What a profile sets of the engine for dbt's own work holds for ours. */
const duckDbLimits = (given: readonly (Value | undefined)[], output: Output): DuckDbLimits | undefined => {
  if (given.every((each) => each?.kind !== 'mapping')) return undefined;
  const get = (...keys: readonly string[]) => settingIn(given, output, ...keys);
  const memory = get('memory_limit', 'max_memory');
  const threads = Number(get('threads') ?? Number.NaN);
  const spill = get('temp_directory');
  return {
    memory: memory !== undefined && /^\d+(?:\.\d+)?\s*(?:[kmgt]i?)?b$/i.test(memory) ? memory : undefined,
    threads: Number.isSafeInteger(threads) && threads > 0 ? threads : undefined,
    spill: spill === undefined ? undefined : resolve(output.directory, spill),
  };
};

const sslOf = (settings: Settings): PostgresConnection['ssl'] => {
  const mode = settings.get('sslmode');
  if (mode === undefined) return undefined;
  switch (mode.text) {
    case 'disable':
      return false;
    case 'require':
      return 'require';
    case 'verify-ca':
    case 'verify-full':
      return 'verify-full';
    case 'allow':
    case 'prefer':
      return undefined;
    default:
      settings.output.report(
        wrongSetting(mode.at, 'sslmode', 'one of the modes of libpq', `\`${mode.written ?? mode.text}\``),
      );
      return undefined;
  }
};

const portOf = (settings: Settings): number | undefined => {
  const port = settings.get('port');
  if (port === undefined || port.text === '') return undefined;
  if (/^\d{1,5}$/.test(port.text)) return Number(port.text);
  settings.output.report(wrongSetting(port.at, 'port', 'a whole number', `\`${port.written ?? port.text}\``));
  return undefined;
};

const fileOf = (settings: Settings, key: string): string | undefined => {
  const path = settings.get(key)?.text;
  return path === undefined || path === '' ? undefined : resolve(settings.output.directory, path);
};

const postgres = (settings: Settings): PostgresConnection | undefined => {
  const host = needed(settings, 'host');
  const user = needed(settings, 'user', 'username');
  const database = needed(settings, 'dbname', 'database');
  const password = settings.get('password', 'pass')?.text;
  if (host === undefined || user === undefined || database === undefined) return undefined;
  return {
    type: 'postgres',
    host,
    port: portOf(settings),
    user,
    password: password === '' ? undefined : password,
    database,
    ssl: sslOf(settings),
    role: settings.get('role')?.text,
    certificates: {
      authority: fileOf(settings, 'sslrootcert'),
      own: fileOf(settings, 'sslcert'),
      key: fileOf(settings, 'sslkey'),
    },
  };
};

/** dbt's names for what differs. */
const dbtNames: Readonly<Record<string, readonly string[]>> = {
  user: ['user', 'username'],
  url: ['host'],
  workload_identity_resource: ['workload_identity_entra_resource'],
};

/** What dbt calls `jwt` is a token that somebody else made. */
const dbtAuthenticator = (text: string | undefined): string | undefined =>
  text?.toLowerCase() === 'jwt' ? 'oauth' : text;

const snowflake = (settings: Settings): SnowflakeConnection | undefined =>
  snowflakeConnection({
    get: (key) => {
      const text = settings.get(...(dbtNames[key] ?? [key]))?.text;
      if (key === 'account') return text?.replaceAll('_', '-');
      return key === 'authenticator' ? dbtAuthenticator(text) : text;
    },
    directory: settings.output.directory,
    home: homeOf(settings.output.variables),
    at: settings.at,
    owner: `target \`${settings.output.target}\` of the dbt profile`,
    report: settings.output.report,
  });

const readers = { duckdb: duckDb, postgres, snowflake } as const;

const isKnown = (adapter: string): adapter is keyof typeof readers => Object.hasOwn(readers, adapter);

export const readOutput = (value: Value, output: Output): DbtConnection | undefined => {
  const settings = settingsOf(value, output);
  const adapter = needed(settings, 'type');
  if (adapter === undefined) return undefined;
  const schema = settings.get('schema')?.text;
  const connection = isKnown(adapter) ? readers[adapter](settings) : undefined;
  if (!isKnown(adapter)) output.report(unsupportedAdapter(settings.get('type')?.at ?? value.at, adapter));
  return connection === undefined
    ? undefined
    : { connection, schema: schema === '' ? undefined : schema, directory: output.directory };
};
