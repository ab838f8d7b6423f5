// Where DDL ends a transaction it asks nobody: a run that lost its lease makes no table any longer.
import { expect, it } from 'vitest';
import { defineFirst } from '../../src/batch/commit/define-first.ts';
import { TidemarkError } from '../../src/errors/tidemark-error.ts';
import { tableName } from '../../src/sql/table-name.ts';
import { snowflakeDialect } from '../../src/warehouse/snowflake/dialect.ts';

it('makes no table where the lease is lost', async () => {
  const lost = new TidemarkError('lease_lost', { message: 'another run has it' });
  let sessions = 0;
  const warehouse = {
    dialect: snowflakeDialect,
    transaction: (work: (session: object) => Promise<void>) => work({}),
    session: () => {
      sessions += 1;
      return Promise.resolve();
    },
  };
  const context = { warehouse, project: { schemas: { state: { schema: 'tidemark' } } }, known: {} };
  const target = { name: 'fact_new', table: tableName('marts', 'fact_new'), exists: false };
  const define = (check: () => Promise<void>) =>
    defineFirst(context as never, { frozen: { sources: [] } } as never, {
      written: [{ target }] as never,
      lease: { check } as never,
    });
  await expect(define(() => Promise.reject(lost))).rejects.toBe(lost);
  expect(sessions).toBe(0);
  await define(() => Promise.resolve());
  expect(sessions).toBe(1);
});
