// The wording of what can be wrong with a dictionary; see expression-problems.ts for what stands in expressions.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import { TidemarkError } from '../errors/tidemark-error.ts';
import { didYouMean, problem, quoted } from '../project/problems.ts';

export const dictionaryInvalid = (problems: readonly Problem[]): TidemarkError => {
  const [first] = problems;
  const several = problems.length > 1;
  return new TidemarkError('dictionary_invalid', {
    message: several
      ? `the dictionary has ${problems.length} problems`
      : (first?.message ?? 'the dictionary is not valid'),
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

export interface TableColumns {
  readonly table: string;
  readonly columns: readonly string[];
}

export const columnsHint = (table: string, columns: readonly string[]): string | undefined =>
  columns.length === 0 || columns.length > 12 ? undefined : `columns of \`${table}\`: ${quoted(columns)}`;

// Names of sources and targets

export const duplicateName = (at: Position, name: string, first: Position): Problem =>
  problem(
    'duplicate_name',
    at,
    `the name \`${name}\` is taken`,
    `it is declared in ${first.file}:${first.line}`,
  );

export const targetMappedTwice = (at: Position, name: string, first: Position): Problem =>
  problem(
    'duplicate_mapping',
    at,
    `target \`${name}\` is mapped twice`,
    `its other mapping is ${first.file}:${first.line}; one file maps all its columns`,
  );

export const columnMappedTwice = (at: Position, column: string, firstLine: number): Problem =>
  problem(
    'duplicate_mapping',
    at,
    `column \`${column}\` is mapped twice`,
    `line ${firstLine} maps it already`,
  );

export const sharedMirror = (at: Position, table: string, owner: string): Problem =>
  problem(
    'duplicate_name',
    at,
    `the mirror \`${table}\` is ${owner} as well`,
    'give the mirror a name of its own: `mirror: …`',
  );

export const reservedAlias = (at: Position): Problem =>
  problem('alias_hides_source', at, '`this` is the target itself and cannot be the name of anything else');

export const aliasHidesSource = (at: Position, alias: string, relation: string): Problem =>
  problem(
    'alias_hides_source',
    at,
    `alias \`${alias}\` stands for \`${relation}\` but is the name of another source or target`,
    'choose an alias that no source or target has',
  );

export const aliasTaken = (at: Position, alias: string): Problem =>
  problem(
    'alias_hides_source',
    at,
    `alias \`${alias}\` is the grain already`,
    `give the second one an alias of its own: \`{ source: ${alias}, on: … }\``,
  );

export const unknownRelation = (at: Position, name: string, known: readonly string[]): Problem =>
  problem(
    'unknown_source',
    at,
    `there is no source or target \`${name}\``,
    didYouMean(name, known) ?? 'declare it under `sources:`',
  );

export const disabledRelation = (at: Position, name: string, reader: string): Problem =>
  problem(
    'unknown_target',
    at,
    `target \`${reader}\` reads \`${name}\`, which is not enabled`,
    'enable it, or disable both',
  );

export const targetCycle = (at: Position, cycle: readonly string[]): Problem =>
  problem(
    'target_cycle',
    at,
    `targets feed each other in a circle: ${cycle.map((name) => `\`${name}\``).join(' → ')}`,
    'let one of them read the sources instead',
  );

export const joinCycle = (at: Position, alias: string, waitsFor: readonly string[]): Problem =>
  problem(
    'join_cycle',
    at,
    `the condition of join \`${alias}\` waits for ${quoted(waitsFor)}, which waits for it`,
    'every condition may name the grain and the joins that do not need it',
  );

// Tables and their columns

export const badTableName = (at: Position, text: string): Problem =>
  problem(
    'wrong_type',
    at,
    `\`${text}\` is no table name`,
    'write it as in SQL: `schema.table`, odd names in double quotes',
  );

export const unknownTable = (at: Position, table: string, known: readonly string[]): Problem =>
  problem('unknown_table', at, `table \`${table}\` does not exist`, didYouMean(table, known));

export const thisWithoutTable = (at: Position, target: string, table: string): Problem =>
  problem(
    'unknown_table',
    at,
    `target \`${target}\` has no \`from\`, and its table \`${table}\` does not exist`,
    'build it first; without `from` only rows that are there are kept up',
  );

export const unknownOwnColumn = (at: Position, key: string, name: string, around: TableColumns): Problem =>
  problem(
    'unknown_column',
    at,
    `column \`${name}\` of \`${key}\` is missing from \`${around.table}\``,
    didYouMean(name, around.columns) ?? columnsHint(around.table, around.columns),
  );

export const neededColumn = (at: Position, name: string, needs: string, source: string): Problem =>
  problem(
    'unknown_column',
    at,
    `\`${needs}\` of source \`${source}\` needs column \`${name}\`, which is not mirrored`,
    'add it to `columns`, or take it from `exclude`',
  );

export const columnsAndExclude = (at: Position, source: string): Problem =>
  problem(
    'wrong_type',
    at,
    `source \`${source}\` has both \`columns\` and \`exclude\``,
    'keep the one that is shorter',
  );

export const repeatedColumn = (at: Position, key: string, name: string): Problem =>
  problem('duplicate_key', at, `\`${key}\` names column \`${name}\` twice`);

export const generatedColumn = (at: Position, column: string, table: string): Problem =>
  problem(
    'type_mismatch',
    at,
    `column \`${column}\` of \`${table}\` is computed by the warehouse and cannot be written`,
    'take it out of `columns`',
  );

export const targetIsView = (at: Position, table: string): Problem =>
  problem(
    'type_mismatch',
    at,
    `\`${table}\` is a view; a target must be a table`,
    'materialise it as a table',
  );

// Targets

export const keyNotMapped = (at: Position, column: string, target: string, root: string): Problem =>
  problem(
    'key_not_mapped',
    at,
    `key column \`${column}\` of \`${target}\` is not mapped`,
    `add \`${column}: ${root}.…\` to \`columns\``,
  );

export const keyNotOfGrain = (
  at: Position,
  column: string,
  facts: { readonly alias: string | undefined; readonly root: string; readonly groups: boolean },
): Problem =>
  problem(
    'key_not_of_grain',
    at,
    facts.alias === undefined
      ? `key column \`${column}\` reads no column of the grain \`${facts.root}\``
      : `key column \`${column}\` reads \`${facts.alias}\`, but only the grain \`${facts.root}\` says which rows there are`,
    facts.groups && facts.alias !== undefined
      ? `build the key of columns of \`${facts.root}\`; to group by \`${facts.alias}\`, aggregate a target that holds its column`
      : `build the key of columns of \`${facts.root}\``,
  );

export const keyOfThis = (at: Position, column: string, target: string): Problem =>
  problem(
    'key_not_of_grain',
    at,
    `key column \`${column}\` is mapped, but the rows of \`${target}\` are not ours`,
    'take it out of `columns`, or say by `from` what a row stands for',
  );

export const readsOwnColumn = (at: Position, column: string): Problem =>
  problem(
    'reads_own_column',
    at,
    `\`this.${column}\` is written by this mapping and cannot be read by it`,
    'read the column that it is made of',
  );

export const unsettledColumn = (
  at: Position,
  column: string,
  facts: { readonly target: string; readonly why: string; readonly hint: string },
): Problem =>
  problem(
    'unsettled_column',
    at,
    `\`${facts.target}.${column}\` ${facts.why}: what reads it could not be kept up to date`,
    facts.hint,
  );

export const unmappedNotNull = (at: Position, column: string, table: string): Problem =>
  problem(
    'unmapped_not_null',
    at,
    `column \`${column}\` of \`${table}\` takes no NULL and has no default, and is not mapped`,
    'map it, or use `rows: update-only`',
  );

export const setUnmapped = (at: Position, column: string): Problem =>
  problem(
    'set_unmapped',
    at,
    `\`on_delete\` sets \`${column}\`, which is not mapped: nothing says what it holds when the row comes back`,
    `map it to what it holds while the row is there; a constant will do: \`columns: { ${column}: "true" }\``,
  );

export const notForThis = (at: Position, key: string, target: string): Problem =>
  problem(
    'not_supported',
    at,
    `\`${key}\` is not possible for \`${target}\`: without \`from\` its rows are not ours`,
    `take it out, or say by \`from\` what a row stands for`,
  );

export const notRenamed = (at: Position, column: string, table: string): Problem =>
  problem(
    'unknown_column',
    at,
    `\`${column}\` is still a column of \`${table}\`: it was not renamed`,
    'write the new name first: `renamed: { new_name: old_name }`',
  );

export const onlyForThis = (at: Position, key: string, target: string): Problem =>
  problem(
    'not_supported',
    at,
    `\`${key}\` is not possible for \`${target}\`: its rows are ours`,
    'take it out: it tells when others changed the rows of a target without `from`',
  );

export const noTime = (at: Position, column: string, type: string): Problem =>
  problem('type_mismatch', at, `\`changed_at\` names \`${column}\`, which is \`${type}\`, not a time`);

export const touchesMapped = (at: Position, column: string, first: number): Problem =>
  problem(
    'duplicate_mapping',
    at,
    `\`touch\` sets column \`${column}\`, which is mapped`,
    `line ${first} maps it`,
  );

export const touchesKey = (at: Position, key: string, column: string): Problem =>
  problem('duplicate_mapping', at, `\`${key}\` sets key column \`${column}\``, 'a key never changes');
