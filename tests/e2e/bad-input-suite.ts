// Bad data in staging, one kind at a time, through the program: its own error with names and place, the exit code,
// what it concerns left behind as it was and everything else committed; mended, the next run takes it in again.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { startRun } from '../support/program.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { snapshot, type Snapshot } from '../support/snapshot.ts';
import { fragile } from './bad-input-project.ts';

interface Case {
  readonly name: string;
  readonly spoil: readonly string[];
  readonly mend: readonly string[];
  readonly exit: 5 | 6;
  readonly code: string;
  /** Relations that are left out, and what of the database must be as it was. */
  readonly behind: readonly string[];
  readonly message: RegExp;
  /** Where the engines do not say it alike. */
  readonly engineSays?: Readonly<Record<Engine, RegExp>>;
  readonly hint: RegExp;
  readonly at?: { readonly file: string; readonly line: number };
}

interface Answer {
  readonly status: string;
  readonly batch: number | null;
  readonly behind: readonly {
    readonly name: string;
    readonly code: string;
    readonly since: number;
    readonly reason: string;
    readonly retryable: boolean;
  }[];
  readonly errors: readonly {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly at: { readonly file: string; readonly line: number } | null;
  }[];
}

const inRates = (line: number) => ({ file: 'mappings/customer_rate.yml', line });

