// What others make of the tables that we read and write, beyond what the random neighbour does: another kind of table,
// constraints, triggers, rights, conditions that fail. Whatever it is, only the relation concerned is left out.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, reachedBy, type Engine, type Sandbox } from '../support/sandbox.ts';
import { corner, salesFile, sourcesFile, vendorFile } from './corner.ts';

export const describeOthers = (engine: Engine): void => {
  describe(`what others make of our tables on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, corner());
      await sandbox.run();
    });
    afterEach(() => sandbox.remove());

    /** Something for every target to write. */
    const load = () =>
      sandbox.sql(
        `insert into staging.companies values (4, 'Dorn', true, false, timestamp '2020-03-01 00:00:00')`,
        `update staging.companies set name = 'Alder', updated_at = timestamp '2020-03-01 00:00:00' where id = 1`,
        `insert into staging.order_items values (12, 1, 'drill')`,
      );
    const look = async (by: Sandbox = sandbox) => {
      const { report, exit } = await by.run();
      return {
        exit,
        behind: report.behind.map(({ name, code }) => [name, code]),
        reasons: report.behind.map(({ reason }) => reason),
        written: report.targets.map(({ name }) => name),
      };
    };
    const inStep = async (): Promise<void> => {
      expect((await verify({ project: sandbox.project() })).report).toMatchObject({
        status: 'equal',
        behind: [],
      });
      expect(await sandbox.run()).toMatchObject({ exit: 0, report: { status: 'idle', behind: [] } });
    };
    const replaced = (columns: string): readonly string[] => [
      'drop table marts.fact_vendor',
      `create table marts.fact_vendor (${columns})`,
    ];
    const generated = `vendor_id bigint, vendor_name varchar(40) generated always as ('x') ${engine === 'duckdb' ? 'virtual' : 'stored'}`;

    it.each([
      [
        'a view',
        [
          'alter table marts.fact_vendor rename to built',
          'create view marts.fact_vendor as select * from marts.built',
        ],
        'target_changed',
        '`marts.fact_vendor` is a view now; target `fact_vendor` was left out',
      ],
      [
        'a table that computes a mapped column',
        replaced(generated),
        'target_changed',
        '`marts.fact_vendor` computes `vendor_name` itself now; target `fact_vendor` was left out',
      ],
      [
        'a table with another column that must be filled',
        replaced('vendor_id bigint, vendor_name varchar(40), boss varchar(3) not null'),
        'constraint_violated',
        'boss',
      ],
      [
        'a table with a constraint',
        replaced(`vendor_id bigint, vendor_name varchar(40) check (vendor_name <> 'Dorn')`),
        'constraint_violated',
        'check',
      ],
    ])('a target that was made %s is left out, and the rest goes on', async (_, statements, code, reason) => {
      await sandbox.sql(...statements);
      await load();
      const found = await look();
      expect(found).toMatchObject({
        exit: 5,
        behind: [['fact_vendor', code]],
        written: ['fact_item', 'fact_sales'],
      });
      expect(found.reasons[0]?.toLowerCase()).toContain(reason.toLowerCase());
    });

    it('a mirror that was made a view is not written through: its source is left out', async () => {
      await sandbox.sql(
        'alter table staging_public.companies rename to built',
        'create view staging_public.companies as select * from staging_public.built',
      );
      await load();
      expect(await look()).toMatchObject({
        exit: 5,
        behind: [['companies', 'source_changed']],
        written: ['fact_item'],
      });
      expect(await sandbox.sql('select count(*) as n from staging_public.built')).toEqual([{ n: '3' }]);
      await sandbox.sql(
        'drop view staging_public.companies',
        'alter table staging_public.built rename to companies',
      );
      expect(await look()).toMatchObject({ exit: 0, behind: [] });
      await inStep();
    });

    it('staging may become a view, and a table again: both are compared in full', async () => {
      await sandbox.sql(
        'alter table staging.companies rename to built',
        `create view staging.companies as select id, cast(upper(name) as varchar(40)) as name, is_vendor, gone, updated_at from staging.built`,
      );
      expect(await look()).toMatchObject({ exit: 0, written: ['fact_sales', 'fact_vendor'] });
      await inStep();
      await sandbox.sql('drop view staging.companies', 'alter table staging.built rename to companies');
      expect(await look()).toMatchObject({ exit: 0, written: ['fact_sales', 'fact_vendor'] });
      await inStep();
    });

    it('a `ready` that cannot be asked leaves its source out', async () => {
      sandbox.map(
        'sources.yml',
        sourcesFile('{ key: id, updated_at: updated_at, ready: select done from staging.nowhere }'),
      );
      await load();
      expect(await look()).toMatchObject({
        exit: 6,
        behind: [['companies', 'source_failed']],
        written: ['fact_item'],
      });
    });

    it.each(['where', 'deleted'])(
      'expression_failed: one poisoned row under `%s` is found, and named by its key',
      async (name) => {
        const condition = `cast(companies.name as integer) ${name === 'where' ? '>' : '<'} 0`;
        await sandbox.sql(
          `update staging.companies set name = '1' || id, updated_at = timestamp '2020-03-01 00:00:00'`,
        );
        sandbox.map('sources.yml', sourcesFile(`{ key: id, updated_at: updated_at, ${name}: ${condition} }`));
        expect(await look()).toMatchObject({ exit: 0 });
        await load();
        await sandbox.sql(`update staging.companies set name = '14' where id = 4`);
        const found = await look();
        expect(found).toMatchObject({
          exit: 5,
          behind: [['companies', 'expression_failed']],
          written: ['fact_item'],
        });
        expect(found.reasons[0]).toContain(
          `source \`companies\`: \`${name}\` cannot be computed for (id=1): `,
        );
        await sandbox.sql(`update staging.companies set name = '11' where id = 1`);
        expect(await look()).toMatchObject({ exit: 0 });
        await inStep();
      },
    );

    it('adopt: a table whose rows are somebody else’s is compared before it is taken over, too', async () => {
      await sandbox.sql(
        'create table marts.other as select * from marts.fact_sales',
        `update marts.other set vendor_name = 'x' where sale_id = 101`,
      );
      sandbox.map('other.yml', salesFile().replaceAll('fact_sales', 'other'));
      expect(await look()).toMatchObject({
        exit: 5,
        behind: [['other', 'adopt']],
        reasons: [expect.stringContaining('1 different (vendor_name 1), 0 missing, 0 extra')],
      });
      expect(await sandbox.run({ adopt: ['other'] })).toMatchObject({
        exit: 0,
        report: { targets: [{ name: 'other', updated: 1 }] },
      });
      await inStep();
    });

    it('duplicate_target_key: a table that holds its keys twice is not taken over', async () => {
      await sandbox.sql(
        'create table marts.other as select * from marts.fact_vendor',
        'insert into marts.other select * from marts.fact_vendor',
      );
      sandbox.map('other.yml', vendorFile().replaceAll('fact_vendor', 'other'));
      expect(await look()).toMatchObject({ exit: 5, behind: [['other', 'duplicate_target_key']] });
    });

    it('a column that was renamed and edited at once is hinted at with the share that is equal', async () => {
      await sandbox.sql(
        'alter table staging.companies rename column name to company_name',
        `update staging.companies set company_name = 'other' where id = 2`,
      );
      const { report } = await sandbox.run();
      expect(report.errors[0]?.hint).toContain(
        '`company_name` is new and 66.6 % equal to the mirrored `name`: renamed?',
      );
    });

    it.runIf(engine === 'postgres')(
      'target_failed: what a trigger of the table refuses leaves the target out',
      async () => {
        await sandbox.sql(
          `create function marts.no() returns trigger language plpgsql as $$ begin raise exception 'not on a monday'; end $$`,
          'create trigger no before insert or update on marts.fact_vendor for each row execute function marts.no()',
        );
        await load();
        expect(await look()).toMatchObject({
          exit: 6,
          behind: [['fact_vendor', 'target_failed']],
          reasons: ['target `fact_vendor` cannot be written: not on a monday'],
          written: ['fact_item', 'fact_sales'],
        });
        await sandbox.sql('drop trigger no on marts.fact_vendor');
        expect(await look()).toMatchObject({ exit: 0, written: ['fact_vendor'] });
        await inStep();
      },
    );

    it.runIf(engine === 'postgres')('a right that is missing leaves out whom it concerns', async () => {
      const role = `guest_${new URL(sandbox.place).pathname.slice(1)}`;
      const schemas = ['staging', 'staging_public', 'marts', 'tidemark', 'tidemark_scratch'];
      await sandbox.sql(
        `create role ${role} login password 'guest'`,
        'create schema if not exists tidemark_scratch',
        ...schemas.flatMap((schema) => [
          `grant all on schema ${schema} to ${role}`,
          `grant all on all tables in schema ${schema} to ${role}`,
        ]),
      );
      try {
        const url = new URL(sandbox.place);
        url.username = role;
        url.password = 'guest';
        const guest = reachedBy(sandbox, url.toString());
        await load();
        await sandbox.sql(`revoke select on staging.order_items from ${role}`);
        await sandbox.sql(`revoke update on marts.fact_sales from ${role}`);
        expect(await look(guest)).toMatchObject({
          exit: 6,
          behind: [
            ['order_items', 'source_failed'],
            ['fact_sales', 'target_failed'],
          ],
          reasons: [
            expect.stringContaining('source `order_items` cannot be read: permission denied'),
            expect.stringContaining('target `fact_sales` cannot be written: permission denied'),
          ],
          written: ['fact_vendor'],
        });
        await sandbox.sql(
          `grant all on staging.order_items to ${role}`,
          `grant all on marts.fact_sales to ${role}`,
        );
        expect(await look(guest)).toMatchObject({ exit: 0, written: ['fact_item', 'fact_sales'] });
        await inStep();
      } finally {
        await sandbox.sql(`drop owned by ${role}`, `drop role ${role}`);
      }
    });
  });
};
