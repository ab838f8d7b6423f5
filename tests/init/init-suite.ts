// `init` in dbt projects: what is proposed holds on the rows, what does not hold is not in force, nothing is overwritten.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { plan } from '../../src/batch/plan.ts';
import { validate } from '../../src/batch/validate.ts';
import type { Engine } from '../support/sandbox.ts';
import { cornerProject } from './corner-project.ts';
import { dimensionalProject, storageOption, type DbtProject } from './dbt-projects.ts';
import { dbtPlace, standings, type InitPlace } from './place.ts';

/** Valid without an edit, and every mapping is taken over as it stands. */
const holds = async (place: InitPlace): Promise<void> => {
  const { status, problems, againstData } = await validate({
    project: place.project(),
    against: { samples: 1 },
  });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(status).toBe('valid');
  expect(
    againstData?.targets.filter(({ different, missing, extra }) => different + missing + (extra ?? 0) > 0),
  ).toEqual([]);
  expect(againstData?.notCompared).toEqual([]);
  const { report } = await plan({ project: place.project(), samples: 0 });
  expect(report).toMatchObject({ status: 'pending', targets: [], behind: [], guards: [], errors: [] });
  expect(report.adopted?.length).toBe(againstData?.targets.length);
};

const describeWhole = (engine: Engine, project: DbtProject, mapped: number): void => {
  describe(`init in ${project.name} on ${engine}`, () => {
    let place: InitPlace;
    beforeAll(async () => {
      place = await dbtPlace(engine, project);
    });
    afterAll(() => place.sandbox.remove());

    it('proposes mappings that are valid and hold on all rows, without an edit', async () => {
      const report = await place.init();
      expect(report.written).toBe(true);
      expect(report.targets.filter(({ status }) => status === 'mapped')).toHaveLength(mapped);
      expect(report.targets.filter(({ status, match }) => status === 'mapped' && match !== 100)).toEqual([]);
      expect(report.coverage.traced / report.coverage.columns).toBeGreaterThan(0.95);
      await holds(place);
    });
  });
};