const cases: readonly Case[] = [
  {
    name: 'a NULL key',
    spoil: [`insert into staging.customers values (null, 'Nemo', 'DE', 1, timestamp '2020-05-01')`],
    mend: ['delete from staging.customers where id is null'],
    exit: 5,
    code: 'null_key',
    behind: ['customers'],
    message: /^`staging\.customers` has rows whose key is NULL: \(id=NULL\); the source was left out$/,
    hint: /mend the rows in staging/,
  },
  {
    name: 'a NULL in a part of a composite key',
    spoil: [`insert into staging.order_lines values (20, null, 1, 'file', 1)`],
    mend: ['delete from staging.order_lines where line_no is null'],
    exit: 5,
    code: 'null_key',
    behind: ['order_lines'],
    message:
      /^`staging\.order_lines` has rows whose key is NULL: \(order_id=20, line_no=NULL\); the source was left out$/,
    hint: /mend the rows in staging/,
  },
  {
    name: 'a duplicate key',
    spoil: [`insert into staging.customers values (1, 'Twin', 'DE', 1, timestamp '2020-05-01')`],
    mend: [`delete from staging.customers where name = 'Twin'`],
    exit: 5,
    code: 'duplicate_row',
    behind: ['customers'],
    message: /^`staging\.customers` holds a key more than once: \(id=1\); the source was left out$/,
    hint: /name all columns of the key under `key:`/,
  },
  {
    name: 'a row that is there twice, as it was',
    spoil: [`insert into staging.order_lines select * from staging.order_lines where order_id = 11`],
    mend: [
      `delete from staging.order_lines where order_id = 11`,
      `insert into staging.order_lines values (11, 1, 2, 'chisel', 7.20)`,
    ],
    exit: 5,
    code: 'duplicate_row',
    behind: ['order_lines'],
    message:
      /^`staging\.order_lines` holds a key more than once: \(order_id=11, line_no=1\); the source was left out$/,
    hint: /mend the rows in staging/,
  },
  {
    name: 'a duplicate text key',
    spoil: [`insert into staging.countries values ('DE', 'Twin')`],
    mend: [`delete from staging.countries where name = 'Twin'`],
    exit: 5,
    code: 'duplicate_row',
    behind: ['countries'],
    message: /^`staging\.countries` holds a key more than once: \(code=DE\); the source was left out$/,
    hint: /name all columns of the key under `key:`/,
  },
  {
    name: 'a look-up that matches twice',
    spoil: [`insert into staging.rates values ('DE', 2, 11.00, '1')`],
    mend: ['delete from staging.rates where since = 2'],
    exit: 5,
    code: 'ambiguous_lookup',
    behind: ['customer_rate'],
    message:
      /^target `customer_rate`: look-up `rates` matches more than one row for customers \(id=1\), \(id=4\)$/,
    hint: /`customers\.country = rates\.code` must find at most one row of `rates`/,
    at: inRates(4),
  },
  {
    name: 'a value that does not fit its column',
    spoil: [`update staging.rates set rate = 123.45 where code = 'FR'`],
    mend: [`update staging.rates set rate = 20 where code = 'FR'`],
    exit: 5,
    code: 'value_does_not_fit',
    behind: ['customer_rate'],
    message: /^target `customer_rate`: `rate` cannot be computed for customers \(id=2\): /,
    engineSays: {
      duckdb: /"123\.45" to type DECIMAL\(4,2\) failed: value is out of range/,
      postgres: /numeric field overflow/,
    },
    hint: /the column is `(DECIMAL|numeric)\(4,2\)`: widen it/,
    at: inRates(7),
  },
  {
    name: 'a decimal overflow in an expression',
    spoil: [`update staging.rates set rate = 90.00 where code = 'FR'`],
    mend: [`update staging.rates set rate = 20 where code = 'FR'`],
    exit: 5,
    code: 'value_does_not_fit',
    behind: ['customer_rate'],
    message: /^target `customer_rate`: `share` cannot be computed for customers \(id=2\): /,
    engineSays: {
      duckdb: /to type DECIMAL\(5,2\) failed: value is out of range/,
      postgres: /numeric field overflow/,
    },
    hint: /widen it/,
    at: inRates(8),
  },
  {
    name: 'a value that an expression cannot read',
    spoil: [`update staging.rates set words = 'two' where code = 'FR'`],
    mend: [`update staging.rates set words = '2' where code = 'FR'`],
    exit: 5,
    code: 'expression_failed',
    behind: ['customer_rate'],
    message: /^target `customer_rate`: `level` cannot be computed for customers \(id=2\): .*two/,
    hint: /make the expression total/,
    at: inRates(9),
  },
  {
    name: 'a NULL where the column takes none',
    spoil: [`update staging.customers set name = null, updated_at = timestamp '2020-05-01' where id = 2`],
    mend: [`update staging.customers set name = 'Blanc', updated_at = timestamp '2020-05-02' where id = 2`],
    exit: 5,
    code: 'value_does_not_fit',
    behind: ['customer_rate'],
    message: /^target `customer_rate`: `label` is NOT NULL and would be NULL in \(customer_id=2\)$/,
    hint: /coalesce/,
    at: inRates(10),
  },
  {
    name: 'a value that a constraint of the table refuses',
    spoil: [`update staging.rates set rate = 66.66 where code = 'FR'`],
    mend: [`update staging.rates set rate = 20 where code = 'FR'`],
    exit: 5,
    code: 'constraint_violated',
    behind: ['customer_rate'],
    message: /^target `customer_rate`: .*check constraint/i,
    hint: /change the constraint or the mapping/,
  },
  {
    name: 'a target key that would be NULL',
    spoil: [`insert into staging.countries values ('XX', null)`],
    mend: [`delete from staging.countries where code = 'XX'`],
    exit: 5,
    code: 'null_target_key',
    behind: ['country_by_name'],
    message: /^target `country_by_name`: the key would be NULL for countries \(.*code=XX\)$/,
    hint: /leave such rows out with `where:`/,
    at: { file: 'mappings/country_by_name.yml', line: 4 },
  },
  {
    name: 'two changed rows that would share a target key',
    spoil: [`insert into staging.countries values ('XA', 'Xanadu'), ('XB', 'Xanadu')`],
    mend: [`delete from staging.countries where code = 'XB'`],
    exit: 5,
    code: 'duplicate_target_key',
    behind: ['country_by_name'],
    message: /^target `country_by_name`: several rows of countries would share a key: \(name=Xanadu.*\)/,
    hint: /the key must tell the rows of `countries` \(key code\) apart/,
    at: { file: 'mappings/country_by_name.yml', line: 4 },
  },
  {
    name: 'a new row that takes the target key of another',
    spoil: [`insert into staging.countries values ('DX', 'Germany')`],
    mend: [`delete from staging.countries where code = 'DX'`],
    exit: 5,
    code: 'duplicate_target_key',
    behind: ['country_by_name'],
    message: /^target `country_by_name`: several rows of countries would share a key: \(name=Germany.*\)/,
    hint: /the key must tell the rows of `countries` \(key code\) apart/,
    at: { file: 'mappings/country_by_name.yml', line: 4 },
  },
  {
    name: 'a missing table',
    spoil: [
      'create schema aside',
      'create table aside.rates as select * from staging.rates',
      'drop table staging.rates',
    ],
    mend: ['create table staging.rates as select * from aside.rates'],
    exit: 5,
    code: 'source_missing',
    behind: ['rates'],
    message: /^`staging\.rates` does not exist; source `rates` was left out$/,
    hint: /build it/,
  },
  {
    name: 'a view that fails when it is read',
    spoil: [
      'create schema aside',
      'create table aside.rates as select * from staging.rates',
      'drop table staging.rates',
      `create view staging.rates as select code, since, rate, cast(cast(code as integer) as varchar(40)) as words from aside.rates`,
    ],
    mend: ['drop view staging.rates', 'create table staging.rates as select * from aside.rates'],
    exit: 6,
    code: 'source_failed',
    behind: ['rates'],
    message: /^source `rates` cannot be read: /,
    engineSays: {
      duckdb: /Could not convert string '..' to INT32/,
      postgres: /invalid input syntax for type integer/,
    },
    hint: /^$/,
  },
];

