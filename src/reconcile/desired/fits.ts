// Which values of one type are no values of another, as a question to the warehouse. Rounding to a declared scale is
// no loss that anybody is warned of.
import type { Dialect } from '../../sql/dialect.ts';
import { sql, verbatim, type Fragment } from '../../sql/fragment.ts';

const ranges: Readonly<Record<string, readonly [string, string]>> = {
  tinyint: ['-128', '127'],
  smallint: ['-32768', '32767'],
  integer: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
  utinyint: ['0', '255'],
  usmallint: ['0', '65535'],
  uinteger: ['0', '4294967295'],
  ubigint: ['0', '18446744073709551615'],
};

const decimals = new Set(['decimal', 'numeric', 'number']);
const floats = new Set(['float', 'double', 'real', 'double precision']);
const texts = new Set(['varchar', 'text', 'bpchar', 'char']);

const numbersIn = (type: string): readonly number[] =>
  (/\(([\d\s,]+)\)/.exec(type)?.[1] ?? '')
    .split(',')
    .flatMap((text) => (text.trim() === '' ? [] : [Number(text)]));

const isNumber = (base: string): boolean => base in ranges || decimals.has(base) || floats.has(base);

const within = ([low, high]: readonly [string, string], [least, most]: readonly [string, string]): boolean =>
  BigInt(low) >= BigInt(least) && BigInt(high) <= BigInt(most);

/** Digits in front of the point that a number can have; none where there is no limit. */
const wholeDigits = (base: string, type: string): number | undefined => {
  const range = ranges[base];
  if (range !== undefined) return Math.max(...range.map((end) => end.replace('-', '').length));
  const [precision, scale = 0] = numbersIn(type);
  return decimals.has(base) && precision !== undefined ? precision - scale : undefined;
};

interface Types {
  readonly from: string;
  readonly to: string;
  readonly was: string;
  readonly is: string;
}

const misfitOfNumber = (value: Fragment, { from, to, was, is }: Types): Fragment | undefined => {
  const range = ranges[is];
  if (range !== undefined) {
    const old = ranges[was];
    if (old !== undefined && within(old, range)) return undefined;
    return sql`(${value} < ${verbatim(range[0])} or ${value} > ${verbatim(range[1])})`;
  }
  const [precision, scale = 0] = numbersIn(to);
  if (!decimals.has(is) || precision === undefined) return undefined;
  const whole = precision - scale;
  const digits = wholeDigits(was, from);
  if (digits !== undefined && digits <= whole) return undefined;
  const rounded = decimals.has(was) ? sql`round(${value}, ${sql.lit(scale)})` : value;
  return sql`(abs(${rounded}) >= ${verbatim(`1${'0'.repeat(Math.max(0, whole))}`)})`;
};

/** Longer than the column takes; an engine that knows no lengths prints none. */
const misfitOfLength = (value: Fragment, { from, to, was }: Types): Fragment | undefined => {
  const [room] = numbersIn(to);
  if (room === undefined) return undefined;
  const [length] = numbersIn(from);
  if (texts.has(was) && length !== undefined && length <= room) return undefined;
  return sql`(length(cast(${value} as varchar)) > ${sql.lit(room)})`;
};

/** True for a value that the column cannot hold; none where every value fits, or nobody can tell. */
export const misfit = (
  dialect: Pick<Dialect, 'baseType' | 'canRead'>,
  value: Fragment,
  from: string,
  to: string,
): Fragment | undefined => {
  const types: Types = { from, to, was: dialect.baseType(from), is: dialect.baseType(to) };
  if (texts.has(types.is)) return misfitOfLength(value, types);
  if (isNumber(types.was) && isNumber(types.is)) return misfitOfNumber(value, types);
  if (!texts.has(types.was) || types.was === types.is) return undefined;
  const readable = dialect.canRead?.(value, to);
  return readable === undefined ? undefined : sql`(${value} is not null and not ${readable})`;
};
