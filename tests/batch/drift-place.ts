// The project whose tables drift, made anew for each test, and what the suites of drift ask of it.
import { afterEach, beforeEach, expect } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { corner } from './corner.ts';

type Rows = readonly unknown[];

interface DriftPlace {
  /** The first column of a query. */
  readonly values: (select: string) => Promise<Rows>;
  readonly columnsOf: (table: string) => Promise<Rows>;
  readonly proveEqual: () => Promise<void>;
  readonly proveIdle: () => Promise<void>;
  readonly touch: (set: string, id?: number) => Promise<unknown>;
  /** What the catalog calls a text of any length. */
  readonly text: string;
}

export const driftPlace = (engine: Engine, onMade: (sandbox: Sandbox) => void): DriftPlace => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await createSandbox(engine, corner());
    onMade(sandbox);
  });
  afterEach(() => sandbox.remove());

  const values = async (select: string): Promise<Rows> =>
    (await sandbox.sql(select)).map((row) => Object.values(row)[0]);
  return {
    values,
    columnsOf: (table) =>
      values(
        `select column_name || ' ' || lower(data_type) from information_schema.columns where table_schema || '.' || table_name = '${table}' order by ordinal_position`,
      ),
    async proveEqual() {
      expect((await verify({ project: sandbox.project() })).report).toMatchObject({
        status: 'equal',
        behind: [],
      });
    },
    async proveIdle() {
      expect(await sandbox.run()).toMatchObject({
        exit: 0,
        report: { status: 'idle', batch: null, behind: [], warnings: [] },
      });
    },
    touch: (set, id = 1) =>
      sandbox.sql(
        `update staging.companies set ${set}, updated_at = timestamp '2020-03-01 00:00:00' where id = ${id}`,
      ),
    text: engine === 'duckdb' ? 'varchar' : 'character varying',
  };
};
