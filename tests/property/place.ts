// A database that is open for a whole test file; each history has schemas of its own in it.
import type { Project } from '../../src/project/project.ts';
import { sql, verbatim } from '../../src/sql/fragment.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import type { Row, Warehouse } from '../../src/warehouse/port.ts';
import { createDatabase } from '../support/postgres-server.ts';
import { shopConnection, startShopDouble } from '../support/snowflake-shop.ts';

export type Engine = 'duckdb' | 'postgres' | 'snowflake';

export interface Place {
  readonly engine: Engine;
  readonly warehouse: Warehouse;
  /** Of a server: where others reach the database. */
  readonly url?: string | undefined;
  readonly rows: <R = Row>(statement: string) => Promise<readonly R[]>;
  execute(statement: string): Promise<void>;
  /** What somebody else does to tables that we watch, and is known to have done when this returns: Postgres would
   *  count it some time later. */
  executeByOthers(statements: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Types as narrow as elsewhere, and moments that the double can hold; a backslash stands for itself. */
const asSnowflake = (statement: string): string =>
  statement
    .replaceAll('\\', '\\\\')
    .replaceAll(/\binteger\b/g, 'number(9, 0)')
    .replaceAll(/\bbigint\b/g, 'number(19, 0)')
    .replaceAll(/\btimestamp(?=\s*[,)])/g, 'timestamp_ntz(6)');

const asWritten = (statement: string): string => statement;

const placeOn = (
  engine: Engine,
  warehouse: Warehouse,
  {
    url,
    drop,
    spoken = asWritten,
  }: {
    readonly url?: string;
    readonly drop: () => Promise<void>;
    readonly spoken?: (statement: string) => string;
  },
): Place => ({
  engine,
  warehouse,
  url,
  rows: <R>(statement: string) =>
    warehouse.session((session) => session.rows<R>(sql.raw<R>(spoken(statement)))),
  execute: async (statement) => {
    await warehouse.session((session) => session.execute(verbatim(spoken(statement))));
  },
  executeByOthers: (statements) =>
    warehouse.session(async (session) => {
      for (const statement of statements) await session.execute(verbatim(spoken(statement)));
      if (engine === 'postgres') await session.rows(sql`select pg_stat_force_next_flush()`);
    }),
  close: async () => {
    await warehouse.close();
    await drop();
  },
});

export const openPlace = async (engine: Engine): Promise<Place> => {
  if (engine === 'duckdb') {
    const warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' }, { create: true });
    const place = placeOn(engine, warehouse, { drop: () => Promise.resolve() });
    // Statements on tiny tables gain nothing by a second thread, and cost a third more.
    await place.execute('set threads = 1');
    return place;
  }
  if (engine === 'snowflake') {
    const double = await startShopDouble();
    const warehouse = await openWarehouse(shopConnection(double));
    return placeOn(engine, warehouse, { drop: () => double.stop(), spoken: asSnowflake });
  }
  const database = await createDatabase();
  const warehouse = await openWarehouse({ type: 'postgres', url: database.url });
  return placeOn(engine, warehouse, { url: database.url, drop: () => database.drop() });
};

export interface Schemas {
  readonly staging: string;
  readonly mirrors: string;
  readonly targets: string;
  readonly state: string;
  /** Where the oracle builds. */
  readonly rebuilt: string;
  /** Where tables are kept as they were before a batch. */
  readonly copies: string;
}

export const schemasOf = (history: string): Schemas => ({
  staging: `${history}_staging`,
  mirrors: `${history}_mirrors`,
  targets: `${history}_marts`,
  state: `${history}_state`,
  rebuilt: `${history}_rebuilt`,
  copies: `${history}_copies`,
});

export const dropSchemas = async (place: Place, schemas: Schemas): Promise<void> => {
  for (const schema of Object.values(schemas))
    await place.execute(`drop schema if exists "${schema}" cascade`);
};

/** `mappings` is a folder. Guards against big changes are switched off: histories of tiny tables are all big. */
export const projectAt = (place: Place, schemas: Schemas, mappings: string): Project => ({
  name: 'history',
  directory: mappings,
  file: 'tidemark.yml',
  environment: 'default',
  // Nobody connects by it: the place's warehouse is open.
  connection: place.engine === 'duckdb' ? { type: 'duckdb', path: ':memory:' } : { type: 'postgres' },
  schemas: {
    staging: { schema: schemas.staging },
    mirrors: { schema: schemas.mirrors },
    targets: { schema: schemas.targets },
    state: { schema: schemas.state },
  },
  mappings,
  limits: { deletesPercent: 100, touchedPercent: 100, floor: 1_000_000 },
});
