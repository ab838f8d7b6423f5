// The wording of what drift of a source means: notices of a batch that goes on, and reasons to leave something out.
import type { Source } from '../dictionary/dictionary.ts';
import { TidemarkError, type Problem } from '../errors/tidemark-error.ts';
import type { Column } from '../sql/dialect.ts';
import { showTable } from '../sql/table-name.ts';

const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

const staging = (source: Source): string => `\`${showTable(source.table)}\``;
const mirror = (source: Source): string => `\`${showTable(source.mirror)}\``;

const notice = (
  source: Source,
  code: Problem['code'],
  message: string,
  more: Pick<Problem, 'hint' | 'details'> = {},
): Problem => ({
  code,
  severity: 'warning',
  message,
  at: source.at,
  ...more,
});

export const columnAdded = (source: Source, { name, type }: Column): Problem =>
  notice(source, 'column_added', `column \`${name}\` (${type}) of ${staging(source)} is new in the mirror`, {
    details: { source: source.name, column: name, type },
  });

export const columnMissing = (source: Source, { name, type }: Column): Problem =>
  notice(
    source,
    'mirror_changed',
    `column \`${name}\` (${type}) was taken out of the mirror ${mirror(source)}: it is put back and read in full`,
    {
      details: { source: source.name, column: name, type },
    },
  );

export const columnVanished = (source: Source, { name }: Column): Problem =>
  notice(
    source,
    'column_vanished',
    `column \`${name}\` vanished from ${staging(source)}; no target reads it, the mirror keeps what it holds`,
    {
      details: { source: source.name, column: name },
    },
  );

export const columnRenamed = (source: Source, { name }: Column, from: string): Problem =>
  notice(
    source,
    'column_renamed',
    `column \`${from}\` of ${staging(source)} is called \`${name}\` now; the mirror follows`,
    {
      details: { source: source.name, column: name, from },
    },
  );

export const columnRetyped = (source: Source, { name, type }: Column, from: string): Problem =>
  notice(
    source,
    'column_retyped',
    `column \`${name}\` of ${staging(source)} was \`${from}\` and is \`${type}\` now; the mirror follows`,
    {
      details: { source: source.name, column: name, from, type },
    },
  );

export const columnAltered = (source: Source, { name, type }: Column, found: string): Problem =>
  notice(
    source,
    'mirror_changed',
    `column \`${name}\` of the mirror ${mirror(source)} was made \`${found}\`: it is \`${type}\` again and read in full`,
    {
      details: { source: source.name, column: name, found, type },
    },
  );

export const columnNotMirrored = (source: Source, { name, type }: Column): Problem =>
  notice(
    source,
    'column_added',
    `column \`${name}\` (${type}) of ${staging(source)} is not in the mirror ${mirror(source)}, which somebody else made: it is not compared`,
    {
      hint: `add it there, or list it under \`exclude:\``,
      details: { source: source.name, column: name, type },
    },
  );

export const mirrorRebuilt = (source: Source, why: string): Problem =>
  notice(
    source,
    'mirror_rebuilt',
    `${why}: the mirror ${mirror(source)} is made anew, and what reads it is compared in full`,
    {
      details: { source: source.name },
    },
  );

export const readsMore = (source: Source, why: string): Problem =>
  notice(source, 'mapping_changed', `source \`${source.name}\`: ${why}: it is compared in full`, {
    details: { source: source.name },
  });

const refused = (message: string, hint: string, details: Readonly<Record<string, unknown>>): TidemarkError =>
  new TidemarkError('source_changed', { message, hint, details });

/** The source itself cannot be read without this column. */
export const neededColumnGone = (source: Source, column: Column): TidemarkError =>
  refused(
    `column \`${column.name}\` vanished from ${staging(source)}, and source \`${source.name}\` cannot be read without it; the source was left out`,
    'bring it back, or correct the source (`key:`, `watermark:`, `updated_at:`, `where:`); a new name goes under `renamed:`',
    { source: source.name, column: column.name },
  );

interface TypeChange {
  readonly column: Column;
  readonly from: string;
  readonly readers: readonly string[];
}

const reconcile = (readers: readonly string[]): string =>
  `if that is right, compare in full what reads it: \`tidemark reconcile ${readers.map((name) => `-s ${name}`).join(' ')}\``;

export const neededColumnRetyped = (source: Source, { column, from, readers }: TypeChange): TidemarkError =>
  refused(
    `column \`${column.name}\` of ${staging(source)} was \`${from}\` and is \`${column.type}\` now, and source \`${source.name}\` is read by it; the source was left out`,
    reconcile(readers),
    { source: source.name, column: column.name, from, type: column.type, readers },
  );

export const foreignMirror = (source: Source, why: string): TidemarkError =>
  refused(
    `${why}, but the mirror ${mirror(source)} was made by somebody else and is not changed; source \`${source.name}\` was left out`,
    'change or drop that table by hand (what is missing is made by the next run), or give the mirror a name of its own: `mirror: …`',
    { source: source.name, mirror: showTable(source.mirror) },
  );

export const archivedRows = (source: Source, why: string): TidemarkError =>
  refused(
    `${why}, but with \`deletes: never\` the mirror ${mirror(source)} may hold rows that staging has no more, and is not made anew; source \`${source.name}\` was left out`,
    'mend the mirror by hand, or drop it: the next run makes it of what staging has now',
    { source: source.name, mirror: showTable(source.mirror) },
  );

export const readColumnGone = (target: string, source: Source, column: Column): TidemarkError =>
  refused(
    `target \`${target}\` reads \`${source.name}.${column.name}\`, which vanished from ${staging(source)}; the target was left out`,
    'bring the column back, or change the mapping',
    { target, source: source.name, column: column.name },
  );

export const readColumnRetyped = (
  target: string,
  source: Source,
  { column, from, readers }: TypeChange,
): TidemarkError =>
  refused(
    `target \`${target}\` reads \`${source.name}.${column.name}\`, which was \`${from}\` and is \`${column.type}\` in ${staging(source)} now; the target was left out`,
    `${reconcile(readers)}; or change the mapping`,
    { target, source: source.name, column: column.name, from, type: column.type, readers },
  );

export const readColumnNotMirrored = (target: string, source: Source, column: Column): TidemarkError =>
  refused(
    `target \`${target}\` reads \`${source.name}.${column.name}\`, which the mirror ${mirror(source)} does not have as staging has it; somebody else made the mirror; the target was left out`,
    `make the mirror's column ${quoted([column.name])} \`${column.type}\` by hand, or drop the mirror: the next run makes it`,
    { target, source: source.name, column: column.name, type: column.type },
  );
