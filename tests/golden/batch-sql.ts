// Every statement that an ordinary batch of the workshop runs, as it is sent: reviewed like code. What differs from
// run to run (scratch owners, ids, moments) is replaced by a word.
import diagnostics from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statementChannel, type StatementEvent } from '../../src/warehouse/statement-channel.ts';
import { createSandbox, type AnyEngine, type Recipe, type Sandbox } from '../support/sandbox.ts';
import { groupChanges, groups } from './groups.ts';
import { changes, workshop } from '../support/workshop.ts';

const withoutChance = (sql: string): string =>
  sql
    .replaceAll(/tm_[0-9a-z]+_\d+_/g, 'tm_OWNER_N_')
    .replaceAll(new RegExp(`\\b${process.pid}\\b`, 'g'), 'PID')
    .replaceAll(/[ \t]+$/gm, '')
    .trim();

/** Housekeeping of sessions and the reading of catalogs are the adapters' affair, tested with them. */
const isOurs = (sql: string): boolean =>
  !/^(begin|commit|set|alter session|drop table|with (recursive )?wanted|select .*(pg_|INFORMATION_SCHEMA))/is.test(
    sql,
  );

const statementsOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  const seen = new Set<string>();
  const listen = (message: unknown): void => {
    const event = message as StatementEvent;
    if (event.phase === 'before' && isOurs(event.sql)) seen.add(withoutChance(event.sql));
  };
  diagnostics.subscribe(statementChannel, listen);
  try {
    await work();
  } finally {
    diagnostics.unsubscribe(statementChannel, listen);
  }
  return [...seen].toSorted();
};

const golden =
  (engine: AnyEngine, recipe: Recipe, happening: readonly string[], only = /./) =>
  (name: string): void => {
    let box: Sandbox<AnyEngine>;

    beforeAll(async () => {
      box = await createSandbox(engine, recipe);
      await box.run();
      await box.sql(...happening);
    });

    afterAll(async () => {
      await box.remove();
    });

    it('sends the statements that were reviewed', async () => {
      const sent = await statementsOf(() => box.run());
      const statements = sent.filter((each) => only.test(each));
      expect(statements.length).toBeGreaterThan(10);
      const file = engine === 'snowflake' ? `./snowflake-${name}.sql` : `./${name}.${engine}.sql`;
      await expect(`${statements.join(';\n\n')};\n`).toMatchFileSnapshot(file);
    });
  };

export const goldenBatch = (engine: AnyEngine): void => {
  describe('a batch', () => {
    golden(engine, workshop, changes)('batch');
  });
  describe('a batch of aggregates', () => {
    golden(engine, groups, groupChanges, /customer_metrics|by_product/)('aggregate');
  });
};
