// Where a benchmark's tables live: a DuckDB file or a Postgres database that can be opened, copied and dropped.
import type { Execute } from '../shop/schema.ts';
import type { ShopEngine } from '../shop/build-targets.ts';

type Row = Readonly<Record<string, unknown>>;

export interface Connection {
  readonly execute: Execute;
  rows(sql: string): Promise<readonly Row[]>;
}

export interface Place {
  readonly engine: ShopEngine;
  /** The `warehouse:` of a project file. */
  readonly warehouse: Readonly<Record<string, string>>;
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Nobody may have it open. */
  copy(name: string): Promise<Place>;
  drop(): Promise<void>;
}

/** One engine with room for places. */
export interface Lab {
  readonly engine: ShopEngine;
  /** Version and settings, for the reader of the figures. */
  readonly described: string;
  make(name: string): Promise<Place>;
  close(): Promise<void>;
}

export const engineName = (engine: ShopEngine): string => (engine === 'duckdb' ? 'DuckDB' : 'Postgres');

/** The only cell of a query's only row, as text. */
export const onlyText = async (connection: Connection, sql: string): Promise<string> => {
  const [row] = await connection.rows(sql);
  const [value] = Object.values(row ?? {});
  return String(value);
};
