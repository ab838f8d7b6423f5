// Canonical JSON: what every value looks like, and that it comes back exactly.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commas, id, sql, table, verbatim, type Fragment } from '../../src/sql/fragment.ts';
import { freshTable, without, type Engine, type Use } from './harness.ts';

const rowsAtOnce = 40;
const propertyRuns = 15;

/** One row of the property test; instants in microseconds since 1970. */
const row = fc.record({
  bigint: fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(2n ** 53n + 1n, -(2n ** 63n)),
  ),
  double: fc.double({ noDefaultInfinity: false, noNaN: false }),
  decimal: fc
    .tuple(fc.bigInt({ min: -(10n ** 26n), max: 10n ** 26n }), fc.nat(9_999_999))
    .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(10, '0')}`),
  text: fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
  instant: fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }),
  binary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('hex')),
});

type Sample = Partial<{ [K in keyof Engine['types']]: string | null }>;

const samples = fc
  .array(fc.tuple(row, fc.subarray(['bigint', 'double', 'decimal', 'text', 'instant', 'binary'] as const)), {
    minLength: 1,
    maxLength: rowsAtOnce,
  })
  .map((rows) =>
    rows.map(([values, absent]): Sample => {
      const { bigint, double, decimal, text, instant, binary } = values;
      const doubleText = Object.is(double, -0) ? '-0' : String(double);
      const all = {
        bigint: String(bigint),
        double: doubleText,
        decimal,
        text,
        instant: String(instant),
        binary,
      };
      return { ...all, ...Object.fromEntries(absent.map((name) => [name, null])) };
    }),
  );

export const jsonCases = (engine: Engine, use: Use): void => {
  const extracted = (value: Fragment, type: string): Fragment => {
    const { dialect } = use();
    const object = sql`cast('{"v": ' || ${dialect.jsonValue(value, type)} || '}' as ${verbatim(dialect.jsonType)})`;
    return dialect.jsonText(object, 'v');
  };

  const textOf = (value: Fragment): Fragment => sql`cast(${value} as varchar)`;

  describe('canonical JSON', () => {
    const written: readonly (readonly [type: string, literal: string, json: string])[] = [
      ['integer', '42', '42'],
      ['smallint', '-1', '-1'],
      ['bigint', '9223372036854775807', '"9223372036854775807"'],
      ['decimal(20,4)', '1234567890123456.5', '"1234567890123456.5000"'],
      ['boolean', 'true', 'true'],
      ['double precision', '1.5', '1.5'],
      ['double precision', `'NaN'`, '"NaN"'],
      ['double precision', `'-Infinity'`, '"-Infinity"'],
      ['varchar', `'say "hi" \\ '`, '"say \\"hi\\" \\\\ "'],
      ['date', `'2024-02-29'`, '"2024-02-29"'],
      ['timestamp', `'2024-02-29 12:00:00.5'`, '"2024-02-29T12:00:00.500000"'],
      ['timestamp', `'9999-12-31 23:59:59'`, '"9999-12-31T23:59:59.000000"'],
      ['timestamp with time zone', `'2024-02-29 12:00:00+02'`, '"2024-02-29T10:00:00.000000Z"'],
      ...(without(engine, 'infinite moments')
        ? []
        : [['timestamp with time zone', `'infinity'`, '"infinity"'] as const]),
      ['time', `'12:34:56'`, '"12:34:56"'],
    ];

    it.each(written)('of %s %s is %s', async (type, literal, expected) => {
      const value = sql`cast(${verbatim(literal)} as ${verbatim(type)})`;
      const rows = await use().session((session) =>
        session.rows(sql`select ${use().dialect.jsonValue(value, type)} as v,
${use().dialect.jsonValue(sql`cast(null as ${verbatim(type)})`, type)} as n`),
      );
      const v = engine.canonical?.[`${type} ${literal}`] ?? expected;
      expect(rows).toEqual([{ v, n: 'null' }]);
    });

    it('of binary is hexadecimal', async () => {
      const value = engine.fromHex(sql`cast(${'00ff0a'} as varchar)`);
      const rows = await use().session((session) =>
        session.rows(sql`select ${use().dialect.jsonValue(value, engine.types.binary)} as v`),
      );
      expect(rows).toEqual([{ v: '"00ff0a"' }]);
    });

    it.each(Object.entries(engine.literals))('of %s comes back exactly', async (type, literals) => {
      const name = freshTable('literals');
      await use().session(async (session) => {
        await session.execute(sql`create table ${table(name)} (v ${verbatim(type)})`);
        for (const literal of [...literals, 'null']) {
          await session.execute(sql`insert into ${table(name)} values (${verbatim(literal)})`);
        }
        const back = use().dialect.fromJsonText(extracted(id('v'), type), type);
        const rows = await session.rows(sql`select ${textOf(id('v'))} as v, ${textOf(back)} as back
from ${table(name)} where ${textOf(id('v'))} is distinct from ${textOf(back)}`);
        expect(rows).toEqual([]);
        const copied = await session.execute(
          sql`create table ${table(freshTable('back'))} as select ${back} as v from ${table(name)}`,
        );
        expect(copied).toBe(without(engine, 'counted copies') ? 1 : literals.length + 1);
      });
    });

    it('comes back exactly, whatever the values', async () => {
      const name = freshTable('property');
      const { types } = engine;
      const kinds = Object.keys(types) as (keyof typeof types)[];
      const bound = (sample: Sample, kind: keyof typeof types): Fragment => {
        const text = sql`cast(${sample[kind] ?? null} as varchar)`;
        if (kind === 'binary') return engine.fromHex(text);
        if (kind === 'instant') return engine.fromMicroseconds(sql`cast(${text} as bigint)`);
        return sql`cast(${text} as ${verbatim(types[kind])})`;
      };
      await use().session((session) =>
        session.execute(
          sql`create table ${table(name)} (${commas(kinds.map((kind) => sql`${id(kind)} ${verbatim(types[kind])}`))})`,
        ),
      );
      await fc.assert(
        fc.asyncProperty(samples, async (rows) => {
          await use().transaction(async (session) => {
            await session.execute(sql`delete from ${table(name)}`);
            const values = rows.map((sample) => sql`(${commas(kinds.map((kind) => bound(sample, kind)))})`);
            await session.execute(sql`insert into ${table(name)} values ${commas(values)}`);
            for (const kind of kinds) {
              const back = use().dialect.fromJsonText(extracted(id(kind), types[kind]), types[kind]);
              const wrong = await session.rows(sql`select ${textOf(id(kind))} as v, ${textOf(back)} as back
from ${table(name)} where ${textOf(id(kind))} is distinct from ${textOf(back)}`);
              expect(wrong).toEqual([]);
            }
          });
        }),
        { numRuns: propertyRuns },
      );
    });
  });
};
