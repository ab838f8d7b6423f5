// Runs what the pipeline renders on the double: tables first, then routines, each as the one transaction that its procedure is.
// Nothing there runs a procedure's own language: its statements are sent one by one, as the procedure would.
import type { CatalogTable } from '../../src/dictionary/catalog.ts';
import { landingTables, tableStatements } from '../../src/snowflake-pipeline/tables.ts';
import type { Pipeline, Routine } from '../../src/snowflake-pipeline/pipeline.ts';
import { quoted, quotedTable } from '../../src/snowflake-pipeline/quote.ts';
import { allRoutines } from '../../src/snowflake-pipeline/routines.ts';
import { connectClient, type Client } from './snowflake-client.ts';
import { startDouble, type Double } from './snowflake-double/server.ts';

export const openDouble = (): Promise<Double> =>
  startDouble({
    account: 'ACME',
    database: 'DB',
    users: [{ name: 'TIDE', password: 'open sesame', role: 'LOADER' }],
    warehouses: { WH: 'running' },
  });

type Rows = readonly Readonly<Record<string, unknown>>[];

export interface Runner {
  rows(sql: string): Promise<Rows>;
  run(...statements: readonly string[]): Promise<void>;
  /** Throws what a guard of it says, and then nothing was written. */
  routine(name: string): Promise<void>;
  close(): Promise<void>;
}

const answered = async (client: Client, sql: string): Promise<Rows> => {
  const { rows, code, message } = await client.run(sql);
  if (code !== undefined) throw new Error(`${message ?? ''} (${code})\n${sql}`);
  return rows ?? [];
};

const perform = async (client: Client, { name, steps }: Routine): Promise<void> => {
  await answered(client, 'begin transaction');
  try {
    for (const step of steps) {
      if ('sql' in step) await answered(client, step.sql);
      else {
        const [found = {}] = await answered(client, step.counts);
        if (String(Object.values(found)[0]) !== '0') throw new Error(step.refusal);
      }
    }
    await answered(client, 'commit');
  } catch (error) {
    await answered(client, 'rollback');
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
};

const schemasOf = (pipeline: Pipeline): readonly string[] => [
  ...new Set([
    quoted(pipeline.settings.place.schema),
    ...[...pipeline.sources, ...pipeline.targets.map(({ target }) => target)].map(({ table }) =>
      quoted(table.schema),
    ),
  ]),
];

const stagingTable = ({ table, columns }: CatalogTable): string =>
  `create table if not exists ${quotedTable(table)} (${columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ')})`;

export const openRunner = async (
  double: Double,
  pipeline: Pipeline,
  tables: readonly CatalogTable[] = [],
): Promise<Runner> => {
  const client = await connectClient(double, { username: 'tide', password: 'open sesame', role: 'LOADER' });
  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const sql of statements) await answered(client, sql);
  };
  await run('alter session set ERROR_ON_NONDETERMINISTIC_UPDATE = true');
  for (const schema of schemasOf(pipeline)) await run(`create schema if not exists ${schema}`);
  for (const table of tables) await run(stagingTable(table));
  await run(...landingTables(pipeline), ...tableStatements(pipeline).map(({ sql }) => sql));
  const routines = new Map(allRoutines(pipeline).map((routine) => [routine.name, routine]));
  return {
    rows: (sql) => answered(client, sql),
    run,
    routine: async (name) => {
      const routine = routines.get(name);
      if (routine === undefined)
        throw new RangeError(`no routine ${name}; there are ${[...routines.keys()].join(', ')}`);
      await perform(client, routine);
    },
    close: () => client.close(),
  };
};
