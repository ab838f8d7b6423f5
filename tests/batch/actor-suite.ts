// `actor:` of a source: who changed a row, in why, history and show; no column that an undo stumbles over.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validate } from '../../src/batch/validate.ts';
import { schemaErrors } from '../e2e/cli-schemas.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { workshop } from '../support/workshop.ts';
import { call } from './command.ts';

const sources = `sources:
  countries: { key: code }
  customers: { key: id, updated_at: updated_at, actor: changed_by }
  order_lines: { key: [order_id, line_no] }
`;

export const describeActor = (engine: Engine): void => {
  describe(`who changed a row on ${engine}`, () => {
    let sandbox: Sandbox;
    const change = (minute: number, what: string, id = 1) =>
      sandbox.sql(
        `update staging.customers set ${what}, updated_at = timestamp '2020-05-01 00:00:00' + interval '${minute} minutes' where id = ${id}`,
      );
    beforeAll(async () => {
      sandbox = await createSandbox(engine, workshop);
      sandbox.map('sources.yml', sources);
      await sandbox.sql(
        'alter table staging.customers add column changed_by varchar(40)',
        `update staging.customers set changed_by = 'loader'`,
      );
      await sandbox.run();
      await change(1, `name = 'Adler & Sons', changed_by = 'ada'`);
      await change(1, `name = 'Blanc & Co', changed_by = 'bob'`, 2);
      await sandbox.run();
      // The same person again: nothing changes in that column.
      await change(2, `name = 'Adler Ltd'`);
      await sandbox.run();
    });
    afterAll(() => sandbox.remove());

    const ask = async (...argv: readonly string[]) => {
      const answer = await call(sandbox, [...argv, '--json']);
      expect(schemaErrors(answer.json)).toEqual([]);
      return answer.json;
    };

    it('why names them, also where the same person changed it twice', async () => {
      const { rows } = (await ask('why', 'dim_customer', 'customer_id=1', 'name')) as {
        readonly rows: readonly { readonly batches: readonly object[] }[];
      };
      expect(rows[0]?.batches.slice(0, 2)).toMatchObject([
        {
          batch: 3,
          changes: [{ changed_by: 'ada', before: { name: 'Adler & Sons' }, after: { name: 'Adler Ltd' } }],
        },
        { batch: 2, changes: [{ changed_by: 'ada', after: { changed_by: 'ada', name: 'Adler & Sons' } }] },
      ]);
      expect(JSON.stringify(rows[0]?.batches[0])).not.toMatch(/"(?:before|after)":\{[^}]*changed_by/);
      const { stdout } = await call(sandbox, ['why', 'dim_customer', 'customer_id=1', 'name']);
      expect(stdout).toMatch(/name Adler & Sons → Adler Ltd, .*changed at .* by ada/);
    });

    it('history of a row and show of a batch name them', async () => {
      const history = await ask('history', '-s', 'dim_customer', '--key', 'customer_id=1');
      expect(history['batches']).toMatchObject([
        { batch: 3, row: { changed_by: ['ada'] } },
        { batch: 2, row: { changed_by: ['ada'] } },
        { batch: 1, row: { changed_by: [] } },
      ]);
      expect((await ask('show', '2'))['changed_by']).toEqual([
        { actor: 'ada', changes: 1 },
        { actor: 'bob', changes: 1 },
      ]);
      expect((await ask('show', '3'))['changed_by']).toEqual([{ actor: 'ada', changes: 1 }]);
      expect((await call(sandbox, ['show', '2'])).stdout).toContain('changed by     ada (1), bob (1)');
    });

    it('nobody is named of a deleted row, nor where the mappings cannot be read', async () => {
      await sandbox.sql('delete from staging.customers where id = 4');
      await sandbox.run();
      expect((await ask('show', '4'))['changed_by']).toEqual([]);
      sandbox.map('sources.yml', 'sources: [');
      expect((await ask('show', '2'))['changed_by']).toEqual([]);
      sandbox.map('sources.yml', sources);
    });

    it('a later change by somebody else is no conflict of an undo', async () => {
      await change(3, `country = 'FR', changed_by = 'eve'`, 2);
      await sandbox.run();
      expect((await ask('rollback', '2', '--dry-run'))['conflicts']).toMatchObject([
        { source: 'customers', column: 'name', key: { id: 1 } },
      ]);
    });

    it('must be a column of the mirror', async () => {
      const said = async (line: string) => {
        sandbox.map('sources.yml', sources.replace('actor: changed_by', line));
        return (await validate({ project: sandbox.project(), data: false, tests: false })).problems.map(
          ({ message, hint }) => [message, hint],
        );
      };
      expect(await said('actor: chnaged_by')).toEqual([
        ['column `chnaged_by` of `actor` is missing from `staging.customers`', 'did you mean `changed_by`?'],
      ]);
      expect(await said('actor: changed_by, exclude: [changed_by]')).toHaveLength(1);
      sandbox.map('sources.yml', sources);
    });
  });
};
