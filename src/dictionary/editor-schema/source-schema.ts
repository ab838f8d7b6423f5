// The entries of `sources:`; of each source that is declared already, with its own columns.
import { expressionOf } from './expressions.ts';
import {
  choice,
  described,
  flag,
  listOrOne,
  mapOf,
  oneOf,
  sqlText,
  strictObject,
  text,
  type JsonSchema,
} from './json-schema.ts';
import { typeText, type KnownRelation } from './known.ts';

const duration = (description: string): JsonSchema => ({
  type: 'string',
  description: `${description}: \`15m\`, \`24h\``,
});

/** `names`: the columns of the table, or any text where it is not known. */
const properties = (names: JsonSchema, expression: JsonSchema): Readonly<Record<string, JsonSchema>> => ({
  table: text('default: the staging schema and the source’s name'),
  model: text('a dbt model'),
  dbt_source: text('a dbt source: `shop.orders`'),
  key: listOrOne(
    { anyOf: [names, strictObject(['column', 'nullable'], { column: names, nullable: flag() })] },
    'the columns that tell its rows apart',
  ),
  updated_at: described(names, 'when a row changed'),
  created_at: described(names, 'when a row was made'),
  watermark: described(names, 'what detection filters by; default `updated_at`'),
  overlap: duration('how far before the watermark is read again; default 15m'),
  full_compare: duration('how long a run may go without reading everything; default 24h'),
  deletes: text('`every run` (default), `never`, or a duration'),
  delete_after: duration('how long a key must be missing before its row is deleted'),
  deleted: described(expression, 'rows for which this is true are deleted rows'),
  where: described(expression, 'only rows for which this is true are rows of the source'),
  ready: described(sqlText, 'SQL that returns true when the load is complete'),
  columns: listOrOne(names, 'the columns that are mirrored; default all'),
  exclude: listOrOne(names, 'columns that are not mirrored'),
  redact: listOrOne(names, 'columns whose values ledger, audit and every output hide'),
  detect: choice(['mirror', 'log', 'stream', 'changes'], 'how changes are found'),
  mirror: text('the name of its mirror; default the source’s'),
  renamed: mapOf(text(), '`{ new_name: old_name }`'),
  actor: described(names, 'who changed a row: `why`, `history` and `show` name them'),
  timezone: text('of its times without one, for histories: `Europe/Berlin`; default UTC'),
});

/** Any source; `$defs/source_<name>` says more of those that are known. */
export const sourceSchema = (keys: readonly string[], relation: KnownRelation | undefined): JsonSchema => {
  const columns = relation?.columns;
  if (relation === undefined || columns === undefined) return strictObject(keys, properties(text(), sqlText));
  const names = oneOf(new Map(columns.map((column) => [column.name, typeText(column)])));
  const expression = expressionOf(new Map([[relation.name, relation]]));
  return { ...strictObject(keys, properties(names, expression)), description: `\`${relation.table}\`` };
};
