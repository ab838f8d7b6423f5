// `reconcile` in parts: a batch each, the target behind until the last, taken up where it stopped; and narrowed to some
// columns.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { schemaErrors } from '../e2e/cli-schemas.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';
import { call } from './command.ts';

const itemFile = (name = 'items.name', more = ''): string => `target: fact_item
key: [shop, item]
from: items
join: { shops: items.shop = shops.code }
columns: { shop: items.shop, item: items.id, name: ${name}, town: shops.town }
${more}`;

const recipe: Recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.shops (code varchar(5), town varchar(20))',
    `insert into staging.shops values ('a', 'Aachen'), ('B', 'Bonn')`,
    'create table staging.items (shop varchar(5), id integer, name varchar(20))',
    `insert into staging.items select case when n % 2 = 0 then 'a' else 'B' end, n, 'item ' || n from generate_series(1, 20) as g(n)`,
  ],
  mappings: {
    'sources.yml': 'sources: { shops: { key: code }, items: { key: [shop, id] } }\n',
    'fact_item.yml': itemFile(),
    'town_items.yml': `target: town_items
key: code
from: shops
join: { fact_item: { on: fact_item.shop = shops.code, many: true } }
columns: { code: shops.code, items: count(fact_item.item), names: max(fact_item.name) }
`,
  },
};

