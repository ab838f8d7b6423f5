// Bare lower-case names become quoted ones; words of the language, functions, types and what users wrote stay.
import { describe, expect, it } from 'vitest';
import { sql, id } from '../../../src/sql/fragment.ts';
import { compileForSnowflake } from '../../../src/warehouse/snowflake/compile-statement.ts';
import { piecesOf } from '../../../src/warehouse/snowflake/pieces.ts';
import { quoteWords } from '../../../src/warehouse/snowflake/quote-words.ts';

describe('names are quoted', () => {
  it.each([
    ['select q.a as n from q', 'select "q"."a" as "n" from "q"'],
    ['select count(*) as key, q.last from q', 'select count(*) as "key", "q"."last" from "q"'],
    [
      'with q(a) as (select 1), r (b, c) as (select 1, 2) select a from r',
      'with "q"("a") as (select 1), "r" ("b", "c") as (select 1, 2) select "a" from "r"',
    ],
    ['select 1 from (values (1, 2)) as t(a, b)', 'select 1 from (values (1, 2)) as "t"("a", "b")'],
    ['select 1 from (select 1 as a) q(a)', 'select 1 from (select 1 as "a") "q"("a")'],
    [
      'insert into state.batches (id, at) values (?, ?)',
      'insert into "state"."batches" ("id", "at") values (?, ?)',
    ],
    ['update t as x set n = x.n + 1', 'update "t" as "x" set "n" = "x"."n" + 1'],
    [
      'delete from t as x using (select 1 as i) as s where x.i = s.i',
      'delete from "t" as "x" using (select 1 as "i") as "s" where "x"."i" = "s"."i"',
    ],
    [
      'select first, rows, row from q order by a nulls first',
      'select "first", "rows", "row" from "q" order by "a" nulls first',
    ],
    [
      'create table t (n integer primary key, at timestamp)',
      'create table "t" ("n" integer primary key, "at" timestamp)',
    ],
  ])('%s', (written, quoted) => {
    expect(quoteWords(piecesOf(written))).toBe(quoted);
  });
});

describe('left as they are', () => {
  it.each([
    `select "a b", 'it''s as', ORDER_ID from SHOP.ORDERS`,
    'select cast(1 as number(12,2)), cast(? as timestamp with time zone), 1 :: integer',
    `select sum(1) over (partition by 1 order by 2 rows between unbounded preceding and current row)`,
    `select datediff(day, current_date, current_timestamp()), date_trunc(month, current_date)`,
    'select 1 -- as a\n/* b */ from dual_of_ours()',
    'select case when true and not false then null else 1e5 end',
    'alter session set TIMEZONE = 1',
    `select iff(1 is distinct from 2, coalesce(null, 1), 2)`,
  ])('%s', (written) => {
    expect(quoteWords(piecesOf(written))).toBe(written);
  });
});

describe('statements', () => {
  it('bind by question mark, double backslashes of texts and quotes of names', () => {
    const statement = sql`select ${7} as n, ${sql.lit("a\\b'c")} as t, ${id('x', 'o"dd')} from ${id('x')}`;
    expect(compileForSnowflake(statement)).toMatchObject({
      sql: `select ? as "n", 'a\\\\b''c' as "t", "x"."o""dd" from "x"`,
      parameters: [7],
    });
  });
});
