// Texts and JSON that others wrote, read without a failure: what is a value becomes it, anything else NULL.
import { describe, expect, it } from 'vitest';
import { sql, verbatim, type Fragment } from '../../src/sql/fragment.ts';
import type { Use } from './harness.ts';

const readable: readonly (readonly [type: string, text: string, value: string | null])[] = [
  ['integer', '42', '42'],
  ['integer', '-7', '-7'],
  ['integer', '5.0', '5'],
  ['integer', '5.7', null],
  ['integer', '0x10', null],
  ['integer', '2147483648', null],
  ['integer', '', null],
  ['bigint', '9223372036854775807', '9223372036854775807'],
  ['bigint', '9223372036854775808', null],
  ['decimal(6,2)', '1234.56', '1234.56'],
  ['decimal(6,2)', '12345.6', null],
  ['decimal(6,2)', 'abc', null],
  ['boolean', 'true', 'true'],
  ['boolean', 'maybe', null],
  ['date', '2024-02-29', '2024-02-29'],
  ['date', '2023-02-29', null],
  ['date', 'today', null],
  ['timestamp', '2024-02-29 12:00:00', '2024-02-29 12:00:00'],
  ['timestamp', '2024-02-29T12:00:00+02:00', '2024-02-29 10:00:00'],
  ['timestamp', '2024-02-30 12:00:00', null],
  ['timestamp', 'now', null],
  ['timestamp with time zone', '2024-02-29T12:00:00Z', '2024-02-29 12:00:00+00'],
  ['timestamp with time zone', '2024-02-29 12:00:00', '2024-02-29 12:00:00+00'],
  ['varchar', ' as it is ', ' as it is '],
];

const members = ['text', 'number', 'none', 'nested', 'absent', 'a "name"/~'];
const object = JSON.stringify({
  text: 'é "q"',
  number: 12,
  none: null,
  nested: { deep: [1] },
  'a "name"/~': 'x',
});

export const readingCases = (use: Use): void => {
  const one = async (value: Fragment): Promise<unknown> => {
    const rows = await use().session((session) => session.rows<{ v: unknown }>(sql`select ${value} as v`));
    return rows[0]?.v;
  };
  const text = (value: string): Fragment => sql`cast(${value} as varchar)`;

  describe('a text', () => {
    it.each(readable)('as %s: %j is %j', async (type, written, value) => {
      // Not of a constant: that is worked out before anything is asked of it.
      const { dialect } = use();
      const converted = dialect.tryConvert(sql.id('r', 'v'), type);
      expect(
        await one(
          sql`(select cast(${converted} as varchar) from (select ${text(written)} as v ${dialect.fence}) as r)`,
        ),
      ).toBe(value);
    });

    it('that is NULL is NULL of every type', async () => {
      for (const type of new Set(readable.map(([each]) => each)))
        expect(
          await one(sql`cast(${use().dialect.tryConvert(sql`cast(null as varchar)`, type)} as varchar)`),
        ).toBe(null);
    });
  });

  describe('a JSON object', () => {
    const of = (written: string) => {
      const { json, fence } = use().dialect;
      const column = sql.id('r', 'said');
      const ask = async (value: (opened: Fragment) => Fragment): Promise<unknown> =>
        one(
          sql`(select ${value(sql.id('r', 'opened'))} from (select s.said, ${json.open(sql.id('s', 'said'), 'varchar', members)} as opened from (select ${text(written)} as said) as s ${fence}) as r)`,
        );
      const member = (name: string) => ({ name, place: members.indexOf(name) });
      return {
        isObject: () => ask((opened) => json.isObject(opened)),
        isBroken: () => ask((opened) => json.isBroken(column, 'varchar', opened)),
        has: (name: string) => ask((opened) => json.has(opened, member(name))),
        isNumber: (name: string) => ask((opened) => json.isNumber(opened, member(name))),
        text: (name: string) => ask((opened) => json.text(opened, member(name), { column, type: 'varchar' })),
      };
    };

    it('is read member by member, absent ones kept apart from NULL', async () => {
      const read = of(object);
      expect([await read.isObject(), await read.isBroken()]).toEqual([true, false]);
      const has: unknown[] = [];
      for (const name of members) has.push(await read.has(name));
      expect(has).toEqual([true, true, true, true, false, true]);
      expect([
        await read.isNumber('number'),
        await read.isNumber('text'),
        await read.isNumber('absent'),
      ]).toEqual([true, false, false]);
      expect([
        await read.text('text'),
        await read.text('number'),
        await read.text('none'),
        await read.text('absent'),
        await read.text('a "name"/~'),
      ]).toEqual(['é "q"', '12', null, null, 'x']);
      expect(JSON.parse(String(await read.text('nested')))).toEqual({ deep: [1] });
    });

    it.each([
      ['a list', '[1]', true],
      ['a number', '5', true],
      ["JSON's null", 'null', false],
    ])('%s is none', async (_what, written, broken) => {
      const read = of(written);
      expect([await read.isObject(), await read.isBroken()]).toEqual([false, broken]);
    });

    it('tells the names of its members', async () => {
      const { dialect } = use();
      const rows = await use().session((session) =>
        session.rows<{ name: string }>(
          sql`select n.name from (select ${dialect.jsonNames(sql`cast(${text(object)} as ${verbatim(dialect.jsonType)})`)} as name) as n`,
        ),
      );
      expect(rows.map(({ name }) => name).toSorted()).toEqual(
        ['text', 'number', 'none', 'nested', 'a "name"/~'].toSorted(),
      );
    });
  });

  it.each([
    ['0', '1970-01-01 00:00:00+00'],
    ['-1', '1969-12-31 23:59:59.999999+00'],
    ['1709208000000001', '2024-02-29 12:00:00.000001+00'],
    ['-62135596800000000', '0001-01-01 00:00:00+00'],
  ])('%s microseconds after 1970 is an instant', async (count, expected) => {
    const instant = use().dialect.instantOf(sql`cast(${count} as bigint)`);
    expect(await one(sql`cast(${instant} as varchar)`)).toBe(expected);
  });

  it('the last value of some rows is that by the order, NULL among them', async () => {
    const { dialect } = use();
    const rows = sql`(select * from (values (1, 'a', true), (3, 'c', false), (2, cast(null as varchar), true)) as t(n, v, b)) as t`;
    const last = (where: Fragment, order: Fragment): Fragment =>
      sql`(select ${dialect.last(sql`t.v`, 'varchar', { where, order })} from ${rows})`;
    expect(await one(last(sql`true`, sql`t.n`))).toBe('c');
    expect(await one(last(sql`t.b`, sql`t.n`))).toBe(null);
    expect(await one(last(sql`false`, sql`t.n`))).toBe(null);
  });
};
