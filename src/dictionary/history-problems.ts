// The wording of what can be wrong with `history:` of a target.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import { didYouMean, problem, quoted } from '../project/problems.ts';
import type { TableColumns } from './problems.ts';

export const historyWithoutFrom = (at: Position, target: string): Problem =>
  problem(
    'not_supported',
    at,
    `\`history\` is not possible for \`${target}\`: without \`from\` its rows are not ours`,
    'say by `from` whose versions it keeps',
  );

export const notForHistories = (at: Position, key: string, instead: string): Problem =>
  problem('not_supported', at, `\`${key}\` is not possible for a history`, instead);

export const notMappedHere = (at: Position, key: string, name: string, mapped: readonly string[]): Problem =>
  problem(
    'unknown_column',
    at,
    `\`${key}\` names \`${name}\`, which is no mapped column besides the key`,
    didYouMean(name, mapped) ??
      (mapped.length === 0 ? 'map it under `columns`' : `mapped are: ${quoted(mapped)}`),
  );

export const trackedAndOverwritten = (at: Position, name: string): Problem =>
  problem(
    'duplicate_mapping',
    at,
    `\`${name}\` stands under both \`track\` and \`overwrite\``,
    'a tracked column opens a version when it changes; an overwritten one shows its last value in all of them',
  );

export const keyIsNotRootKey = (
  at: Position,
  target: string,
  facts: { readonly root: string; readonly key: readonly string[] },
): Problem =>
  problem(
    'key_not_of_grain',
    at,
    `the key of history \`${target}\` is not that of \`${facts.root}\``,
    `map each of ${quoted(facts.key)} to a key column, just as it is: a version belongs to one row of \`${facts.root}\``,
  );

export const historyColumnMapped = (at: Position, key: string, name: string, line: number): Problem =>
  problem(
    'duplicate_mapping',
    at,
    `\`${key}\` is column \`${name}\`, which is mapped`,
    `line ${line} maps it; columns of validity are filled by the history itself`,
  );

export const historyColumnTwice = (at: Position, name: string, first: string, second: string): Problem =>
  problem('duplicate_mapping', at, `column \`${name}\` is both \`${first}\` and \`${second}\``);

export const historyColumnMissing = (
  at: Position,
  key: string,
  name: string,
  around: TableColumns,
): Problem =>
  problem(
    'unknown_column',
    at,
    `\`${key}\` of the history is column \`${name}\`, which is missing from \`${around.table}\``,
    didYouMean(name, around.columns) ?? `name another: \`history: { ${key}: … }\``,
  );

export const historyColumnType = (
  at: Position,
  facts: { readonly key: string; readonly name: string; readonly type: string; readonly expected: string },
): Problem =>
  problem(
    'type_mismatch',
    at,
    `\`${facts.key}\` is column \`${facts.name}\`, which is \`${facts.type}\`, not ${facts.expected}`,
  );

export const timeOfOthers = (at: Position, alias: string, root: string): Problem =>
  problem(
    'key_not_of_grain',
    at,
    `\`at\` reads \`${alias}\`, but only \`${root}\` says when its row changed`,
    `build it of columns of \`${root}\``,
  );

export const deletedWithoutTombstones = (at: Position): Problem =>
  problem(
    'not_supported',
    at,
    '`deleted` names a flag of deleted versions, of which there are none',
    'add `deletes: tombstone`, or take it out',
  );

export const unknownTimezone = (at: Position, name: string): Problem =>
  problem(
    'wrong_type',
    at,
    `\`${name}\` is no time zone`,
    'write its name in the time zone database: `Europe/Berlin`, `UTC`',
  );
