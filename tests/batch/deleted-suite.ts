// Rows that are gone from staging, whatever their key is made of: found, and looked for only where figures say so.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from 'vitest';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';

interface Keyed {
  readonly type: string;
  /** Keys of rows that stay, of one that goes, of one that comes unseen, and of one that comes with a stamp. */
  readonly stay: string;
  readonly goes: string;
  readonly comes: string;
  readonly stamped: string;
}

const uuid = (digit: number): string => `'00000000-0000-4000-8000-00000000000${digit}'`;

const keys: readonly Keyed[] = [
  // Their halves taken together, both are 1.
  { type: 'bigint', stay: '7', goes: '1', comes: '4294967296', stamped: '9' },
  { type: 'integer', stay: '7', goes: '1', comes: '2', stamped: '9' },
  { type: 'varchar(20)', stay: `'é'`, goes: `'a'`, comes: `'A'`, stamped: `''` },
  { type: 'uuid', stay: uuid(7), goes: uuid(1), comes: uuid(2), stamped: uuid(9) },
  { type: 'numeric(12,2)', stay: '7.10', goes: '1.00', comes: '1.01', stamped: '9' },
  {
    type: 'date',
    stay: `'2020-07-01'`,
    goes: `'2020-01-01'`,
    comes: `'2020-01-02'`,
    stamped: `'2020-09-01'`,
  },
];

const mapping = `target: fact_thing
key: thing_id
from: things
columns: { thing_id: things.id, name: things.name }
`;

const old = `timestamp '2020-01-01 10:00:00'`;
/** Below the window that is read again. */
const older = `timestamp '2019-01-01 10:00:00'`;

const recipe = ({ type, stay, goes }: Keyed) => ({
  tables: [
    'create schema staging',
    'create schema marts',
    `create table staging.things (id ${type} primary key, name varchar(20), updated_at timestamp)`,
    `insert into staging.things values (${stay}, 'stays', ${old}), (${goes}, 'goes', ${old})`,
  ],
  mappings: {
    'sources.yml': 'sources:\n  things: { key: id, updated_at: updated_at }\n',
    'fact_thing.yml': mapping,
  },
});

/** The statements that look for the keys themselves. */
const looksDuring = async (work: () => Promise<unknown>): Promise<number> => {
  let looks = 0;
  const count = (message: unknown): void => {
    const { phase, sql } = message as { readonly phase: string; readonly sql: string };
    if (phase === 'before' && sql.includes(`, 'D', null, "m"`)) looks += 1;
  };
  subscribe('tidemark:statement', count);
  try {
    await work();
  } finally {
    unsubscribe('tidemark:statement', count);
  }
  return looks;
};

export const describeDeleted = (engine: Engine): void => {
  describe(`rows that are gone on ${engine}`, () => {
    let sandbox: Sandbox;
    afterEach(() => sandbox.remove());

    const names = async (): Promise<readonly unknown[]> =>
      (await sandbox.sql('select name from marts.fact_thing order by name')).map(({ name }) => name);

    it.each(keys)('are found by a key of $type, also where another row came unseen', async (keyed) => {
      sandbox = await createSandbox(engine, recipe(keyed));
      await sandbox.run();
      const { goes, comes, stamped } = keyed;
      await sandbox.sql(
        `delete from staging.things where id = ${goes}`,
        // As many rows as before, and no stamp tells of the new one.
        `insert into staging.things values (${comes}, 'came unseen', ${older})`,
        `insert into staging.things values (${stamped}, 'came', timestamp '2020-01-01 11:00:00')`,
      );
      const { report } = await sandbox.run();
      expect(report.sources).toMatchObject([{ name: 'things', inserted: 1, updated: 0, deleted: 1 }]);
      expect(await names()).toEqual(['came', 'stays']);
    });

    it('are looked for by their keys only where figures over all keys differ', async () => {
      const [first] = keys;
      if (first === undefined) throw new RangeError('no keys');
      sandbox = await createSandbox(engine, recipe(first));
      await sandbox.run();
      expect(await looksDuring(() => sandbox.run())).toBe(0);
      await sandbox.sql(
        `insert into staging.things values (${first.stamped}, 'came', timestamp '2020-01-01 11:00:00')`,
        `update staging.things set name = 'stayed', updated_at = timestamp '2020-01-01 11:00:00' where id = ${first.stay}`,
      );
      expect(await looksDuring(() => sandbox.run())).toBe(0);
      await sandbox.sql(`delete from staging.things where id = ${first.goes}`);
      expect(await looksDuring(() => sandbox.run())).toBe(1);
      expect(await looksDuring(() => sandbox.run())).toBe(0);
      expect(await names()).toEqual(['came', 'stayed']);
    });

    it('are found by keys of two columns', async () => {
      sandbox = await createSandbox(engine, {
        tables: [
          'create schema staging',
          'create schema marts',
          'create table staging.lines (a integer, b integer, name varchar(20), updated_at timestamp)',
          `insert into staging.lines values (1, 2, 'one', ${old}), (2, 1, 'two', ${old}), (3, 3, 'three', ${old})`,
        ],
        mappings: {
          'sources.yml': 'sources:\n  lines: { key: [a, b], updated_at: updated_at }\n',
          'fact_thing.yml': `target: fact_thing
key: [a, b]
from: lines
columns: { a: lines.a, b: lines.b, name: lines.name }
`,
        },
      });
      await sandbox.run();
      // The same figures in each column.
      await sandbox.sql(
        'delete from staging.lines where a < 3',
        `insert into staging.lines values (1, 1, 'unseen', ${older}), (2, 2, 'unseen', ${older})`,
      );
      await sandbox.run();
      expect(await names()).toEqual(['three']);
    });
  });
};
