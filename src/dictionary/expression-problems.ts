// The wording of what can be wrong within a SQL expression.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import { didYouMean, problem, quoted } from '../project/problems.ts';
import { columnsHint } from './problems.ts';
import type { TableColumns } from './problems.ts';

export const empty = (at: Position): Problem =>
  problem('invalid_expression', at, 'the expression is empty', 'write SQL such as `companies.name`');

export const unterminated = (at: Position, text: string): Problem => {
  const what = text.startsWith('/*') ? 'a comment' : text.startsWith('"') ? 'a quoted name' : 'a string';
  return problem('invalid_expression', at, `${what} is opened here and never closed`);
};

export const parameter = (at: Position, text: string): Problem =>
  text.startsWith('${')
    ? problem(
        'invalid_expression',
        at,
        `\`${text}\` stands in an expression`,
        'environment variables are filled in `tidemark.yml` only',
      )
    : problem('invalid_expression', at, `\`${text}\` is a parameter, and nothing is bound to it`);

export const openComment = (at: Position): Problem =>
  problem(
    'invalid_expression',
    at,
    'a `--` comment at the end would swallow the SQL that follows',
    'use `/* … */`, or a `#` comment of the YAML file',
  );

export const strayBracket = (at: Position, bracket: string): Problem =>
  problem('invalid_expression', at, `\`${bracket}\` closes nothing that is open`);

export const unclosedBracket = (at: Position, bracket: string, flow: boolean): Problem =>
  problem(
    'invalid_expression',
    at,
    `\`${bracket}\` is never closed`,
    flow ? 'inside `{ }` an expression that holds a comma must stand in quotes' : undefined,
  );

export const twoExpressions = (at: Position, separator: string): Problem =>
  problem('invalid_expression', at, `one expression is expected, and ${separator} starts another`);

export const star = (at: Position, alias: string): Problem =>
  problem(
    'invalid_expression',
    at,
    `\`${alias}.*\` is many columns; one is expected`,
    `name the column: \`${alias}.…\``,
  );

export const windowFunction = (at: Position): Problem =>
  problem(
    'invalid_expression',
    at,
    'a window function reads other rows, which may not be among the changed ones',
    'leave this column to dbt',
  );

export const aggregate = (at: Position, name: string): Problem =>
  problem(
    'aggregate_misplaced',
    at,
    `\`${name}(…)\` needs many rows for one value, and here each row is judged by itself`,
    `aggregates stand in \`columns\`; to take in some rows only write \`${name}(…) filter (where …)\`, to choose among groups let another target read this one`,
  );

export const nestedAggregate = (at: Position, name: string): Problem =>
  problem(
    'aggregate_misplaced',
    at,
    `\`${name}(…)\` stands within another aggregate`,
    'aggregate twice by a target that reads another one',
  );

export const unorderedAggregate = (at: Position, name: string): Problem =>
  problem(
    'unordered_aggregate',
    at,
    `\`${name}(…)\` has another value when its rows come in another order`,
    `give an order that tells all rows apart: \`${name}(… order by alias.key)\``,
  );

export const unsteadyAggregate = (at: Position, name: string): Problem =>
  problem(
    'unordered_aggregate',
    at,
    `\`${name}(…)\` is an estimate that changes with the order of the rows`,
    'use the exact function, or leave this column to dbt',
  );

export const subquery = (at: Position): Problem =>
  problem(
    'volatile_expression',
    at,
    'a sub-select has no value that could be traced to a changed row',
    'join the table under `join:` and read its column',
  );

export const volatile = (at: Position, name: string): Problem =>
  problem(
    'volatile_expression',
    at,
    `\`${name}\` has another value at every reading, so a row would never be up to date`,
    'for a time of writing use `touch: { column: now }`',
  );

export const unqualifiedColumn = (at: Position, name: string, aliases: readonly string[]): Problem =>
  problem(
    'unqualified_column',
    at,
    `\`${name}\` is not qualified by an alias`,
    aliases.length === 0
      ? `write \`alias.${name}\``
      : `write ${aliases.map((alias) => `\`${alias}.${name}\``).join(' or ')}`,
  );

export const unknownColumn = (
  at: Position,
  name: string,
  { table, columns }: TableColumns,
  use = 'mapped',
): Problem =>
  problem(
    'unknown_column',
    at,
    `column \`${name}\` is ${use} but missing from \`${table}\``,
    didYouMean(name, columns) ?? columnsHint(table, columns),
  );

export const leftOutColumn = (at: Position, name: string, source: string): Problem =>
  problem(
    'unknown_column',
    at,
    `column \`${name}\` is not mirrored from source \`${source}\``,
    `add it to its \`columns\`, or take it from its \`exclude\``,
  );

export const tableInExpression = (at: Position, text: string, inner: string | undefined): Problem =>
  problem(
    'unknown_alias',
    at,
    `\`${text}\` names a table; a column is written \`alias.column\``,
    inner === undefined ? undefined : `write \`${inner}\``,
  );

export const joinMissing = (at: Position, relation: string, aliases: readonly string[]): Problem =>
  problem(
    'join_missing',
    at,
    `\`${relation}\` is read here but not joined`,
    `add \`join: { ${relation}: ${aliases[0] ?? 'this'}.… = ${relation}.… }\``,
  );

export const unknownAlias = (
  at: Position,
  name: string,
  known: { readonly aliases: readonly string[]; readonly relations: readonly string[] },
): Problem =>
  problem(
    'unknown_alias',
    at,
    `there is no alias \`${name}\` here`,
    didYouMean(name, [...known.aliases, ...known.relations]) ?? `aliases: ${quoted(known.aliases)}`,
  );