const describeCorner = (engine: Engine): void => {
  describe(`init on ${engine}, table by table`, () => {
    let place: InitPlace;
    beforeAll(async () => {
      place = await dbtPlace(engine, cornerProject(engine));
    });
    afterAll(() => place.sandbox.remove());
    afterEach(() => place.forget());

    it('takes its own SQL first, then what passes through, then nothing', async () => {
      const report = await place.init();
      expect(standings(report)).toEqual({
        after_inc: 'mapped model 100 %',
        customers_snapshot: 'mapped history 100 %',
        dim_stale: 'mapped this 100 %',
        fct_orders: 'mapped model 100 %',
        inc_orders: 'mapped this 100 %',
        moments: 'mapped this 100 %',
        no_key: 'left',
        not_built: 'left',
        not_compiled: 'left',
        of_events: 'left',
        order_totals: 'mapped model 100 %',
        prices_v1: 'mapped model 100 %',
        prices_v2: 'mapped model 100 %',
        read_prices: 'mapped model 100 %',
      });
      const reasons = Object.fromEntries(report.targets.map(({ name, reason }) => [name, reason ?? '']));
      expect(reasons).toMatchObject({
        inc_orders: expect.stringContaining('dbt compile --full-refresh') as string,
        moments: expect.stringContaining('calls `now`') as string,
        dim_stale: expect.stringContaining('66.67 % of the rows match') as string,
        no_key: expect.stringContaining('no columns tell its rows apart') as string,
        not_built: expect.stringContaining('`dbt build --select not_built`') as string,
        not_compiled: expect.stringContaining('`dbt compile`') as string,
        of_events: expect.stringContaining('no columns tell the rows of `raw.events` apart') as string,
      });
      await holds(place);
    });

    it('passes through no column that the rest of its row is made of, nor the watermark of its builder', async () => {
      await place.init({ select: ['inc_orders'] });
      const text = place.read('mappings/inc_orders.yml');
      expect(text.slice(text.indexOf('columns:'))).toBe('columns:\n  customer_name: customers.name\n');
    });

    it('says who says that a key is one, and leaves times to people but where a snapshot relies on them', async () => {
      const { sources } = await place.init();
      expect(sources.map(({ name, key, guessed }) => [name, key, guessed])).toEqual([
        ['customers', ['id'], true],
        ['marts_inc_orders', ['order_id'], false],
        ['orders', ['id'], false],
      ]);
      const text = place.read('mappings/sources.yml');
      expect(text).toContain(
        '    key: id   # guessed: no two rows share it now\n    updated_at: updated_at   #',
      );
      expect(text).toContain(
        '    key: id   # the warehouse keeps it unique\n    # watermark: changed_at   #',
      );
      expect(place.read('mappings/order_totals.yml')).toContain(
        'key: customer_id   # dbt tests it as unique\n',
      );
    });

    it.for([
      [['order_totals'], ['order_totals.yml', 'sources.yml']],
      [['fct_orders+'], ['fct_orders.yml', 'order_totals.yml', 'sources.yml']],
      [['tag:nightly'], ['fct_orders.yml', 'sources.yml']],
      [['+order_totals'], ['fct_orders.yml', 'order_totals.yml', 'sources.yml']],
    ] as const)('--select %s writes no more than that', async ([select, files]) => {
      const { targets } = await place.init({ select });
      expect(place.mappings()).toEqual(files);
      expect(targets.filter(({ status }) => status === 'mapped')).toHaveLength(files.length - 1);
    });

    it('tells a view that was asked for what it is, and a name that is none', async () => {
      const { targets } = await place.init({ select: ['stg_customers', 'fct_orders'] });
      expect(targets.find(({ name }) => name === 'stg_customers')).toMatchObject({
        status: 'left',
        reason: 'it is a view: it shows at once what changes',
      });
      place.forget();
      await expect(place.init({ select: ['fct_oders'] })).rejects.toMatchObject({
        code: 'unknown_target',
        hint: 'did you mean `fct_orders`?',
      });
    });

    it('writes each version of a model as dbt does, and selects it so', async () => {
      await place.init({ select: ['prices.v1'] });
      expect(place.mappings()).toEqual(['prices_v1.yml', 'sources.yml']);
      expect(place.read('mappings/prices_v1.yml')).toContain(
        'target: prices_v1\nkey: id   # dbt tests it as unique\nmodel: prices.v1\n',
      );
    });

    it('names the option without which dbt would make a file that cannot be opened', async () => {
      const option = /profiles\.yml:4: .*storage_compatibility_version: v1\.5\.0.*duckdb<2/;
      const profiles = join(place.sandbox.folder, 'profiles.yml');
      const written = readFileSync(profiles, 'utf8');
      const none = { agree: () => Promise.resolve(false), select: ['fct_orders'] };
      expect((await place.init(none)).notices).toEqual([]);
      try {
        writeFileSync(profiles, written.replace(`, ${storageOption}`, ''));
        const { notices } = await place.init(none);
        expect(notices.map((notice) => option.test(notice))).toEqual(engine === 'duckdb' ? [true] : []);
      } finally {
        writeFileSync(profiles, written);
      }
    });

    it('writes nothing where nobody says yes', async () => {
      const report = await place.init({ agree: () => Promise.resolve(false) });
      expect([report.written, report.files.length]).toEqual([false, 12]);
      expect(() => place.mappings()).toThrow('ENOENT');
    });

    it('asks first which tables to begin with, where a person sits there', async () => {
      const asked: (readonly string[])[] = [];
      const pick = (names: readonly string[]) => {
        asked.push(names);
        return Promise.resolve(['fct_orders']);
      };
      await place.init({ pick });
      expect(asked.flat()).toContain('order_totals');
      expect(place.mappings()).toEqual(['fct_orders.yml', 'sources.yml']);
    });

    it('adds what is new with --update, and leaves alone what is there', async () => {
      await place.init({ select: ['fct_orders'] });
      const file = join(place.sandbox.folder, 'mappings/fct_orders.yml');
      writeFileSync(file, `${readFileSync(file, 'utf8')}owner: me\n`);
      const before = ['tidemark.yml', 'mappings/fct_orders.yml', 'mappings/sources.yml'].map(place.read);
      await expect(place.init()).rejects.toMatchObject({ code: 'usage' });
      const report = await place.init({ update: true, select: ['order_totals', 'dim_stale', 'fct_orders'] });
      expect(standings(report)).toEqual({
        dim_stale: 'mapped this 100 %',
        fct_orders: 'already',
        order_totals: 'mapped model 100 %',
      });
      expect(place.mappings()).toEqual([
        'dim_stale.yml',
        'fct_orders.yml',
        'order_totals.yml',
        'sources.yml',
      ]);
      expect(['tidemark.yml', 'mappings/fct_orders.yml', 'mappings/sources.yml'].map(place.read)).toEqual(
        before,
      );
      await holds(place);
      const again = await place.init({ update: true, select: ['order_totals'] });
      expect([again.written, again.files]).toEqual([false, []]);
    });

    it('writes what does not match for people, not in force, and its sources as comments', async () => {
      const { sandbox } = place;
      const file = join(sandbox.folder, 'target/manifest.json');
      const manifest = readFileSync(file, 'utf8');
      // What dbt built is no longer what its SQL says.
      writeFileSync(file, manifest.replace('sum(amount) as total', 'sum(amount) + 1 as total'));
      try {
        const report = await place.init({ select: ['order_totals'] });
        expect(standings(report)).toEqual({ order_totals: 'waiting model 0 %' });
        expect(place.read('mappings/order_totals.yml')).toContain(
          '\nenabled: false   # 0 % of the rows match: 3 of 3',
        );
        const alone = await validate({ project: place.project() });
        expect([alone.status, alone.sources, alone.targets]).toEqual(['valid', 2, 0]);
        place.forget();
        await place.init({ select: ['order_totals', 'moments'] });
        expect(place.read('mappings/sources.yml')).toContain('\n  # orders:\n  #   dbt_source: raw.orders\n');
        const both = await validate({ project: place.project() });
        expect([both.status, both.sources, both.targets]).toEqual(['valid', 1, 1]);
      } finally {
        writeFileSync(file, manifest);
      }
    });

    it('leaves alone what the meta of its model maps', async () => {
      const file = join(place.sandbox.folder, 'target/manifest.json');
      const manifest = readFileSync(file, 'utf8');
      writeFileSync(file, manifest.replace('"tags":["nightly"]', '"meta":{"tidemark":{"key":"order_id"}}'));
      try {
        const { targets, files } = await place.init({ select: ['fct_orders'] });
        expect(targets).toMatchObject([{ name: 'fct_orders', status: 'left', form: null }]);
        expect(files).toEqual(['tidemark.yml']);
      } finally {
        writeFileSync(file, manifest);
      }
    });

    it('takes the tables of its packages where a project has none of its own', async () => {
      const file = join(place.sandbox.folder, 'target/manifest.json');
      const manifest = readFileSync(file, 'utf8');
      writeFileSync(file, manifest.replace('"project_name":"corner"', '"project_name":"bringer"'));
      try {
        const { targets } = await place.init();
        expect(targets.filter(({ status }) => status === 'mapped')).toHaveLength(10);
        await holds(place);
      } finally {
        writeFileSync(file, manifest);
      }
    });

    it('compares a part of the rows with --sample', async () => {
      const told: unknown[] = [];
      const report = await place.init({
        select: ['fct_orders'],
        samplePercent: 60,
        onRead: (reads) => told.push(reads),
      });
      expect(report).toMatchObject({ sample: 60, targets: [{ status: 'mapped', match: 100 }] });
      expect(told).toEqual([report.reads]);
      expect(report.reads.tables).toBeGreaterThan(1);
      expect(report.targets[0]?.rows).toBeLessThan(4);
    });
  });
};

export const describeInit = (engine: Engine): void => {
  describeCorner(engine);
  describeWhole(engine, dimensionalProject(engine), 14);
};
