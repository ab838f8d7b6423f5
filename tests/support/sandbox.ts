// A project folder and a database of its own, on either engine, that can be copied as it stands: what the suites
// that break things break.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { run, type RunOptions, type RunResult } from '../../src/batch/run.ts';
import type { Project } from '../../src/project/project.ts';
import { readProject } from '../../src/project/read-project.ts';
import { verbatim } from '../../src/sql/fragment.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import type { Row } from '../../src/warehouse/port.ts';
import { createDatabase, urlVariable } from './postgres-server.ts';
import type { Double } from './snowflake-double/server.ts';
import { shopAt, shopPassword, startShopDouble, urlOf } from './snowflake-shop.ts';

export type Engine = 'duckdb' | 'postgres';

/** Suites for all engines are written for two of them; some of them go on the third. */
export type AnyEngine = Engine | 'snowflake';

export interface Recipe {
  /** Statements that fill the database, one a text. */
  readonly tables: readonly string[];
  /** Files below `mappings/`. */
  readonly mappings: Readonly<Record<string, string>>;
}

export type Query = (statement: string) => Promise<readonly Row[]>;

export interface Sandbox<E extends AnyEngine = Engine> {
  readonly engine: E;
  /** The project's folder. */
  readonly folder: string;
  /** Of a DuckDB file its path, of a Postgres database its url. */
  readonly place: string;
  /** Of Snowflake: the server. */
  readonly double?: Double | undefined;
  /** Read anew each time, as a new process would. */
  project(): Project;
  /** Several statements; the rows of the last, in the exact forms of the port. */
  sql(...statements: readonly string[]): Promise<readonly Row[]>;
  /** The same through one open database: opening a file costs more than a query. */
  session<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** Rewrites a mapping file. */
  map(file: string, text: string): void;
  run(options?: Partial<RunOptions>): Promise<RunResult>;
  copy(): Promise<Sandbox<E>>;
  remove(): Promise<void>;
}

/** The same for every run of a sandbox, so that a run takes over what a killed one held. */
export const owner = 'scheduler';

const connectionAt: Readonly<Record<AnyEngine, (place: string) => unknown>> = {
  duckdb: (path) => ({ type: 'duckdb', path }),
  postgres: (url) => ({ type: 'postgres', url }),
  snowflake: (url) => ({ ...shopAt(url), password: shopPassword }),
};

const projectFile = (engine: AnyEngine, place: string): string => `version: 1
name: workshop
warehouse: ${JSON.stringify(connectionAt[engine](place))}
schemas: { staging: staging, mirrors: staging_public, targets: marts, state: tidemark }
mappings: mappings
`;

const writeProject = (folder: string, engine: AnyEngine, place: string): void => {
  writeFileSync(join(folder, 'tidemark.yml'), projectFile(engine, place));
};

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'tidemark-sandbox-'));

/** Views of DuckDB name the file that they were made in: every copy has the same name in another folder. */
const duckDbPath = (folder: string): string => join(folder, 'workshop.duckdb');

const databaseName = (url: string): string => new URL(url).pathname.slice(1);

const copyDatabase = async (url: string): Promise<string> =>
  (await createDatabase({ template: databaseName(url) })).url;

const dropDatabase = async (url: string): Promise<void> => {
  const admin = new Client({ connectionString: process.env[urlVariable] });
  await admin.connect();
  try {
    await admin.query(`drop database if exists ${databaseName(url)} with (force)`);
  } finally {
    await admin.end();
  }
};

const sandboxAt = <E extends AnyEngine>(
  engine: E,
  folder: string,
  place: string,
  double?: Double,
): Sandbox<E> => {
  const project = (): Project => readProject({ directory: folder, variables: {} });
  const sandbox: Sandbox<E> = {
    engine,
    folder,
    place,
    double,
    project,
    async session(work) {
      const warehouse = await openWarehouse(project().connection, { create: true });
      try {
        return await work((statement) => warehouse.session((session) => session.rows(verbatim(statement))));
      } finally {
        await warehouse.close();
      }
    },
    sql: (...statements) =>
      sandbox.session(async (query) => {
        let rows: readonly Row[] = [];
        for (const statement of statements) rows = await query(statement);
        return rows;
      }),
    map(file, text) {
      const path = join(folder, 'mappings', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    },
    run: (options) => run({ project: project(), owner, waitMs: 20_000, ...options }),
    async copy() {
      const other = newFolder();
      cpSync(folder, other, { recursive: true });
      if (engine === 'snowflake') throw new Error('a double cannot be copied');
      const elsewhere = engine === 'duckdb' ? duckDbPath(other) : await copyDatabase(place);
      writeProject(other, engine, elsewhere);
      return sandboxAt(engine, other, elsewhere);
    },
    async remove() {
      rmSync(folder, { recursive: true, force: true });
      if (engine === 'postgres') await dropDatabase(place);
      await double?.stop();
    },
  };
  return sandbox;
};

export const createSandbox = async <E extends AnyEngine>(engine: E, recipe: Recipe): Promise<Sandbox<E>> => {
  const folder = newFolder();
  const double = engine === 'snowflake' ? await startShopDouble() : undefined;
  const place =
    double !== undefined
      ? urlOf(double)
      : engine === 'duckdb'
        ? duckDbPath(folder)
        : (await createDatabase()).url;
  writeProject(folder, engine, place);
  const sandbox = sandboxAt(engine, folder, place, double);
  for (const [file, text] of Object.entries(recipe.mappings)) sandbox.map(file, text);
  await sandbox.sql(...recipe.tables);
  return sandbox;
};

/** The same database reached through another address, a proxy's, by a project of its own. */
export const reachedBy = (sandbox: Sandbox, url: string): Sandbox => {
  const folder = join(sandbox.folder, 'elsewhere');
  cpSync(join(sandbox.folder, 'mappings'), join(folder, 'mappings'), { recursive: true });
  writeProject(folder, sandbox.engine, url);
  return sandboxAt(sandbox.engine, folder, url);
};
