// How values of Snowflake arrive: all as texts (the driver is told so), made exact by the type of their column.

export interface ReplyColumn {
  getName(): string;
  getType(): string;
  getPrecision(): number;
  getScale(): number;
}

/** What the driver must be told, or it cuts 64-bit integers, decimals and nanoseconds, and runs variants as code. */
export const exactValues = {
  fetchAsString: ['Number', 'Date', 'JSON', 'Boolean', 'Buffer'],
  representNullAsStringNull: false,
} as const;

/** Texts, since `exactValues` asks for nothing else. */
export type ReplyRow = readonly (string | null)[];

const most = 2n ** 31n;

/** INTEGER and BIGINT are one type here, NUMBER(38,0): a whole number of it arrives as a number if it fits 32 bits. */
const whole = (text: string, precision: number): number | string => {
  if (precision <= 10) return Number(text);
  if (precision < 38) return text;
  const value = BigInt(text);
  return value < most && value >= -most ? Number(text) : text;
};

const floats: Readonly<Record<string, number>> = { inf: Infinity, '-inf': -Infinity, nan: Number.NaN };

const withoutZeros = (text: string): string =>
  text.replace(/(\.\d*?)0+(?=$|[+-])/, '$1').replace(/\.(?=$|[+-])/, '');

/** `+00:00` is written `+00`, as the other engines do it. */
const moment = (text: string): string => withoutZeros(text).replace(/([+-]\d\d):?00$/, '$1');

const typed = (text: string, column: ReplyColumn): unknown => {
  switch (column.getType()) {
    case 'fixed':
      return column.getScale() > 0 ? text : whole(text, column.getPrecision());
    case 'real':
      return floats[text.toLowerCase()] ?? Number(text);
    case 'boolean':
      return /^(true|1)$/i.test(text);
    case 'time':
    case 'timestamp_ntz':
      return withoutZeros(text);
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return moment(text);
    default:
      return text;
  }
};

export const exactRow = (
  columns: readonly ReplyColumn[],
  values: ReplyRow,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    columns.map((column, place) => {
      const value = values[place];
      return [column.getName(), value === null || value === undefined ? null : typed(value, column)];
    }),
  );

/** Rows that DML says it wrote. Columns of other names count the same rows once more. */
export const writtenRows = (row: Readonly<Record<string, unknown>> | undefined): number | undefined => {
  const named = ['inserted', 'updated', 'deleted'].map((word) => row?.[`number of rows ${word}`]);
  const counted = named.filter((count) => count !== undefined);
  return counted.length === 0 ? undefined : counted.reduce<number>((sum, count) => sum + Number(count), 0);
};
