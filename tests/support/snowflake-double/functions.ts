// The functions that we emit, each with what it is in DuckDB. One that is not listed is an unknown function to the
// double as it is to the server: nothing is passed on under the same name by luck.
import { notModelled, SnowflakeFailure } from './failure.ts';

type Write = (args: readonly string[]) => string;

const named =
  (name: string): Write =>
  (args) =>
    `${name}(${args.join(', ')})`;

const between = (least: number, most: number, write: Write): Write & { arity: readonly [number, number] } =>
  Object.assign((args: readonly string[]) => write(args), { arity: [least, most] as const });

const same = (name: string, least: number, most = least): Write => between(least, most, named(name));

/** A text that stands in the statement itself. */
const literal = (text: string | undefined, what: string): string => {
  const found = /^'((?:[^']|'')*)'$/.exec(text ?? '');
  if (found === null) throw notModelled(`${what} that is no literal`);
  return (found[1] ?? '').replaceAll("''", "'");
};

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const pointer = (name: string): string => quoted(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);

/** Formats of TO_VARCHAR, as DuckDB writes them. */
const formats: Readonly<Record<string, string>> = {
  'YYYY-MM-DD': '%Y-%m-%d',
  'YYYY-MM-DD"T"HH24:MI:SS.FF6': '%Y-%m-%dT%H:%M:%S.%f',
  'YYYY-MM-DD"T"HH24:MI:SS.FF9': '%Y-%m-%dT%H:%M:%S.%n',
};

const textOf = ([value = '', format]: readonly string[]): string => {
  if (format === undefined) return `memory.main.sf_text(${value})`;
  const name = literal(format, 'a format');
  const written = formats[name];
  if (written === undefined) throw notModelled(`the format ${name}`);
  return `memory.main.sf_moment_text(${value}, ${quoted(written)})`;
};

const microseconds = (value: string, scale: string | undefined): string => {
  if (scale !== '6') throw notModelled(`seconds of scale ${scale ?? '0'} as a moment`);
  return `make_timestamptz(cast(${value} as bigint))`;
};

/** NULL as soon as one of them is, unlike DuckDB. */
const strict =
  (name: string): Write =>
  (args) =>
    `case when ${args.map((arg) => `${arg} is not null`).join(' and ')} then ${name}(${args.join(', ')}) end`;

const parts: Readonly<Record<string, string>> = {
  millisecond: 'to_milliseconds',
  second: 'to_seconds',
  minute: 'to_minutes',
  hour: 'to_hours',
  day: 'to_days',
};

