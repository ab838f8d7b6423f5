// The wording of what can be wrong with a source that is read from a log of events.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import { didYouMean, problem, quoted } from '../project/problems.ts';

export const notForLogs = (at: Position, key: string, owner: string): Problem =>
  problem(
    'not_supported',
    at,
    `\`${key}\` is not possible for ${owner}: its table is a log of events`,
    'take it out: a log says itself what was inserted, updated and deleted',
  );

export const onlyForLogs = (at: Position, key: string, owner: string): Problem =>
  problem(
    'not_supported',
    at,
    `\`${key}\` is not possible for ${owner}: only a log of events has it`,
    'add `detect: log`, or take it out',
  );

export const operationTwice = (at: Position, word: string | null): Problem =>
  problem('duplicate_key', at, `\`op\` names \`${word ?? 'null'}\` twice`, 'a word has one meaning');

export const noUpserts = (at: Position): Problem =>
  problem(
    'missing_key',
    at,
    '`op` names no word for a row that is there',
    'list them under `upsert` (or `insert` and `update`)',
  );

export const afterMissing = (at: Position, owner: string): Problem =>
  problem(
    'missing_key',
    at,
    `key \`after\` is missing from ${owner}`,
    '`before` and `types` speak of JSON images; leave them out where the images are columns of the log',
  );

export const typesMissing = (at: Position, owner: string): Problem =>
  problem(
    'missing_key',
    at,
    `key \`types\` is missing from ${owner}`,
    'JSON has no types: name the columns of the images, `types: { id: bigint, name: varchar }`',
  );

export const columnsOfJson = (at: Position, key: string): Problem =>
  problem(
    'not_supported',
    at,
    `\`${key}\` is not possible for JSON images`,
    'the columns of the source are those of `types`',
  );

export const badType = (at: Position, type: string): Problem =>
  problem('wrong_type', at, `\`${type}\` is no type`, 'write it as the warehouse does: `decimal(10,2)`');

export const unknownType = (at: Position, type: string, why: string): Problem =>
  problem('type_mismatch', at, `the warehouse knows no type \`${type}\`: ${why}`);

export const keyNowhere = (at: Position, column: string, around: readonly string[]): Problem =>
  problem(
    'unknown_column',
    at,
    `key column \`${column}\` is neither in \`types\` nor a column of the log`,
    didYouMean(column, around) ?? `add it to \`types\`: \`${column}: bigint\``,
  );

export const notInTypes = (
  at: Position,
  key: string,
  { column, types }: { readonly column: string; readonly types: readonly string[] },
): Problem =>
  problem(
    'unknown_column',
    at,
    `column \`${column}\` of \`${key}\` is missing from \`types\``,
    didYouMean(column, types) ?? `columns of the images: ${quoted(types)}`,
  );

export const textSequence = (at: Position, column: string, type: string): Problem =>
  problem(
    'type_mismatch',
    at,
    `\`sequence\` names \`${column}\`, which is \`${type}\`: as text, 10 comes before 9`,
    `say how it is ordered: \`{ column: ${column}, type: bigint }\`, or \`type: varchar\` where the texts are in order`,
  );

export const noArrival = (at: Position, column: string, type: string): Problem =>
  problem(
    'type_mismatch',
    at,
    `\`arrival\` names \`${column}\`, which is \`${type}\`, neither a number nor a time`,
    'name a column that grows as rows are appended: a number or a time',
  );

export const noEventTime = (at: Position, column: string, type: string): Problem =>
  problem(
    'type_mismatch',
    at,
    `\`time\` names \`${column}\`, which is \`${type}\`, neither a time nor a number`,
  );

export const wrongOverlap = (at: Position, expected: 'time' | 'rows', column: string): Problem =>
  problem(
    'wrong_type',
    at,
    expected === 'time'
      ? `\`overlap\` must be a duration: \`${column}\`, the arrival, is a time`
      : `\`overlap\` must be a number of rows: \`${column}\`, the arrival, is a number`,
    expected === 'time' ? 'for example `overlap: 15m`' : 'for example `overlap: 10000`',
  );

export const overlapWithoutArrival = (at: Position): Problem =>
  problem('missing_key', at, '`overlap` needs `arrival`: without it every run reads the whole log');

export const unitOfMoment = (at: Position, column: string, type: string): Problem =>
  problem('type_mismatch', at, `\`${column}\` is \`${type}\`, a time already: \`epoch\` is for numbers`);

export const unitOfNoTime = (at: Position, column: string, type: string): Problem =>
  problem('type_mismatch', at, `\`${column}\` is \`${type}\`, no time: \`epoch\` says nothing of it`);