/** Changed in every case, and committed in every case that does not leave it out. */
const harmless = [
  `update staging.order_lines set product = 'changed' where order_id = 11`,
  `update staging.customers set name = 'Dorn & Co', updated_at = timestamp '2020-04-01' where id = 4`,
];

const tablesOf = (name: string): readonly string[] => [`staging_public.${name} `, `marts.${name} `];

const sectionsOf = (found: Snapshot, names: readonly string[]): Snapshot =>
  Object.fromEntries(
    Object.entries(found).filter(([section]) =>
      names.flatMap(tablesOf).some((table) => section.startsWith(table)),
    ),
  );

const namesIn = (found: Snapshot, section: 'ledger' | 'audit', batch: number): readonly unknown[] =>
  (found[section] ?? [])
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .filter((line) => Number(line['batch']) === batch)
    .map((line) => line[section === 'ledger' ? 'source' : 'target']);

export const describeBadInput = (engine: Engine): void => {
  describe(`bad data in staging on ${engine}`, () => {
    let prepared: Sandbox;
    let before: Snapshot;

    beforeAll(async () => {
      prepared = await createSandbox(engine, fragile);
      expect((await prepared.run()).report.status).toBe('applied');
      before = await snapshot(prepared);
    });
    afterAll(() => prepared.remove());

    it.each(cases)('$name', async ({ spoil, mend, exit, code, behind, message, engineSays, hint, at }) => {
      const sandbox = await prepared.copy();
      try {
        await sandbox.sql(...harmless, ...spoil);
        const ended = await startRun(sandbox.folder).ended;
        const answer = JSON.parse(ended.stdout) as Answer;
        expect({
          exit: ended.exit,
          stderr: ended.stderr,
          status: answer.status,
          batch: answer.batch,
        }).toEqual({ exit, stderr: '', status: 'partial', batch: 2 });
        expect(answer.behind.map(({ name, since, retryable }) => ({ name, since, retryable }))).toEqual(
          behind.map((name) => ({ name, since: 1, retryable: exit === 6 })),
        );
        expect(answer.errors.map((error) => error.code)).toEqual([code]);
        const [error] = answer.errors;
        expect(error?.message).toMatch(message);
        expect(error?.message).not.toContain('\n');
        expect(error?.message).toMatch(engineSays?.[engine] ?? message);
        expect(error?.hint ?? '').toMatch(hint);
        expect(error?.at?.file).toBe(at?.file);
        expect(error?.at?.line).toBe(at?.line);
        expect(answer.behind[0]).toMatchObject({ code, reason: error?.message });

        const after = await snapshot(sandbox);
        expect(sectionsOf(after, behind)).toEqual(sectionsOf(before, behind));
        expect(
          behind.filter((name) =>
            [...namesIn(after, 'ledger', 2), ...namesIn(after, 'audit', 2)].includes(name),
          ),
        ).toEqual([]);
        const { report } = await verify({ project: sandbox.project() });
        expect(
          report.targets.filter(
            ({ name, different, missing, extra }) =>
              different + missing + extra > 0 && !behind.includes(name),
          ),
        ).toEqual([]);

        await sandbox.sql(...mend);
        const next = await sandbox.run();
        expect({ exit: next.exit, behind: next.report.behind }).toEqual({ exit: 0, behind: [] });
        expect((await verify({ project: sandbox.project() })).report).toMatchObject({
          status: 'equal',
          behind: [],
        });
      } finally {
        await sandbox.remove();
      }
    });

    it('several at once: each is told, each is left out, the rest is committed', async () => {
      const sandbox = await prepared.copy();
      try {
        await sandbox.sql(
          `insert into staging.countries values ('DE', 'Twin')`,
          `update staging.rates set words = 'two' where code = 'FR'`,
          `update staging.order_lines set product = 'changed' where order_id = 11`,
        );
        const { exit, stdout } = await startRun(sandbox.folder).ended;
        const answer = JSON.parse(stdout) as Answer;
        expect({ exit, status: answer.status, batch: answer.batch }).toEqual({
          exit: 5,
          status: 'partial',
          batch: 2,
        });
        expect(answer.errors.map((error) => error.code).toSorted()).toEqual([
          'duplicate_row',
          'expression_failed',
        ]);
        expect(answer.behind.map(({ name }) => name).toSorted()).toEqual(['countries', 'customer_rate']);
        const idle = await startRun(sandbox.folder).ended;
        expect({ exit: idle.exit, batch: (JSON.parse(idle.stdout) as Answer).batch }).toEqual({
          exit: 5,
          batch: null,
        });
      } finally {
        await sandbox.remove();
      }
    });
  });
};
