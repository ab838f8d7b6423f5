// The wording of everything that can be wrong with a dictionary, and nothing else.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import { TidemarkError } from '../errors/tidemark-error.ts';
import { didYouMean, problem, quoted } from '../project/problems.ts';

export const dictionaryInvalid = (problems: readonly Problem[]): TidemarkError => {
  const [first] = problems;
  const several = problems.length > 1;
  return new TidemarkError('dictionary_invalid', {
    message: several ? `the dictionary has ${problems.length} problems` : (first?.message ?? 'the dictionary is not valid'),
    hint: several ? undefined : first?.hint,
    at: first?.at,
    problems,
  });
};

export const noSources = (files: number): Problem =>
  problem(
    'no_sources',
    undefined,
    files === 0 ? 'the mappings folder holds no mapping file' : 'no source is declared',
    'declare them under `sources:` in `mappings/sources.yml`: `companies: { key: id }`',
  );

// Expressions

export const empty = (at: Position): Problem => problem('invalid_expression', at, 'the expression is empty', 'write SQL such as `companies.name`');

export const unterminated = (at: Position, text: string): Problem => {
  const what = text.startsWith('/*') ? 'a comment' : text.startsWith('"') ? 'a quoted name' : 'a string';
  return problem('invalid_expression', at, `${what} is opened here and never closed`);
};

export const parameter = (at: Position, text: string): Problem =>
  text.startsWith('${')
    ? problem('invalid_expression', at, `\`${text}\` stands in an expression`, 'environment variables are filled in `tidemark.yml` only')
    : problem('invalid_expression', at, `\`${text}\` is a parameter, and nothing is bound to it`);

export const openComment = (at: Position): Problem =>
  problem('invalid_expression', at, 'a `--` comment at the end would swallow the SQL that follows', 'use `/* … */`, or a `#` comment of the YAML file');

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
  problem('invalid_expression', at, `\`${alias}.*\` is many columns; one is expected`, `name the column: \`${alias}.…\``);

export const windowFunction = (at: Position): Problem =>
  problem('invalid_expression', at, 'a window function reads other rows, which may not be among the changed ones', 'leave this column to dbt');

export const aggregate = (at: Position, name: string): Problem =>
  problem('not_supported', at, `\`${name}(…)\` needs many rows for one value; aggregates are not supported yet`, 'leave this column to dbt');

export const subquery = (at: Position): Problem =>
  problem('volatile_expression', at, 'a sub-select has no value that could be traced to a changed row', 'join the table under `join:` and read its column');

export const volatile = (at: Position, name: string): Problem =>
  problem('volatile_expression', at, `\`${name}\` has another value at every reading, so a row would never be up to date`, 'for a time of writing use `touch: { column: now }`');

export const unqualifiedColumn = (at: Position, name: string, aliases: readonly string[]): Problem =>
  problem(
    'unqualified_column',
    at,
    `\`${name}\` is not qualified by an alias`,
    aliases.length === 0 ? `write \`alias.${name}\`` : `write ${aliases.map((alias) => `\`${alias}.${name}\``).join(' or ')}`,
  );

export interface TableColumns {
  readonly table: string;
  readonly columns: readonly string[];
}

export const unknownColumn = (at: Position, name: string, { table, columns }: TableColumns, use = 'mapped'): Problem =>
  problem(
    'unknown_column',
    at,
    `column \`${name}\` is ${use} but missing from \`${table}\``,
    didYouMean(name, columns) ?? columnsHint(table, columns),
  );

const columnsHint = (table: string, columns: readonly string[]): string | undefined =>
  columns.length === 0 || columns.length > 12 ? undefined : `columns of \`${table}\`: ${quoted(columns)}`;

export const leftOutColumn = (at: Position, name: string, source: string): Problem =>
  problem('unknown_column', at, `column \`${name}\` is not mirrored from source \`${source}\``, `add it to its \`columns\`, or take it from its \`exclude\``);

export const tableInExpression = (at: Position, text: string, inner: string | undefined): Problem =>
  problem('unknown_alias', at, `\`${text}\` names a table; a column is written \`alias.column\``, inner === undefined ? undefined : `write \`${inner}\``);

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

// Names of sources and targets

export const duplicateName = (at: Position, name: string, first: Position): Problem =>
  problem('duplicate_name', at, `the name \`${name}\` is taken`, `it is declared in ${first.file}:${first.line}`);

export const targetMappedTwice = (at: Position, name: string, first: Position): Problem =>
  problem('duplicate_mapping', at, `target \`${name}\` is mapped twice`, `its other mapping is ${first.file}:${first.line}; one file maps all its columns`);

export const columnMappedTwice = (at: Position, column: string, firstLine: number): Problem =>
  problem('duplicate_mapping', at, `column \`${column}\` is mapped twice`, `line ${firstLine} maps it already`);

export const sharedMirror = (at: Position, table: string, owner: string): Problem =>
  problem('duplicate_name', at, `the mirror \`${table}\` is ${owner} as well`, 'give the mirror a name of its own: `mirror: …`');

export const reservedAlias = (at: Position): Problem =>
  problem('alias_hides_source', at, '`this` is the target itself and cannot be the name of anything else');

export const aliasHidesSource = (at: Position, alias: string, relation: string): Problem =>
  problem('alias_hides_source', at, `alias \`${alias}\` stands for \`${relation}\` but is the name of another source or target`, 'choose an alias that no source or target has');

