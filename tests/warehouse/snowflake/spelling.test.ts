// Forms that all our SQL uses and Snowflake lacks, as they are sent there; bound values move along with what they stand in.
import { describe, expect, it } from 'vitest';
import { call } from '../../../src/sql/call.ts';
import { sql } from '../../../src/sql/fragment.ts';
import { compileForSnowflake } from '../../../src/warehouse/snowflake/compile-statement.ts';

const sent = (statement: ReturnType<typeof sql>): readonly [string, readonly unknown[]] => {
  const compiled = compileForSnowflake(statement);
  return [compiled.sql.replaceAll(/\s+/g, ' '), compiled.parameters];
};

describe('aggregates over some of the rows', () => {
  it('count and others take the condition in, distinct ones too', () => {
    const statement = sql`select count(*) filter (where q.a = 1), sum(q.b) filter (where q.a > 2), count(distinct q.c) filter (where q.d)`;
    expect(sent(statement)[0]).toBe(
      'select count_if("q"."a" = 1), sum(iff("q"."a" > 2, "q"."b", null)), count(distinct iff("q"."d", "q"."c", null))',
    );
  });

  it('further arguments and windows stay where they are', () => {
    const statement = sql`select max_by(q.a, q.b) filter (where q.c), count(*) filter (where q.d is null) over (partition by q.e)`;
    expect(sent(statement)[0]).toBe(
      'select max_by(iff("q"."c", "q"."a", null), "q"."b"), count_if("q"."d" is null) over (partition by "q"."e")',
    );
  });

  it('values bound behind others come before them', () => {
    const statement = sql`select sum(q.a + ${1}) filter (where q.b = ${2} and q.c in (select 1 from r where r.d = ${3})) + ${4}`;
    expect(sent(statement)).toEqual([
      'select sum(iff("q"."b" = ? and "q"."c" in (select 1 from "r" where "r"."d" = ?), "q"."a" + ?, null)) + ?',
      [2, 3, 1, 4],
    ]);
  });

  it('a filter within a filter', () => {
    const statement = sql`select sum(q.a) filter (where exists (select count(*) filter (where r.b) from r))`;
    expect(sent(statement)[0]).toBe(
      'select sum(iff(exists (select count_if("r"."b") from "r"), "q"."a", null))',
    );
  });
});

describe('row numbers', () => {
  it('in no order get one that is none', () => {
    expect(
      sent(sql`select row_number() over () + 1, sum(q.a) over (), row_number() over (order by q.b)`)[0],
    ).toBe(
      'select row_number() over (order by null) + 1, sum("q"."a") over (), row_number() over (order by "q"."b")',
    );
  });
});

describe('truth', () => {
  it.each([
    ['q.a is true', '"q"."a" is not distinct from true'],
    ['(q.a) is not true', '("q"."a") is distinct from true'],
    ['q.a is not false', '"q"."a" is distinct from false'],
    ['q.a is not null', '"q"."a" is not null'],
  ])('%s', (written, spelt) => {
    expect(sent(sql`select ${sql.raw(written)}`)[0]).toBe(`select ${spelt}`);
  });
});

describe('insert … on conflict', () => {
  it('is a merge: the table goes by its name, the new row by `excluded`', () => {
    const statement = sql`insert into s.t (k, a) values (${'x'}, ${1}), (${'y'}, null) on conflict (k) do update set a = coalesce(excluded.a, t.a) where t.a > ${5}`;
    expect(sent(statement)).toEqual([
      'merge into "s"."t" as "t" using (with "fresh" ("k", "a") as ( select "k", "a" from "s"."t" where false union all select ?, ? union all select ?, null ) select * from "fresh") as "excluded" on "t"."k" = "excluded"."k" when matched and "t"."a" > ? then update set "a" = coalesce("excluded"."a", "t"."a") when not matched then insert ("k", "a") values ("excluded"."k", "excluded"."a")',
      ['x', 1, 'y', 5],
    ]);
  });

  it('from a query, with several keys, and nothing to do where the row is there', () => {
    const statement = sql`insert into s.t (k, l) select q.k, q.l from q where true on conflict (k, l) do nothing`;
    expect(sent(statement)[0]).toBe(
      'merge into "s"."t" as "t" using (with "fresh" ("k", "l") as ( select "k", "l" from "s"."t" where false union all select "q"."k", "q"."l" from "q" where true ) select * from "fresh") as "excluded" on "t"."k" = "excluded"."k" and "t"."l" = "excluded"."l" when not matched then insert ("k", "l") values ("excluded"."k", "excluded"."l")',
    );
  });

  it('without a key it is refused: nothing there keeps keys', () => {
    expect(() => sent(sql`insert into s.t (k) select 1 on conflict do nothing`)).toThrow('without a key');
  });
});

describe('functions of ours', () => {
  it('leave NULLs out, or have other names; what a user wrote stays', () => {
    const statement = sql`select ${call('concat_ws', [sql`','`, sql`q.a`, sql`q.b`])}, concat_ws(',', q.a), ${call('string_agg', [sql`distinct q.a`, sql`','`])}, ${call('strpos', [sql`q.a`, sql`${'b'}`])}, ${call('bool_or', [sql`q.c`])}, ${call('starts_with', [sql`q.a`, sql`'b'`])}`;
    expect(sent(statement)[0]).toBe(
      `select array_to_string(array_construct_compact("q"."a", "q"."b"), ','), concat_ws(',', "q"."a"), listagg(distinct "q"."a", ','), charindex(?, "q"."a"), boolor_agg("q"."c"), startswith("q"."a", 'b')`,
    );
  });
});
