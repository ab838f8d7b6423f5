// The functions of the dialect, judged by what the engine makes of their SQL.
import { describe, expect, it } from 'vitest';
import { id, sql, table, verbatim, type Fragment } from '../../src/sql/fragment.ts';
import type { TableName } from '../../src/sql/table-name.ts';
import { freshTable, without, type Engine, type Use } from './harness.ts';

const truths = [
  ['1', '1', true],
  ['1', '2', false],
  ['null', '1', false],
  ['1', 'null', false],
  ['null', 'null', true],
] as const;

const integer = (text: string): Fragment => sql`cast(${verbatim(text)} as integer)`;

export const dialectCases = (engine: Engine, use: Use): void => {
  const valueOf = async (expression: Fragment): Promise<unknown> => {
    const rows = await use().session((session) =>
      session.rows<{ v: unknown }>(sql`select ${expression} as v`),
    );
    return rows[0]?.v;
  };

  const holding = async (type: string, rows: readonly (readonly string[])[]): Promise<TableName> => {
    const name = freshTable('held');
    await use().session(async (session) => {
      await session.execute(sql`create table ${table(name)} (a ${verbatim(type)}, b ${verbatim(type)})`);
      for (const [a = 'null', b = 'null'] of rows) {
        await session.execute(sql`insert into ${table(name)} values (${verbatim(a)}, ${verbatim(b)})`);
      }
    });
    return name;
  };

  describe('same key and differs', () => {
    it.each(truths)('%s and %s are the same: %s', async (left, right, same) => {
      const [l, r] = [integer(left), integer(right)];
      const { dialect } = use();
      expect(await valueOf(dialect.sameKey(l, r, true))).toBe(same);
      expect(await valueOf(dialect.differs(l, r, 'integer'))).toBe(!same);
      const strict = left === 'null' || right === 'null' ? null : same;
      expect(await valueOf(dialect.sameKey(l, r, false))).toBe(strict);
    });

    it('keep an expression together', async () => {
      const either = verbatim('false or true');
      expect(await valueOf(use().dialect.differs(verbatim('true'), either, 'boolean'))).toBe(false);
      expect(await valueOf(use().dialect.sameKey(verbatim('true'), either, true))).toBe(true);
    });

    it.skipIf(without(engine, 'intervals'))('tell intervals apart that count as equal', async () => {
      const [month, days] = [verbatim(`interval '1 month'`), verbatim(`interval '30 days'`)];
      expect(await valueOf(use().dialect.differs(month, days, 'interval'))).toBe(true);
      expect(await valueOf(use().dialect.differs(month, month, 'interval'))).toBe(false);
    });

    it.each(Object.entries(engine.literals))('differs works on %s', async (type, literals) => {
      const name = await holding(type, [
        ...literals.map((literal) => [literal, literal]),
        ...literals.flatMap((literal) => [
          [literal, 'null'],
          ['null', literal],
        ]),
        ['null', 'null'],
      ]);
      const rows = await use().session((session) =>
        session.rows<{ differing: string }>(
          sql`select count(*) as differing from ${table(name)} where ${use().dialect.differs(id('a'), id('b'), type)}`,
        ),
      );
      expect(Number(rows[0]?.differing)).toBe(literals.length * 2);
    });
  });

  describe('convert', () => {
    const assigned = async (type: string, value: Fragment): Promise<unknown> => {
      const name = await holding(type, []);
      await use().session((session) =>
        session.execute(sql`insert into ${table(name)} (a) select ${use().dialect.convert(value, type)}`),
      );
      const rows = await use().session((session) =>
        session.rows<{ a: unknown }>(sql`select a from ${table(name)}`),
      );
      return rows[0]?.a;
    };

    it('rounds to the declared scale', async () => {
      expect(await assigned('decimal(10,2)', sql`cast(${'1.235'} as decimal(12,4))`)).toBe('1.24');
      expect(await assigned('decimal(10,2)', sql`cast(${'7.005'} as varchar)`)).toBe('7.01');
      expect(await assigned('integer', sql`cast(${'7.5'} as decimal(12,4))`)).toBe(8);
    });

    it.each([
      ['decimal(4,2)', '123.4'] as const,
      ...(without(engine, 'narrow integers')
        ? []
        : [['integer', '9999999999'] as const, ['smallint', '40000'] as const]),
    ])('refuses what does not fit into %s', async (type, value) => {
      await expect(assigned(type, sql`cast(${value} as decimal(18,4))`)).rejects.toMatchObject({
        code: 'sql_failed',
        details: { kind: 'value' },
      });
    });

    it('refuses text that cannot be parsed', async () => {
      await expect(assigned('date', sql`cast(${'yesterday-ish'} as varchar)`)).rejects.toMatchObject({
        details: { kind: 'value' },
      });
    });
  });

  describe('digest', () => {
    const digest = async (rows: readonly string[], columns = 3): Promise<string> => {
      const names = ['a', 'b', 'c'].slice(0, columns);
      const from =
        rows.length === 0
          ? verbatim('(select 1 as a, cast(null as varchar) as b, 0.5 as c) q where false')
          : verbatim(`(values ${rows.join(', ')}) q(a, b, c)`);
      const text = await use().session((session) =>
        session.rows<{ d: unknown }>(
          sql`select ${use().dialect.digest(names.map((column) => id('q', column)))} as d from ${from}`,
        ),
      );
      expect(text[0]?.d).toBeTypeOf('string');
      return String(text[0]?.d);
    };

    const base = [`(1, 'x', 0.5)`, `(2, 'y', 1.5)`, `(3, null, null)`];

    it('depends on the rows, not on their order', async () => {
      expect(await digest(base)).toBe(await digest([...base].toReversed()));
    });

    it.each([
      ['a value', [`(1, 'x', 0.5)`, `(2, 'z', 1.5)`, `(3, null, null)`]],
      ['NULL in place of empty text', [`(1, 'x', 0.5)`, `(2, 'y', 1.5)`, `(3, '', null)`]],
      ['values swapped between rows', [`(1, 'y', 0.5)`, `(2, 'x', 1.5)`, `(3, null, null)`]],
      ['a row more', [...base, base[0] ?? '']],
      ['a row less', base.slice(1)],
      ['no rows', []],
    ])('changes with %s', async (_what, rows) => {
      expect(await digest(rows)).not.toBe(await digest(base));
    });

    it('counts rows where there are no columns', async () => {
      expect(await digest(base, 0)).toBe(await digest([...base].toReversed(), 0));
      expect(await digest(base, 0)).not.toBe(await digest(base.slice(1), 0));
    });
  });

  describe('clock', () => {
    it('goes on inside a transaction', async () => {
      const clock = use().dialect.clock();
      await use().transaction(async (session) => {
        const at = async (): Promise<number> => {
          const rows = await session.rows<{ t: string }>(sql`select ${clock} as t`);
          return Date.parse(String(rows[0]?.t).replace(/\+00$/, 'Z').replace(' ', 'T'));
        };
        const first = await at();
        expect(Math.abs(first - Date.now())).toBeLessThan(60_000);
        let later = first;
        while (later === first) later = await at();
        expect(later).toBeGreaterThan(first);
      });
    });

    it('minus takes milliseconds away', async () => {
      const moment = verbatim(`cast('2024-03-01 00:00:01.5+00' as timestamp with time zone)`);
      expect(await valueOf(use().dialect.minus(moment, 86_400_000))).toBe('2024-02-29 00:00:01.5+00');
      expect(await valueOf(use().dialect.minus(moment, 1))).toBe('2024-03-01 00:00:01.499+00');
    });
  });
};
