// A log whose own columns, or which itself, is gone for the moment; and one whose times name no zone.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { validate } from '../../src/batch/validate.ts';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';

const source = (more = ''): string => `sources:
  people:
    table: staging.log
    detect: log
    where: kind = 'p'
    key: id
    op: op
    after: after
    types: { id: bigint, name: varchar }
    sequence: seq
    time: happened
    arrival: seq
${more}  cities: { key: id }
`;

const recipe: Recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.log (seq bigint, op varchar(4), kind varchar(4), after varchar(200), happened varchar(40))',
    'create table staging.cities (id bigint, name varchar(40))',
    `insert into staging.log values
      (1, 'c', 'p', '{"id": 1, "name": "Ann"}', '2020-07-01 12:00:00'), (2, 'u', 'p', '{"id": 1, "name": "Anna"}', '2020-07-02T12:00:00Z'),
      (3, 'c', 'p', '{"id": 2, "name": "Ben"}', '2020-01-01 12:00:00+03:00')`,
    `insert into staging.cities values (1, 'Rome')`,
  ],
  mappings: {
    'sources.yml': source(),
    'people_scd.yml':
      'target: people_scd\nkey: id\nfrom: people\ncolumns: { id: people.id, name: people.name }\nhistory: { surrogate_key: number }\n',
    'dim_city.yml':
      'target: dim_city\nkey: id\nfrom: cities\ncolumns: { id: cities.id, name: cities.name }\n',
  },
};

export const describeLogColumns = (engine: Engine): void => {
  describe(`a log on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, recipe);
    });
    afterEach(() => sandbox.remove());

    const versions = async (): Promise<readonly string[]> =>
      (
        await sandbox.sql(
          `select id, name, cast(timezone('UTC', valid_from) as varchar) as f, number from marts.people_scd order by id, valid_from`,
        )
      ).map((row) => Object.values(row).map(String).join(' '));
    const told = [
      '1 Ann 2020-07-01 12:00:00 1',
      '1 Anna 2020-07-02 12:00:00 2',
      '2 Ben 2020-01-01 09:00:00 3',
    ];
    const events = () => sandbox.sql('select events from tidemark.histories');

    it.each(['op', 'seq', 'happened', 'after'])(
      'that lost its column %s is left out alone, and goes on when it is back',
      async (column) => {
        await sandbox.run();
        expect(await versions()).toEqual(told);
        const before = await events();
        await sandbox.sql(
          `alter table staging.log rename column ${column} to lost`,
          `update staging.cities set name = 'Roma' where id = 1`,
        );
        const { exit, report } = await sandbox.run();
        expect([exit, report.behind.map(({ name, code }) => `${name} ${code}`)]).toEqual([
          5,
          ['people source_changed'],
        ]);
        expect(report.behind[0]?.reason).toContain(`column \`${column}\` vanished`);
        expect(report.targets).toMatchObject([{ name: 'dim_city', updated: 1 }]);
        // Of a mapping that was never right nothing is passed over.
        expect((await validate({ project: sandbox.project() })).status).toBe('invalid');
        await sandbox.sql(
          `alter table staging.log rename column lost to ${column}`,
          `insert into staging.log values (4, 'u', 'p', '{"id": 2, "name": "Benno"}', '2020-07-03 12:00:00')`,
        );
        expect((await sandbox.run()).exit).toBe(0);
        expect(await versions()).toEqual([...told, '2 Benno 2020-07-03 12:00:00 4']);
        expect(await events()).toEqual(before);
        expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      },
    );

    it('that is gone for a while leaves its histories and their events as they are', async () => {
      await sandbox.run();
      const before = await events();
      await sandbox.sql('alter table staging.log rename to elsewhere');
      const { exit, report } = await sandbox.run();
      expect([exit, report.behind.map(({ name, code }) => `${name} ${code}`)]).toEqual([
        5,
        ['people source_missing'],
      ]);
      expect(await versions()).toEqual(told);
      await sandbox.sql('alter table staging.elsewhere rename to log');
      expect((await sandbox.run()).exit).toBe(0);
      expect(await versions()).toEqual(told);
      expect(await events()).toEqual(before);
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    describe('with a time zone', () => {
      it('reads times that name none as those of the zone', async () => {
        sandbox.map('sources.yml', source('    timezone: Europe/Berlin\n'));
        await sandbox.run();
        expect(await versions()).toEqual([
          '1 Ann 2020-07-01 10:00:00 1',
          '1 Anna 2020-07-02 12:00:00 2',
          '2 Ben 2020-01-01 09:00:00 3',
        ]);
      });

      it('reads a column of times without one in the same way', async () => {
        await sandbox.sql(
          'create table staging.log2 as select seq, op, kind, after, cast(substr(happened, 1, 10) as timestamp) as happened from staging.log',
        );
        sandbox.map(
          'sources.yml',
          source('    timezone: Europe/Berlin\n').replace('staging.log', 'staging.log2'),
        );
        await sandbox.run();
        expect(await versions()).toEqual([
          '1 Ann 2020-06-30 22:00:00 1',
          '1 Anna 2020-07-01 22:00:00 2',
          '2 Ben 2019-12-31 23:00:00 3',
        ]);
      });

      it('must be one that there is', async () => {
        sandbox.map('sources.yml', source('    timezone: Europe/Atlantis\n'));
        const { problems } = await validate({ project: sandbox.project() });
        expect(problems.map(({ code }) => code)).toEqual(['wrong_type']);
      });
    });
  });
};
