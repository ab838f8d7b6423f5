// Snowflake's answers to the questions of the SQL builders.
import { TidemarkError } from '../../errors/tidemark-error.ts';
import { commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { operand } from '../operand.ts';
import { openType, snowflakeBaseType } from './base-type.ts';
import { compileForSnowflake } from './compile-statement.ts';
import {
  snowflakeFromJsonText,
  snowflakeJsonHas,
  snowflakeJsonWith,
  snowflakeJsonText,
  snowflakeJsonValue,
} from './json-value.ts';
import { snowflakeJsonObjects } from './json-objects.ts';
import { snowflakeTryConvert } from './try-convert.ts';

/** Variants and their like are compared as the JSON that they are. */
const comparable = (value: Fragment, type: string): Fragment =>
  ['variant', 'object', 'array'].includes(snowflakeBaseType(type)) ? sql`to_json(${value})` : operand(value);

const nearlySame = (left: Fragment, right: Fragment, type: string): Fragment | undefined => {
  if (snowflakeBaseType(type) !== 'float') return undefined;
  const [one, other] = [sql`cast(${left} as float)`, sql`cast(${right} as float)`];
  const isFinite = (value: Fragment): Fragment => sql`to_varchar(${value}) not in ('NaN', 'inf', '-inf')`;
  return sql`(${isFinite(one)} and ${isFinite(other)} and abs(${one} - ${other}) <= 1e-9 * greatest(abs(${one}), abs(${other})))`;
};

/** Long or short, a text is told from the next one by its length, and NULL from all texts. */
const marked = (value: Fragment): Fragment =>
  sql`coalesce(length(to_varchar(${value})) || ':' || to_varchar(${value}), '-')`;

/** The rows' own number; a MOD of a power of two takes its last bits. */
const rowNumber = (values: readonly Fragment[]): Fragment =>
  sql`md5_number_lower64(concat(${commas(values.map(marked))}))`;

/** HASH_AGG would be cheaper; its values are the vendor's secret and may change with a release. */
const digest = (values: readonly Fragment[]): Fragment => {
  if (values.length === 0) return sql`(count(*) || ':0')`;
  return sql`(count(*) || ':' || coalesce(sum(${rowNumber(values)}), 0))`;
};

const notYet = (what: string): TidemarkError =>
  new TidemarkError('not_supported', { message: `${what} is not supported on Snowflake yet` });

export const snowflakeDialect: Dialect = {
  engine: 'snowflake',
  capabilities: {
    lacks: ['logs', 'histories', 'models', 'parts of batches'],
    parallelSessions: 4,
    transactionalDdl: false,
    keepsFilledSchemas: false,
    concurrentWriters: true,
    locksByReading: false,
    rewritesRows: false,
    wantsAnalyze: false,
    indexesMirrors: false,
  },
  // Our own JSON stays the very text that we wrote: a VARIANT would sort its members and shorten its numbers.
  jsonType: 'varchar',
  compile: compileForSnowflake,
  sameKey: (left, right, nullable) =>
    nullable
      ? sql`(${operand(left)} is not distinct from ${operand(right)})`
      : sql`(${operand(left)} = ${operand(right)})`,
  differs: (left, right, type) =>
    sql`(${comparable(left, type)} is distinct from ${comparable(right, type)})`,
  nearlySame,
  convert: (value, type) => sql`cast(${value} as ${verbatim(openType(type))})`,
  canRead: (value, type) => sql`(try_cast(to_varchar(${value}) as ${verbatim(openType(type))}) is not null)`,
  jsonValue: snowflakeJsonValue,
  fromJsonText: snowflakeFromJsonText,
  tryConvert: snowflakeTryConvert,
  json: snowflakeJsonObjects,
  instantOf: (microseconds) => sql`to_timestamp_ltz(${microseconds}, 6)`,
  fence: verbatim(''),
  // A row without an order is left out, so that only rows for which `where` is true are looked at.
  last: (value, _type, { where, order }) => sql`max_by(${value}, iff(${where}, ${order}, null))`,
  first: (value, { where, order }) =>
    where === undefined
      ? sql`min_by(${value}, ${order})`
      : sql`min_by(${value}, iff(${where}, ${order}, null))`,
  sha256: (text) => sql`sha2(${text}, 256)`,
  jsonText: snowflakeJsonText,
  jsonHas: snowflakeJsonHas,
  jsonWith: snowflakeJsonWith,
  jsonNames: () => {
    throw notYet('logs');
  },
  jsonNumbers: () => {
    throw notYet('an undo of a part of a batch');
  },
  digest,
  keySums: () => undefined,
  part: (values, parts) => sql`mod(${rowNumber(values)}, ${sql.lit(parts)})`,
  clock: () => sql`cast(sysdate() as timestamp_ltz)`,
  elapsedMs: (from, to) => sql`cast(datediff('microsecond', ${from}, ${to}) * 0.001 as float)`,
  isFinite: (moment) => sql`(${moment} is not null)`,
  minus: (moment, milliseconds) => sql`dateadd('millisecond', ${sql.lit(-milliseconds)}, ${operand(moment)})`,
  // Temporary tables belong to one session, and the jobs of a batch have one each.
  createScratch: (name, columns) =>
    sql`create transient table ${table(name)} (${commas(
      columns.map((column) => sql`${id(column.name)} ${verbatim(column.type)}`),
    )})`,
  dropScratch: (name) => sql`drop table if exists ${table(name)}`,
  tableNamed: ({ schema, name }) =>
    sql`select 1 as found from ${id('INFORMATION_SCHEMA', 'TABLES')} as c where ${id('c', 'TABLE_SCHEMA')} = ${schema} and ${id('c', 'TABLE_NAME')} = ${name}`,
  schemaNamed: (name) =>
    sql`select 1 as found from ${id('INFORMATION_SCHEMA', 'SCHEMATA')} as c where ${id('c', 'SCHEMA_NAME')} = ${name}`,
  // Statistics are the server's own business.
  analyze: () => sql`select 1`,
  baseType: snowflakeBaseType,
};
