// Types of the server, and what stands for them in DuckDB. A type that is not listed is refused.
import { notModelled } from './failure.ts';
import { isSign, isWord, type Token } from './tokens.ts';

export interface SnowflakeType {
  /** As the catalog writes it: NUMBER(38,0), VARCHAR(16777216). */
  readonly declared: string;
  readonly inner: string;
  /** Only of a text with a limit. */
  readonly longest?: number;
}

const longestText = 16_777_216;
const longestBinary = 8_388_608;

const numberType = (precision = 38, scale = 0): SnowflakeType => ({
  declared: `NUMBER(${precision},${scale})`,
  // 38 digits multiplied by anything are more than DuckDB's decimals hold.
  inner: precision === 38 && scale === 0 ? 'hugeint' : `decimal(${precision},${scale})`,
});

const moment = (name: string, precision: number | undefined): SnowflakeType => {
  const declared = `${name}(${precision ?? 9})`;
  if (name === 'TIMESTAMP_NTZ')
    // Nanoseconds end in the year 2262 there: only who asks for them by number gets them.
    return { declared, inner: (precision ?? 6) > 6 ? 'timestamp_ns' : 'timestamp' };
  return { declared, inner: 'timestamptz' };
};

type Make = (size: number | undefined, scale: number | undefined) => SnowflakeType;

const varchar: Make = (size) =>
  size === undefined || size === longestText
    ? { declared: `VARCHAR(${longestText})`, inner: 'varchar' }
    : { declared: `VARCHAR(${size})`, inner: 'varchar', longest: size };
const whole: Make = () => numberType();
const float: Make = () => ({ declared: 'FLOAT', inner: 'double' });
const binary: Make = (size) => ({ declared: `BINARY(${size ?? longestBinary})`, inner: 'blob' });
const ntz: Make = (size) => moment('TIMESTAMP_NTZ', size);
const ltz: Make = (size) => moment('TIMESTAMP_LTZ', size);
const tz: Make = (size) => moment('TIMESTAMP_TZ', size);
const semi =
  (declared: string): Make =>
  () => ({ declared, inner: 'json' });

const makers: Readonly<Record<string, Make>> = {
  NUMBER: numberType,
  NUMERIC: numberType,
  DECIMAL: numberType,
  INT: whole,
  INTEGER: whole,
  BIGINT: whole,
  SMALLINT: whole,
  TINYINT: whole,
  FLOAT: float,
  FLOAT8: float,
  DOUBLE: float,
  REAL: float,
  VARCHAR: varchar,
  TEXT: varchar,
  STRING: varchar,
  CHAR: (size = 1) => varchar(size, undefined),
  BINARY: binary,
  VARBINARY: binary,
  BOOLEAN: () => ({ declared: 'BOOLEAN', inner: 'boolean' }),
  DATE: () => ({ declared: 'DATE', inner: 'date' }),
  TIME: (size) => ({ declared: `TIME(${size ?? 9})`, inner: 'time' }),
  TIMESTAMP: ntz,
  DATETIME: ntz,
  TIMESTAMP_NTZ: ntz,
  TIMESTAMP_LTZ: ltz,
  TIMESTAMP_TZ: tz,
  TIMESTAMPTZ: tz,
  VARIANT: semi('VARIANT'),
  OBJECT: semi('OBJECT'),
  ARRAY: semi('ARRAY'),
};

/** Reads the type that starts at `at`, and says where it ends. */
export const typeAt = (
  tokens: readonly Token[],
  at: number,
): { readonly type: SnowflakeType; readonly end: number } => {
  const first = tokens[at];
  const name = first?.kind === 'word' ? first.text.toUpperCase() : '';
  const make = makers[name];
  if (make === undefined) throw notModelled(`the type ${first?.text ?? ''}`);
  let end = at + 1;
  if (name === 'DOUBLE' && isWord(tokens[end], 'precision')) end += 1;
  const sizes: number[] = [];
  if (isSign(tokens[end], '(')) {
    for (end += 1; !isSign(tokens[end], ')'); end += 1) {
      if (tokens[end] === undefined) throw notModelled(`the type ${name}`);
      if (tokens[end]?.kind === 'number') sizes.push(Number(tokens[end]?.text));
    }
    end += 1;
  }
  if (name !== 'TIMESTAMP' || !isWord(tokens[end], 'with', 'without') || !isWord(tokens[end + 1], 'time'))
    return { type: make(sizes[0], sizes[1]), end };
  const zoned = isWord(tokens[end], 'with');
  return { type: (zoned ? tz : ntz)(sizes[0], undefined), end: end + 3 };
};

/** What the catalog says of a column whose type came out of a query. */
export const declaredOf = (inner: string): string => {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(inner);
  if (decimal !== null) return `NUMBER(${decimal[1]},${decimal[2]})`;
  switch (inner) {
    case 'TINYINT':
      return 'NUMBER(3,0)';
    case 'SMALLINT':
      return 'NUMBER(5,0)';
    case 'INTEGER':
      return 'NUMBER(10,0)';
    case 'BIGINT':
    case 'UINTEGER':
      return 'NUMBER(19,0)';
    case 'UBIGINT':
      return 'NUMBER(20,0)';
    case 'HUGEINT':
    case 'UHUGEINT':
      return 'NUMBER(38,0)';
    case 'FLOAT':
    case 'DOUBLE':
      return 'FLOAT';
    case 'BOOLEAN':
      return 'BOOLEAN';
    case 'VARCHAR':
    case '"NULL"':
      return 'VARCHAR(16777216)';
    case 'DATE':
      return 'DATE';
    case 'TIME':
      return 'TIME(9)';
    case 'TIMESTAMP':
      return 'TIMESTAMP_NTZ(6)';
    case 'TIMESTAMP_NS':
      return 'TIMESTAMP_NTZ(9)';
    case 'TIMESTAMP WITH TIME ZONE':
      return 'TIMESTAMP_LTZ(9)';
    case 'BLOB':
      return 'BINARY(8388608)';
    case 'JSON':
      return 'VARIANT';
  }
  if (inner.endsWith('[]')) return 'ARRAY';
  throw notModelled(`a column of DuckDB's type ${inner}`);
};
