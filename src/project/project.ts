// A project after its file was read, its environment chosen and its variables filled in.
import type { Position } from '../errors/tidemark-error.ts';
import type { TableName } from '../sql/table-name.ts';
import type { AlertSettings } from './alert-settings.ts';
import type { LineageSettings } from './lineage-settings.ts';
import type { SnowflakeConnection } from './snowflake-connection.ts';

export interface Limits {
  readonly deletesPercent: number;
  readonly touchedPercent: number;
  readonly floor: number;
}

/** A schema named in the project file, perhaps with its database. */
export interface SchemaName {
  readonly database?: string | undefined;
  readonly schema: string;
}

export interface Schemas {
  readonly staging: SchemaName;
  readonly mirrors: SchemaName;
  readonly targets: SchemaName;
  readonly state: SchemaName;
}

export interface DuckDbConnection {
  readonly type: 'duckdb';
  /** Absolute. */
  readonly path: string;
  /** What the engine may take of this machine; what is left out, it decides by itself. */
  readonly limits?: DuckDbLimits | undefined;
  /** Further files, to be read only: their tables are `name.schema.table`. */
  readonly attached?: readonly AttachedFile[] | undefined;
  /** Where it comes from a dbt profile: the output, and for which release of the engine that has files written. */
  readonly madeBy?:
    | { readonly at: Position; readonly target: string; readonly storage: string | undefined }
    | undefined;
}

export interface AttachedFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

export interface DuckDbLimits {
  /** As the engine reads it: `2GB`, `2000000000B`. */
  readonly memory?: string | undefined;
  readonly threads?: number | undefined;
  /** Absolute: where it puts what does not fit into memory. */
  readonly spill?: string | undefined;
}

export interface PostgresConnection {
  readonly type: 'postgres';
  readonly url?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly database?: string | undefined;
  readonly ssl?: boolean | 'require' | 'verify-full' | undefined;
  /** What a dbt profile may say besides: a role to take on, and files of certificates. */
  readonly role?: string | undefined;
  readonly certificates?: Certificates | undefined;
}

/** Absolute paths. */
interface Certificates {
  readonly authority?: string | undefined;
  readonly own?: string | undefined;
  readonly key?: string | undefined;
}

export type Connection = DuckDbConnection | PostgresConnection | SnowflakeConnection;

/** When batches are due. */
export type Cadence =
  | { readonly kind: 'every'; readonly ms: number }
  | { readonly kind: 'cron'; readonly expression: string; readonly timezone: string | undefined };
/** Where mapping tests run: in a DuckDB of their own, or in schemas of their own of the project's warehouse. */
export const testPlaces = ['memory', 'warehouse'] as const;

/** How long, or how much, ledger and audit are kept; what neither limits stays. */
export interface Retention {
  readonly ageMs?: number | undefined;
  readonly bytes?: number | undefined;
}

export type TestsOn = (typeof testPlaces)[number];

export interface Project {
  readonly name: string;
  /** Absolute path of the folder that holds the project file. */
  readonly directory: string;
  readonly file: string;
  readonly environment: string;
  readonly connection: Connection;
  readonly schemas: Schemas;
  /** Absolute path of the mappings folder. */
  readonly mappings: string;
  readonly limits: Limits;
  /** Absolute path of dbt's manifest, where there is one: its nodes may be named in mappings. */
  readonly manifest?: string | undefined;
  /** For `tidemark schedule`. */
  readonly schedule?: Cadence | undefined;
  readonly testsOn?: TestsOn | undefined;
  /** For `tidemark prune`; without it everything is kept. */
  readonly retention?: Retention | undefined;
  /** Secret: the values of redacted columns are hidden with it. */
  readonly redactKey?: string | undefined;
  /** Who is told when something is wrong. */
  readonly alerts?: AlertSettings | undefined;
  /** Where lineage events go. */
  readonly lineage?: LineageSettings | undefined;
}

export const inSchema = (schema: SchemaName, name: string): TableName =>
  schema.database === undefined
    ? { schema: schema.schema, name }
    : { database: schema.database, schema: schema.schema, name };
