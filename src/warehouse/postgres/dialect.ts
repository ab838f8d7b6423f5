// Postgres' answers to the questions of the SQL builders.
import { commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { compileStatement } from '../compile-statement.ts';
import { operand } from '../operand.ts';
import { openType, postgresBaseType } from './base-type.ts';
import { postgresKeySums } from './key-sums.ts';
import { postgresJsonObjects } from './json-objects.ts';
import { postgresTryConvert, validByServer } from './try-convert.ts';
import {
  postgresFromJsonText,
  postgresJsonHas,
  postgresJsonWith,
  postgresJsonText,
  postgresJsonValue,
} from './json-value.ts';

/** No equality (json, xml, points), or one that means something else: boxes and circles compare by area, paths
 *  by their number of points, citext without case, intervals with a month of 30 days. */
const comparedAsText = new Set([
  'json',
  'xml',
  'point',
  'line',
  'lseg',
  'box',
  'path',
  'polygon',
  'circle',
  'citext',
  'interval',
  'jsonpath',
  'refcursor',
  'pg_snapshot',
  'txid_snapshot',
]);

const elementType = (type: string): string => postgresBaseType(type).replace(/(\[\d*\])+$/, '');

const differs = (left: Fragment, right: Fragment, type: string): Fragment =>
  comparedAsText.has(elementType(type))
    ? sql`(cast(${left} as text) is distinct from cast(${right} as text))`
    : sql`(${operand(left)} is distinct from ${operand(right)})`;

/** A float of four bytes holds seven digits. */
const tolerances: Readonly<Record<string, string>> = { 'double precision': '1e-9', real: '1e-6' };

/** As numerics: doubles that over- or underflow are an error here. */
const nearlySame = (left: Fragment, right: Fragment, type: string): Fragment | undefined => {
  const tolerance = tolerances[postgresBaseType(type)];
  if (tolerance === undefined) return undefined;
  const isNumber = (value: Fragment): Fragment =>
    sql`${operand(value)} not in ('NaN', 'Infinity', '-Infinity')`;
  const [one, other] = [sql`cast(${left} as numeric)`, sql`cast(${right} as numeric)`];
  return sql`case when ${isNumber(left)} and ${isNumber(right)} then abs(${one} - ${other}) <= ${verbatim(tolerance)} * greatest(abs(${one}), abs(${other})) else false end`;
};

/** A member's last value as text where an array of arrays would be another thing. */
const last = (value: Fragment, type: string, of: { where: Fragment; order: Fragment }): Fragment => {
  const newest = (each: Fragment): Fragment =>
    sql`(array_agg(${each} order by ${of.order} desc) filter (where ${of.where}))[1]`;
  return elementType(type) === postgresBaseType(type)
    ? newest(value)
    : sql`cast(${newest(sql`cast(${value} as text)`)} as ${verbatim(type)})`;
};

/** Since when the server can be asked whether a text is of a type. */
const tellsValidText = 160_000;

/** What does not depend on the server's version, which is the number that it gives itself. */
export const postgresDialectOf = (version: number): Dialect => {
  const isValid = version >= tellsValidText ? validByServer : undefined;
  return {
    ...postgresDialect,
    tryConvert: postgresTryConvert(isValid),
    json: postgresJsonObjects(isValid),
  };
};

export const postgresDialect: Dialect = {
  engine: 'postgres',
  capabilities: {
    lacks: [],
    parallelSessions: 4,
    transactionalDdl: true,
    keepsFilledSchemas: true,
    concurrentWriters: true,
    locksByReading: true,
    rewritesRows: false,
    wantsAnalyze: true,
    indexesMirrors: true,
  },
  jsonType: 'jsonb',
  compile: compileStatement,
  // `is not distinct from` neither hashes nor merges; arrays are equal when their NULLs stand at the same
  // place, and they hash.
  sameKey: (left, right, nullable) =>
    nullable ? sql`(array[${left}] = array[${right}])` : sql`(${operand(left)} = ${operand(right)})`,
  differs,
  nearlySame,
  // cast(x as varchar(3)) would cut in silence; the assignment to the column refuses.
  convert: (value, type) => sql`cast(${value} as ${verbatim(openType(type))})`,
  // Since version 16; an older server refuses the question, and nobody is warned.
  canRead: (value, type) => sql`pg_input_is_valid(cast(${value} as text), ${type})`,
  jsonValue: postgresJsonValue,
  fromJsonText: postgresFromJsonText,
  tryConvert: postgresTryConvert(undefined),
  json: postgresJsonObjects(undefined),
  // Not by to_timestamp, whose seconds are a double.
  instantOf: (microseconds) =>
    sql`(timestamptz '1970-01-01 00:00:00+00' + ${operand(microseconds)} * interval '1 microsecond')`,
  // An offset keeps the planner from pulling the sub-query up, and stores nothing.
  fence: sql`offset 0`,
  last,
  first: (value, { where, order }) => {
    const kept = where === undefined ? sql`` : sql` filter (where ${where})`;
    return sql`(array_agg(${value} order by ${order} asc)${kept})[1]`;
  },
  sha256: (text) => sql`encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`,
  jsonText: postgresJsonText,
  jsonHas: postgresJsonHas,
  jsonWith: postgresJsonWith,
  jsonNames: (json) => sql`jsonb_object_keys(${json})`,
  jsonNumbers: (json) => sql`cast(jsonb_array_elements_text(${json}) as bigint)`,
  digest: (values) =>
    values.length === 0
      ? sql`(count(*) || ':0')`
      : sql`(count(*) || ':' || coalesce(sum(hashtextextended(row(${commas(values)})::text, 0)::numeric), 0))`,
  keySums: postgresKeySums,
  part: (values, parts) =>
    sql`cast(hashtextextended(row(${commas(values)})::text, 0) & ${sql.lit(parts - 1)} as integer)`,
  clock: () => sql`clock_timestamp()`,
  elapsedMs: (from, to) =>
    sql`cast(extract(epoch from ${operand(to)} - ${operand(from)}) * 1000 as double precision)`,
  isFinite: (moment) => sql`isfinite(${moment})`,
  minus: (moment, milliseconds) =>
    sql`(${operand(moment)} - cast(${milliseconds} as double precision) * interval '1 millisecond')`,
  createScratch: (name, columns) =>
    sql`create unlogged table ${table(name)} (${commas(
      columns.map((column) => sql`${id(column.name)} ${verbatim(column.type)}`),
    )}) with (autovacuum_enabled = false)`,
  dropScratch: (name) => sql`drop table if exists ${table(name)}`,
  indexSettled: ({ schema, name }, index) => sql`select 1 as found
from pg_class t join pg_namespace n on n.oid = t.relnamespace
where n.nspname = ${schema} and t.relname = ${name} and (
  not pg_has_role(current_user, t.relowner, 'usage')
  or exists (select 1 from pg_class i where i.relnamespace = t.relnamespace and i.relname = ${index}))`,
  tableNamed: ({ schema, name }) =>
    sql`select 1 as found from information_schema.tables where table_schema = ${schema} and table_name = ${name}`,
  schemaNamed: (name) => sql`select 1 as found from pg_namespace where nspname = ${name}`,
  analyze: (name) => sql`analyze ${table(name)}`,
  baseType: postgresBaseType,
};
