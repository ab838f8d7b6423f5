// DuckDB's answers to the questions of the SQL builders.
import { commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { compileStatement } from '../compile-statement.ts';
import { operand } from '../operand.ts';
import { duckDbBaseType } from './base-type.ts';
import { duckDbFileRows } from './file-rows.ts';
import { duckDbJsonObjects } from './json-objects.ts';
import { duckDbTryConvert } from './try-convert.ts';
import {
  duckDbFromJsonText,
  duckDbJsonHas,
  duckDbJsonWith,
  duckDbJsonText,
  duckDbJsonValue,
} from './json-value.ts';

const differs = (left: Fragment, right: Fragment, type: string): Fragment =>
  // `=` on intervals takes a month for 30 days: their text tells them apart.
  duckDbBaseType(type) === 'interval'
    ? sql`(cast(${left} as varchar) is distinct from cast(${right} as varchar))`
    : sql`(${operand(left)} is distinct from ${operand(right)})`;

/** A float of four bytes holds seven digits. */
const tolerances: Readonly<Record<string, string>> = { double: '1e-9', float: '1e-6' };

const nearlySame = (left: Fragment, right: Fragment, type: string): Fragment | undefined => {
  const tolerance = tolerances[duckDbBaseType(type)];
  if (tolerance === undefined) return undefined;
  const [one, other] = [sql`cast(${left} as double)`, sql`cast(${right} as double)`];
  return sql`(isfinite(${one}) and isfinite(${other}) and abs(${one} - ${other}) <= ${verbatim(tolerance)} * greatest(abs(${one}), abs(${other})))`;
};

export const duckDbDialect: Dialect = {
  engine: 'duckdb',
  capabilities: {
    lacks: [],
    parallelSessions: 1,
    transactionalDdl: true,
    keepsFilledSchemas: true,
    concurrentWriters: false,
    locksByReading: false,
    rewritesRows: true,
    wantsAnalyze: false,
    indexesMirrors: false,
  },
  jsonType: 'json',
  compile: compileStatement,
  sameKey: (left, right, nullable) =>
    nullable
      ? sql`(${operand(left)} is not distinct from ${operand(right)})`
      : sql`(${operand(left)} = ${operand(right)})`,
  differs,
  nearlySame,
  // Not the bare name: `decimal` alone is decimal(18,3). The full type rounds and refuses by itself, and
  // text has no length here.
  convert: (value, type) => sql`cast(${value} as ${verbatim(type)})`,
  canRead: (value, type) => sql`(try_cast(${value} as ${verbatim(type)}) is not null)`,
  jsonValue: duckDbJsonValue,
  fromJsonText: duckDbFromJsonText,
  tryConvert: duckDbTryConvert,
  json: duckDbJsonObjects,
  instantOf: (microseconds) => sql`timezone('UTC', make_timestamp(${microseconds}))`,
  // A projection is worked out once here, and a limit would take the parallelism away.
  fence: verbatim(''),
  last: (value, _type, { where, order }) => sql`last(${value} order by ${order}) filter (where ${where})`,
  first: (value, { where, order }) => {
    const kept = where === undefined ? sql`` : sql` filter (where ${where})`;
    return sql`(array_agg(${value} order by ${order} asc)${kept})[1]`;
  },
  sha256: (text) => sql`sha256(${text})`,
  jsonText: duckDbJsonText,
  jsonHas: duckDbJsonHas,
  jsonWith: duckDbJsonWith,
  jsonNames: (json) => sql`unnest(json_keys(${json}))`,
  fileRows: duckDbFileRows,
  jsonNumbers: (json) => sql`unnest(cast(${json} as bigint[]))`,
  digest: (values) =>
    values.length === 0
      ? sql`(count(*) || ':0')`
      : sql`(count(*) || ':' || coalesce(sum(cast(hash(${commas(values)}) as hugeint)), 0))`,
  keySums: (values) => [sql`sum(cast(hash(${commas(values)}) as hugeint))`],
  part: (values, parts) => sql`cast(hash(${commas(values)}) % ${sql.lit(parts)} as integer)`,
  // now() is the start of the transaction; a version 7 UUID holds the moment of the call, in milliseconds.
  clock: () => sql`uuid_extract_timestamp(uuidv7())`,
  elapsedMs: (from, to) =>
    sql`cast(extract(epoch from ${operand(to)} - ${operand(from)}) * 1000 as double precision)`,
  isFinite: (moment) => sql`isfinite(${moment})`,
  minus: (moment, milliseconds) =>
    sql`(${operand(moment)} - to_milliseconds(cast(${milliseconds} as bigint)))`,
  createScratch: (name, columns) =>
    sql`create temp table ${table(name)} (${commas(
      columns.map((column) => sql`${id(column.name)} ${verbatim(column.type)}`),
    )})`,
  dropScratch: (name) => sql`drop table if exists ${table(name)}`,
  tableNamed: ({ schema, name }) =>
    sql`select 1 as found from information_schema.tables where table_schema = ${schema} and table_name = ${name}`,
  analyze: (name) => sql`analyze ${table(name)}`,
  baseType: duckDbBaseType,
};