export const describeParts = (engine: Engine): void => {
  describe(`reconcile in parts on ${engine}`, () => {
    let sandbox: Sandbox;
    let right: readonly string[];
    beforeEach(async () => {
      sandbox = await createSandbox(engine, recipe);
      await sandbox.run();
      right = await items();
    });
    afterEach(() => sandbox.remove());

    const items = async () =>
      (await sandbox.sql('select * from marts.fact_item')).map((row) => JSON.stringify(row)).toSorted();
    const json = async (...argv: readonly string[]) => {
      const answer = await call(sandbox, [...argv, '--json']);
      expect(schemaErrors(answer.json)).toEqual([]);
      return { exit: answer.exit, report: answer.json };
    };
    const damage = () =>
      sandbox.sql(
        `update marts.fact_item set name = 'by hand' where item in (2, 9, 17)`,
        `delete from marts.fact_item where item in (4, 20)`,
        `insert into marts.fact_item values ('a', 99, 'smuggled', null), ('C', 1, 'smuggled', null)`,
      );
    const equal = async () => {
      expect(await items()).toEqual(right);
      expect((await verify({ project: sandbox.project() })).report).toMatchObject({
        status: 'equal',
        behind: [],
      });
      expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'idle', behind: [] } });
      expect(await sandbox.sql('select * from tidemark.parts')).toEqual([]);
    };
    const behind = async () =>
      sandbox.sql(
        `select name, behind_code from tidemark.relations where behind_code is not null order by 1`,
      );
    /** Stops when it comes to that part. */
    const stopAt = (place: number, options = {}) => {
      const stop = new AbortController();
      return sandbox.run({
        reconcile: ['fact_item'],
        partRows: 5,
        signal: stop.signal,
        progress: {
          step: () => undefined,
          part: (now) => {
            if (now.place === place) stop.abort();
          },
        },
        ...options,
      });
    };

    it('makes a batch of each part that differs, and tells of all of them as of one', async () => {
      await damage();
      const { exit, report } = await json('reconcile', '-s', 'fact_item', '--chunk', '5');
      expect({ exit, report }).toMatchObject({
        exit: 0,
        report: {
          kind: 'reconcile',
          status: 'applied',
          batch: 5,
          batches: [2, 3, 4, 5],
          behind: [],
          targets: expect.arrayContaining([
            expect.objectContaining({ name: 'fact_item', inserted: 2, updated: 3, deleted: 2, cells: 3 }),
          ]),
        },
      });
      const { batches } = (await json('history')).report as { batches: readonly Record<string, unknown>[] };
      expect(batches.map(({ kind, status }) => [kind, status])).toEqual([
        ['reconcile', 'applied'],
        ['reconcile', 'partial'],
        ['reconcile', 'partial'],
        ['reconcile', 'partial'],
        ['bootstrap', 'applied'],
      ]);
      await equal();
    });

    it('is done in one batch where it is small, and in one where it is asked for with more rows', async () => {
      await damage();
      expect(await json('reconcile', '-s', 'fact_item', '--chunk', '100')).toMatchObject({
        exit: 0,
        report: { batch: 2, targets: expect.arrayContaining([expect.objectContaining({ updated: 3 })]) },
      });
      expect((await json('show', '2')).report).not.toHaveProperty('batches');
      await equal();
    });

    it('keeps the target behind, and what it feeds, until the last part', async () => {
      await damage();
      await expect(stopAt(3)).rejects.toMatchObject({
        code: 'interrupted',
        hint: '`tidemark reconcile -s fact_item` goes on with part 3 of 5',
        details: { part: { target: 'fact_item', done: 2, of: 5 } },
      });
      expect(await behind()).toEqual([
        { name: 'fact_item', behind_code: 'reconciling' },
        { name: 'town_items', behind_code: 'upstream_behind' },
      ]);
      expect((await json('status')).exit).toBe(6);
    });

    it('goes on where it stopped', async () => {
      await damage();
      await expect(stopAt(3)).rejects.toMatchObject({ code: 'interrupted' });
      const seen: number[] = [];
      const { report, exit } = await sandbox.run({
        reconcile: ['fact_item'],
        progress: { step: () => undefined, part: ({ place }) => void seen.push(place) },
      });
      expect({ exit, seen, status: report.status }).toEqual({ exit: 0, seen: [3, 4, 5], status: 'applied' });
      await equal();
    });

    it('takes changes of its sources in with each part, of rows that are done as well', async () => {
      await damage();
      await expect(stopAt(4)).rejects.toMatchObject({ code: 'interrupted' });
      await sandbox.sql(
        `update staging.items set name = 'changed' where id in (1, 2, 20)`,
        `update staging.shops set town = 'Bad Aachen' where code = 'a'`,
        'delete from staging.items where id = 6',
        `insert into staging.items values ('a', 0, 'first'), ('z', 50, 'last')`,
      );
      expect((await sandbox.run({ reconcile: ['fact_item'] })).exit).toBe(0);
      right = (
        await sandbox.sql(
          'select i.shop, i.id as item, i.name, s.town from staging.items i left join staging.shops s on s.code = i.shop',
        )
      )
        .map((row) => JSON.stringify(row))
        .toSorted();
      await equal();
    });

    it('a run in between compares all of it at once', async () => {
      await damage();
      await expect(stopAt(2)).rejects.toMatchObject({ code: 'interrupted' });
      expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'applied', behind: [] } });
      await equal();
      const parts: number[] = [];
      await sandbox.run({
        reconcile: ['fact_item'],
        partRows: 10,
        progress: { step: () => undefined, part: ({ place }) => void parts.push(place) },
      });
      expect(parts).toEqual([1, 2]);
    });

    it('begins anew where the mapping is another one by then', async () => {
      await damage();
      await expect(stopAt(3)).rejects.toMatchObject({ code: 'interrupted' });
      sandbox.map('fact_item.yml', itemFile('upper(items.name)'));
      const seen: number[] = [];
      await sandbox.run({
        reconcile: ['fact_item'],
        partRows: 5,
        progress: { step: () => undefined, part: ({ place }) => void seen.push(place) },
      });
      expect(seen[0]).toBe(1);
      right = right.map((row) => row.replace('item ', 'ITEM '));
      await equal();
    });

    it('each part is audited, and undone by itself', async () => {
      await damage();
      const damaged = await items();
      await json('reconcile', '-s', 'fact_item', '--chunk', '5');
      expect(
        await sandbox.sql(
          `select batch, count(*) as n from tidemark.audit where target = 'fact_item' and batch > 1 group by 1 order by 1`,
        ),
      ).toHaveLength(4);
      for (const batch of ['5', '4', '3', '2'])
        expect(await json('rollback', batch, '-s', 'fact_item')).toMatchObject({ exit: 0 });
      expect(await items()).toEqual(damaged);
    });

    describe('--column', () => {
      const held = `on_mapping_change: hold\n`;
      beforeEach(async () => {
        sandbox.map(
          'fact_item.yml',
          itemFile('upper(items.name)', held).replace('town: shops.town', 'town: lower(shops.town)'),
        );
        expect((await sandbox.run()).exit).toBe(5);
        expect(await items()).toEqual(right);
      });
      const shouted = (rows: readonly string[]) => rows.map((row) => row.replace('item ', 'ITEM '));

      it.each([[[]], [['--chunk', '5']]])('backfills that column alone, %j', async (more) => {
        await sandbox.sql(`update staging.items set name = 'changed' where id = 1`);
        expect(await json('reconcile', '-s', 'fact_item', '--column', 'name', ...more)).toMatchObject({
          exit: 0,
          report: { status: 'applied', behind: [] },
        });
        expect(await items()).toEqual(
          shouted(right)
            .map((row) => row.replace('"ITEM 1"', '"CHANGED"'))
            .toSorted(),
        );
        expect((await json('status')).report).toMatchObject({
          targets: expect.arrayContaining([
            expect.objectContaining({
              name: 'fact_item',
              status: 'in step',
              held: [expect.objectContaining({ column: 'town' })],
            }),
          ]),
        });
        expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'idle' } });
      });

      it('is undone, and the column is held again', async () => {
        await json('reconcile', '-s', 'fact_item', '--column', 'name');
        expect(await json('rollback', 'last')).toMatchObject({ exit: 0, report: { not_proved: [] } });
        expect(await items()).toEqual(right);
        expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'idle' } });
      });
    });

    it.each([
      ['no rows', ['--chunk', '0']],
      ['no number', ['--chunk', 'many']],
      ['no time', ['--pause', 'soon']],
      ['a column that is none', ['-s', 'fact_item', '--column', 'nam'], 'unknown_column'],
    ])('refuses %s', async (_, argv, code = 'usage') => {
      expect(await json('reconcile', ...argv)).toMatchObject({ exit: 2, report: { code } });
    });
  });
};
