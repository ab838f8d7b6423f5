// Expressions in an editor: a column of an alias is completed and checked; longer SQL is left to `tidemark validate`.
import { oneOf, sqlText, type JsonSchema } from './json-schema.ts';
import { columnsOf, type KnownRelation } from './known.ts';

const plain = /^[a-z_][a-z0-9_]*$/;

/** Aliases whose columns are all plain lower case: what is written of them as `alias.column` is one of these, or a
 *  mistake. Elsewhere SQL folds the case, which a pattern cannot. */
const checked = (aliases: ReadonlyMap<string, KnownRelation>): readonly string[] =>
  [...aliases].flatMap(([alias, { columns }]) =>
    columns !== undefined && plain.test(alias) && columns.every(({ name }) => plain.test(name))
      ? [alias]
      : [],
  );

export const expressionOf = (aliases: ReadonlyMap<string, KnownRelation>): JsonSchema => {
  const names = columnsOf(aliases);
  const strict = checked(aliases);
  const other: JsonSchema =
    strict.length === 0
      ? sqlText
      : { ...sqlText, not: { type: 'string', pattern: `^(${strict.join('|')})\\.[a-z_][a-z0-9_]*$` } };
  return names.size === 0 ? sqlText : { anyOf: [oneOf(names), other] };
};
