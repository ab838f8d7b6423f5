// The port: all that the engine asks of a warehouse. Every adapter passes tests/conformance.
// Values arrive exact: integers up to 32 bits and floats as numbers, booleans as booleans, NULL as null,
// everything else (64-bit integers, decimals, times, JSON) as the engine's own text under a UTC session.
import type { Column, Dialect } from '../sql/dialect.ts';
import type { Fragment, Statement } from '../sql/fragment.ts';
import type { TableName } from '../sql/table-name.ts';
import type { Finding, HealthQuestion } from './health.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface Session {
  /** The caller says what its rows look like. */
  rows<R = Row>(statement: Statement): Promise<readonly R[]>;
  /** Runs a statement; answers how many rows it wrote. */
  execute(statement: Statement): Promise<number>;
}

export interface TableInfo {
  readonly table: TableName;
  readonly kind: 'table' | 'view';
  readonly columns: readonly Column[];
  /** Column sets that the warehouse itself keeps unique: primary keys and full unique indexes. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** Another table references this one by a foreign key, or an index forbids rewriting whole rows. */
  readonly constrained: boolean;
  /** Of a view: its definition. */
  readonly definition?: string | undefined;
}

/** What an engine says of a table without reading it. */
export interface TableMark {
  readonly table: TableName;
  /** Another one: the table was truncated, rewritten or made anew. */
  readonly identity: string;
  /** Rows written so far by anybody: a hint, late while the writer's session lives, counting rolled-back work. None
   *  where the identity is another one after any writing that is not ours. */
  readonly writes?: number;
  /** A trigger of the table may change rows as they are written, which no counter tells. */
  readonly rewrites?: boolean;
}

export type FrozenJob<T> = (session: Session) => Promise<T>;

export interface Warehouse {
  readonly dialect: Dialect;
  /** What and where, for people, without secrets: `postgres shop@db.example:5432`. */
  readonly description: string;
  /** Which engine, of which release: hashes that it makes of the same values may differ from one to the next. */
  readonly release: string;
  /** One session for a while, each statement its own transaction. */
  session<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** One transaction: committed when `work` returns, rolled back when it throws. An unknown outcome of the
   *  COMMIT itself is thrown as `commit_unknown`. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** All jobs read one snapshot, at once where the engine gains by it, and may fill scratch. The first failure
   *  is thrown after all have ended. A job that catches the failure of a statement and returns keeps its result;
   *  what it wrote may be gone. */
  frozen<T>(jobs: readonly FrozenJob<T>[]): Promise<readonly T[]>;
  /** Tables as they are now; those that do not exist are left out. Order is free. */
  introspect(tables: readonly TableName[]): Promise<readonly TableInfo[]>;
  /** Marks of these tables, which exist; none at all where the engine keeps none, so that tables must be read. */
  marks(tables: readonly TableName[]): Promise<readonly TableMark[]>;
  /** Bytes on the disk, by shown name, of those of these tables of which the engine says it. */
  sizes(tables: readonly TableName[]): Promise<ReadonlyMap<string, number>>;
  /** Names of the tables and views in a schema, for hints. */
  tablesIn(schema: string, database?: string): Promise<readonly string[]>;
  /** Columns and types of a query, without running it. */
  describe(select: Fragment): Promise<readonly Column[]>;
  /** The condition of the engine, as far as it concerns us; writes nothing. */
  health(asked: HealthQuestion): Promise<readonly Finding[]>;
  /** One statement outside of any transaction: what tidies tables up. */
  maintain(statement: Statement): Promise<void>;
  /** Where this process may create scratch; created when missing. Scratch of dead owners is dropped here. */
  openScratch(stateSchema: string): Promise<ScratchSpace>;
  /** Stops what runs at this moment in every session. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}

export interface ScratchSpace {
  /** A fresh name that no other process uses. `purpose` is for readers of the server's log. */
  name(purpose: string): TableName;
  /** Drops everything created under this space and gives back its claim. */
  drop(): Promise<void>;
}