const dateAdd: Write = ([part = '', amount = '', moment = '']) => {
  const interval = parts[part.replaceAll(/["'\u00b7]/g, '').toLowerCase()];
  if (interval === undefined) throw notModelled(`DATEADD of ${part}`);
  return `(${moment} + ${interval}(cast(${amount} as bigint)))`;
};

/** Eight bytes of the digest, the last ones read as one number. */
const md5Lower: Write = ([text = '']) =>
  `cast(concat('0x', substr(md5(${text}), 17, 16)) as ubigint)::hugeint`;

const getMember: Write = ([value = '', member = '']) =>
  /^\d+$/.test(member)
    ? `json_extract(cast(${value} as json), ${member})`
    : `json_extract(cast(${value} as json), ${pointer(literal(member, 'the member of an object'))})`;

const kinds = `case json_type(V) when 'BIGINT' then 'INTEGER' when 'UBIGINT' then 'INTEGER' when 'HUGEINT' then 'INTEGER' when 'NULL' then 'NULL_VALUE' else json_type(V) end`;

/** A fact of the session, kept in a variable of its connection. */
const fact = (name: string): Write => between(0, 0, () => `getvariable('sf_${name}')`);

const functions: Readonly<Record<string, Write>> = {
  ABS: same('abs', 1),
  ANY_VALUE: same('any_value', 1),
  // NULLs are left out: a fact of the server that bites.
  ARRAY_CONSTRUCT_COMPACT: (args) => `list_filter([${args.join(', ')}], lambda x: x is not null)`,
  ARRAY_TO_STRING: same('array_to_string', 2),
  ASCII: same('ascii', 1),
  BOOLAND_AGG: same('bool_and', 1),
  BOOLOR_AGG: same('bool_or', 1),
  CEIL: same('ceil', 1),
  CHARINDEX: between(2, 2, ([part = '', text = '']) => `strpos(${text}, ${part})`),
  CHR: same('chr', 1),
  COALESCE: same('coalesce', 1, 999),
  CONCAT: between(1, 999, (args) => `(${args.join(' || ')})`),
  COUNT_IF: same('count_if', 1),
  DATEADD: between(3, 3, dateAdd),
  DATEDIFF: between(3, 3, ([part, from = '', to = '']) => {
    if (part !== "'microsecond'") throw notModelled(`DATEDIFF of ${part ?? ''}`);
    return `(epoch_us(${to}) - epoch_us(${from}))`;
  }),
  CURRENT_ACCOUNT: fact('account'),
  CURRENT_DATABASE: fact('database'),
  CURRENT_ROLE: fact('role'),
  CURRENT_USER: fact('user'),
  CURRENT_WAREHOUSE: fact('warehouse'),
  DATE_PART: between(2, 2, ([part = '', moment = '']) => {
    if (part !== "'nanosecond'") throw notModelled(`DATE_PART of ${part}`);
    return `(epoch_ns(${moment}) % 1000000000)`;
  }),
  DENSE_RANK: same('dense_rank', 0),
  EQUAL_NULL: between(2, 2, ([a = '', b = '']) => `((${a}) is not distinct from (${b}))`),
  FIRST_VALUE: same('first_value', 1),
  FLOOR: same('floor', 1),
  GET: between(2, 2, getMember),
  GREATEST: between(1, 99, strict('greatest')),
  HEX_DECODE_BINARY: between(1, 1, ([text = '']) => `unhex(${text})`),
  HEX_ENCODE: between(1, 1, ([value = '']) => `hex(${value})`),
  IFF: between(3, 3, ([when = '', a = '', b = '']) => `case when ${when} then ${a} else ${b} end`),
  IFNULL: same('coalesce', 2),
  IS_OBJECT: between(1, 1, ([value = '']) => `(json_type(${value}) = 'OBJECT')`),
  LAG: same('lag', 1, 3),
  LAST_VALUE: same('last_value', 1),
  LEAD: same('lead', 1, 3),
  LEAST: between(1, 99, strict('least')),
  LEFT: same('left', 2),
  LENGTH: same('length', 1),
  LN: same('ln', 1),
  LOWER: same('lower', 1),
  MAX: same('max', 1),
  MAX_BY: same('max_by', 2),
  MD5: same('md5', 1),
  MD5_NUMBER_LOWER64: between(1, 1, md5Lower),
  MIN: same('min', 1),
  MIN_BY: same('min_by', 2),
  MOD: same('mod', 2),
  NULLIF: same('nullif', 2),
  NVL: same('coalesce', 2),
  PARSE_JSON: between(1, 1, ([text = '']) => `cast(${text} as json)`),
  RANK: same('rank', 0),
  REGEXP_LIKE: same('regexp_full_match', 2),
  REPLACE: same('replace', 3),
  REGEXP_REPLACE: between(
    3,
    3,
    ([text = '', pattern = '', by = '']) => `regexp_replace(${text}, ${pattern}, ${by}, 'g')`,
  ),
  RIGHT: same('right', 2),
  ROUND: same('round', 1, 2),
  ROW_NUMBER: same('row_number', 0),
  SPLIT_PART: same('split_part', 3),
  STARTSWITH: same('starts_with', 2),
  SUBSTR: same('substr', 2, 3),
  SUM: same('sum', 1),
  SYSDATE: between(0, 0, () => `timezone('UTC', uuid_extract_timestamp(uuidv7()))`),
  CURRENT_TIMESTAMP: between(0, 0, () => `uuid_extract_timestamp(uuidv7())`),
  TO_BOOLEAN: between(1, 1, ([value = '']) => `cast(${value} as boolean)`),
  TO_CHAR: between(1, 2, textOf),
  TO_JSON: between(1, 1, ([value = '']) => `memory.main.sf_json_text(${value})`),
  TO_TIMESTAMP_LTZ: between(2, 2, ([value = '', scale]) => microseconds(value, scale)),
  TO_VARCHAR: between(1, 2, textOf),
  TO_VARIANT: between(1, 1, ([value = '']) => `to_json(${value})`),
  TRIM: same('trim', 1, 2),
  TRY_HEX_DECODE_BINARY: between(
    1,
    1,
    ([text = '']) => `case when regexp_full_match(${text}, '([0-9a-fA-F]{2})*') then unhex(${text}) end`,
  ),
  TRY_PARSE_JSON: between(1, 1, ([text = '']) => `try_cast(${text} as json)`),
  TYPEOF: between(1, 1, ([value = '']) => `(${kinds.replaceAll(/\bV\b/g, () => value)})`),
  UPPER: same('upper', 1),
  UUID_STRING: between(0, 0, () => `cast(uuid() as varchar)`),
};

export const writeFunction = (name: string, args: readonly string[]): string => {
  const write = functions[name.toUpperCase()];
  if (write === undefined)
    throw new SnowflakeFailure(
      '002140',
      '42601',
      `SQL compilation error:\nUnknown function ${name.toUpperCase()} (or one that the double does not model)`,
    );
  const arity = 'arity' in write ? (write.arity as readonly [number, number]) : [0, 999];
  if (args.length < (arity[0] ?? 0) || args.length > (arity[1] ?? 999))
    throw new SnowflakeFailure(
      '000938',
      '22023',
      `SQL compilation error:\nnot enough or too many arguments for function [${name.toUpperCase()}]`,
    );
  return write(args);
};

/** Made once in DuckDB: what depends on the type of a value, which the words of a statement do not tell. By way of a list,
 *  so that the value is written once: texts of texts of texts would grow without end. */
export const macros: readonly string[] = [
  `create macro memory.main.sf_moment_text(x, f) as list_transform([x], lambda v: case when typeof(v) = 'TIMESTAMP_NS' then strftime(cast(cast(v as varchar) as timestamp_ns), f) else strftime(cast(cast(v as varchar) as timestamp), f) end)[1]`,
  `create macro memory.main.sf_json_text(x) as cast(x as varchar)`,
  String.raw`create macro memory.main.sf_text(x) as list_transform([x], lambda v: case typeof(v)
 when 'TIMESTAMP' then strftime(cast(cast(v as varchar) as timestamp), '%Y-%m-%d %H:%M:%S.%n')
 when 'TIMESTAMP_NS' then strftime(cast(cast(v as varchar) as timestamp_ns), '%Y-%m-%d %H:%M:%S.%n')
 when 'TIMESTAMP WITH TIME ZONE' then strftime(cast(cast(v as varchar) as timestamp), '%Y-%m-%d %H:%M:%S.%n') || '+00:00'
 when 'TIME' then strftime(date '2000-01-01' + cast(cast(v as varchar) as time), '%H:%M:%S.%n')
 when 'JSON' then cast(cast(v as varchar) as json) ->> '$'
 when 'DOUBLE' then regexp_replace(replace(cast(v as varchar), 'nan', 'NaN'), '\.0$', '')
 when 'BLOB' then hex(cast(cast(v as varchar) as blob))
 else cast(v as varchar) end)[1]`,
];