export const aliasTaken = (at: Position, alias: string): Problem =>
  problem('alias_hides_source', at, `alias \`${alias}\` is the grain already`, `give the second one an alias of its own: \`{ source: ${alias}, on: … }\``);

export const unknownRelation = (at: Position, name: string, known: readonly string[]): Problem =>
  problem('unknown_source', at, `there is no source or target \`${name}\``, didYouMean(name, known) ?? 'declare it under `sources:`');

export const disabledRelation = (at: Position, name: string, reader: string): Problem =>
  problem('unknown_target', at, `target \`${reader}\` reads \`${name}\`, which is not enabled`, 'enable it, or disable both');

export const targetCycle = (at: Position, cycle: readonly string[]): Problem =>
  problem('target_cycle', at, `targets feed each other in a circle: ${cycle.map((name) => `\`${name}\``).join(' → ')}`, 'let one of them read the sources instead');

export const joinCycle = (at: Position, alias: string, waitsFor: readonly string[]): Problem =>
  problem('join_cycle', at, `the condition of join \`${alias}\` waits for ${quoted(waitsFor)}, which waits for it`, 'every condition may name the grain and the joins that do not need it');

// Tables and their columns

export const badTableName = (at: Position, text: string): Problem =>
  problem('wrong_type', at, `\`${text}\` is no table name`, 'write it as in SQL: `schema.table`, odd names in double quotes');

export const unknownTable = (at: Position, table: string, known: readonly string[]): Problem =>
  problem('unknown_table', at, `table \`${table}\` does not exist`, didYouMean(table, known));

export const thisWithoutTable = (at: Position, target: string, table: string): Problem =>
  problem('unknown_table', at, `target \`${target}\` has no \`from\`, and its table \`${table}\` does not exist`, 'build it first; without `from` only rows that are there are kept up');

export const unknownOwnColumn = (at: Position, key: string, name: string, around: TableColumns): Problem =>
  problem(
    'unknown_column',
    at,
    `column \`${name}\` of \`${key}\` is missing from \`${around.table}\``,
    didYouMean(name, around.columns) ?? columnsHint(around.table, around.columns),
  );

export const neededColumn = (at: Position, name: string, needs: string, source: string): Problem =>
  problem('unknown_column', at, `\`${needs}\` of source \`${source}\` needs column \`${name}\`, which is not mirrored`, 'add it to `columns`, or take it from `exclude`');

export const columnsAndExclude = (at: Position, source: string): Problem =>
  problem('wrong_type', at, `source \`${source}\` has both \`columns\` and \`exclude\``, 'keep the one that is shorter');

export const repeatedColumn = (at: Position, key: string, name: string): Problem =>
  problem('duplicate_key', at, `\`${key}\` names column \`${name}\` twice`);

export const generatedColumn = (at: Position, column: string, table: string): Problem =>
  problem('type_mismatch', at, `column \`${column}\` of \`${table}\` is computed by the warehouse and cannot be written`, 'take it out of `columns`');

export const targetIsView = (at: Position, table: string): Problem =>
  problem('type_mismatch', at, `\`${table}\` is a view; a target must be a table`, 'materialise it as a table');

// Targets

export const keyNotMapped = (at: Position, column: string, target: string, root: string): Problem =>
  problem('key_not_mapped', at, `key column \`${column}\` of \`${target}\` is not mapped`, `add \`${column}: ${root}.…\` to \`columns\``);

export const keyNotOfGrain = (at: Position, column: string, facts: { readonly alias: string | undefined; readonly root: string }): Problem =>
  problem(
    'key_not_of_grain',
    at,
    facts.alias === undefined
      ? `key column \`${column}\` reads no column of the grain \`${facts.root}\``
      : `key column \`${column}\` reads \`${facts.alias}\`, but only the grain \`${facts.root}\` says which rows there are`,
    `build the key of columns of \`${facts.root}\``,
  );

export const keyOfThis = (at: Position, column: string, target: string): Problem =>
  problem('key_not_of_grain', at, `key column \`${column}\` is mapped, but the rows of \`${target}\` are not ours`, 'take it out of `columns`, or say by `from` what a row stands for');

export const readsOwnColumn = (at: Position, column: string): Problem =>
  problem('reads_own_column', at, `\`this.${column}\` is written by this mapping and cannot be read by it`, 'read the column that it is made of');

export const unmappedNotNull = (at: Position, column: string, table: string): Problem =>
  problem('unmapped_not_null', at, `column \`${column}\` of \`${table}\` takes no NULL and has no default, and is not mapped`, 'map it, or use `rows: update-only`');

export const notForThis = (at: Position, key: string, target: string): Problem =>
  problem('not_supported', at, `\`${key}\` is not possible for \`${target}\`: without \`from\` its rows are not ours`, `take it out, or say by \`from\` what a row stands for`);

export const touchesMapped = (at: Position, column: string, first: number): Problem =>
  problem('duplicate_mapping', at, `\`touch\` sets column \`${column}\`, which is mapped`, `line ${first} maps it`);

export const touchesKey = (at: Position, key: string, column: string): Problem =>
  problem('duplicate_mapping', at, `\`${key}\` sets key column \`${column}\``, 'a key never changes');
