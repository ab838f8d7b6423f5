// Histories with the columns of a dbt snapshot: what each kind of `hard_deletes` makes of a row that goes and comes
// back, and dbt's own identifiers. That dbt goes on with them is shown with dbt itself: scripts/test-dbt-snapshots.ts.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';

const snapshot = (name: string, more: string): string => `target: ${name}
key: id
from: orders
columns: { id: orders.id, status: orders.status, updated_at: orders.updated_at }
history: { preset: dbt_snapshot${more} }
`;

const recipe: Recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.orders (id bigint, status varchar(20), updated_at timestamp)',
    `insert into staging.orders values (1, 'new', timestamp '2024-01-01 10:00:00'), (2, null, timestamp '2024-01-02 10:00:00.5')`,
  ],
  mappings: {
    'sources.yml': 'sources:\n  orders: { key: id, updated_at: updated_at }\n',
    'ignoring.yml': snapshot('ignoring', ', hard_deletes: ignore'),
    'closing.yml': snapshot('closing', ', hard_deletes: invalidate'),
    'flagging.yml': snapshot('flagging', ', hard_deletes: new_record'),
    'renamed.yml': snapshot(
      'renamed',
      ", dbt_valid_to_current: '9999-12-31', snapshot_meta_column_names: { dbt_valid_from: since, dbt_valid_to: until, dbt_scd_id: hash }",
    ),
  },
};

const identifier = (...parts: readonly string[]): string =>
  createHash('md5').update(parts.join('|')).digest('hex');

export const describeDbtSnapshots = (engine: Engine): void => {
  describe(`a dbt snapshot on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await createSandbox(engine, recipe);
      await sandbox.run();
      await sandbox.sql(
        `update staging.orders set status = 'paid', updated_at = timestamp '2024-02-01 08:30:00' where id = 1`,
        'delete from staging.orders where id = 2',
      );
      await sandbox.run();
      await sandbox.sql(`insert into staging.orders values (2, 'back', timestamp '2099-03-01 00:00:00')`);
      expect((await sandbox.run()).exit).toBe(0);
      await sandbox.sql('delete from staging.orders where id = 2');
      expect((await sandbox.run()).exit).toBe(0);
    });
    afterAll(() => sandbox.remove());

    /** Times that are the batch's own are `…`. */
    const rows = async (name: string, columns: string): Promise<readonly string[]> =>
      (await sandbox.sql(`select id, status, ${columns} from marts.${name} order by id, 3, 4`)).map((row) =>
        Object.values(row)
          .map((value) => String(value).replace(/^20(2[5-9]|[3-8]\d)-.*/, '…'))
          .join(' | '),
      );
    const usual = 'dbt_valid_from, dbt_valid_to, dbt_updated_at';
    const first = [
      '1 | new | 2024-01-01 10:00:00 | 2024-02-01 08:30:00 | 2024-01-01 10:00:00',
      '1 | paid | 2024-02-01 08:30:00 | null | 2024-02-01 08:30:00',
    ];

    it('that ignores deletes goes on with the row', async () => {
      expect(await rows('ignoring', usual)).toEqual([
        ...first,
        '2 | null | 2024-01-02 10:00:00.5 | 2099-03-01 00:00:00 | 2024-01-02 10:00:00.5',
        '2 | back | 2099-03-01 00:00:00 | null | 2099-03-01 00:00:00',
      ]);
    });

    it('that invalidates ends the version, and begins another when the row is back', async () => {
      const found = await rows('closing', usual);
      expect(found.slice(0, 3)).toEqual([
        ...first,
        '2 | null | 2024-01-02 10:00:00.5 | … | 2024-01-02 10:00:00.5',
      ]);
    });

    it('that makes new records flags them, with what was last known', async () => {
      const found = await rows('flagging', `dbt_valid_from, dbt_valid_to, dbt_is_deleted`);
      expect(found.slice(0, 4)).toEqual([
        '1 | new | 2024-01-01 10:00:00 | 2024-02-01 08:30:00 | False',
        '1 | paid | 2024-02-01 08:30:00 | null | False',
        '2 | null | 2024-01-02 10:00:00.5 | … | False',
        '2 | null | … | 2099-03-01 00:00:00 | True',
      ]);
    });

    it('has its columns under other names, and a date in place of no end', async () => {
      expect((await rows('renamed', 'since, until')).slice(0, 2)).toEqual([
        '1 | new | 2024-01-01 10:00:00 | 2024-02-01 08:30:00',
        '1 | paid | 2024-02-01 08:30:00 | 9999-12-31 00:00:00',
      ]);
      const columns = await sandbox.sql(
        `select lower(column_name) as name from information_schema.columns where table_schema = 'marts' and table_name = 'renamed' order by ordinal_position`,
      );
      expect(columns.map(({ name }) => String(name)).toSorted()).toEqual(
        ['dbt_updated_at', 'hash', 'id', 'since', 'status', 'until', 'updated_at'].toSorted(),
      );
    });

    it("has dbt's own identifiers", async () => {
      const ids = await sandbox.sql(
        `select dbt_scd_id, cast(dbt_valid_from as varchar) as since, id from marts.flagging where dbt_is_deleted = 'False'`,
      );
      expect(ids.length).toBeGreaterThan(2);
      for (const row of ids)
        expect(row['dbt_scd_id']).toBe(identifier(String(row['id']), String(row['since'])));
      const [before] = await sandbox.sql(
        `select cast(dbt_valid_from as varchar) as since from marts.flagging where id = 2 and dbt_valid_from < timestamp '2025-01-01'`,
      );
      const [gone] = await sandbox.sql(
        `select dbt_scd_id, cast(dbt_valid_from as varchar) as since from marts.flagging where id = 2 and dbt_is_deleted = 'True' order by dbt_valid_from`,
      );
      const ended = identifier('2', String(before?.['since']));
      expect(gone?.['dbt_scd_id']).toBe(identifier(ended, String(gone?.['since'])));
    });

    it('I1: is what its events yield', async () => {
      const { exit, report } = await verify({ project: sandbox.project() });
      expect({ exit, behind: report.behind }).toEqual({ exit: 0, behind: [] });
      expect((await sandbox.run()).report.status).toBe('idle');
    });
  });
};
