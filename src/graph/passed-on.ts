// What a target's readers see of a change of its rows: where only keys move or only versions open, not all of its columns
// are others.
import type { Target } from '../dictionary/dictionary.ts';
import { historyOf } from '../dictionary/history-of.ts';
import type { Influence } from './influence.ts';
import { columnsReadOf } from './reads.ts';
import type { VersionsRead } from './versions-read.ts';

/** What is passed on to those who read a target. */
export interface Passed {
  /** None: rows come and go. */
  readonly column: string | undefined;
  /** Versions open behind others of the same key: whoever reads one of them finds one row as before, but for these columns;
   *  to the others it is rows that come. */
  readonly to?: VersionsRead | undefined;
}

const rows: Passed = { column: undefined };

/** Rows with another key are the same rows but for that, unless something of the old ones stays or is not brought along. */
const movesWhole = (target: Target, readers: readonly Target[]): boolean => {
  const isPerRow =
    target.form.kind === 'fact' || (target.form.kind === 'aggregate' && target.form.per === 'row');
  const isMapped = (column: string): boolean => target.columns.some(({ name }) => name === column);
  return (
    isPerRow &&
    target.root.kind !== 'query' &&
    target.onDelete.kind === 'delete' &&
    target.onMissing === 'null' &&
    readers.every((reader) => [...columnsReadOf(reader, target.name)].every(isMapped))
  );
};

/** What a new version has of its own, beside what opened it: the rest is what the one before it showed. */
const ownOfVersion = (target: Target): readonly string[] => {
  const history = historyOf(target);
  if (history === undefined) return [];
  const isKey = (name: string): boolean => target.key.some((column) => column.name === name);
  const kept = target.columns
    .map(({ name }) => name)
    .filter((name) => !isKey(name) && !history.track.includes(name) && !history.overwrite.includes(name));
  const marks = history.columns.filter(({ role }) => role !== 'is_current' && role !== 'valid_to');
  return [...kept, ...marks.map(({ name }) => name)];
};

/** The version that was open is closed: who reads it as of an earlier time finds it so. */
const endsOfVersion = (target: Target): readonly string[] =>
  (historyOf(target)?.columns ?? [])
    .filter(({ role }) => role === 'is_current' || role === 'valid_to')
    .map(({ name }) => name);

export const passedOn = (
  target: Target,
  { decides, how, expression }: Influence,
  { columns, readers }: { readonly columns: readonly string[]; readonly readers: readonly Target[] },
): readonly Passed[] => {
  if (decides !== undefined || target.rows !== 'manage') return columns.map((column) => ({ column }));
  if (how === 'track') {
    const own = ownOfVersion(target);
    return [
      { ...rows, to: 'others' },
      ...own.map((column): Passed => ({ column, to: 'newest' })),
      ...[...own, ...endsOfVersion(target)].map((column): Passed => ({ column, to: 'as of' })),
    ];
  }
  if (how !== 'key' || !movesWhole(target, readers)) return [rows];
  const moved = target.columns.filter((column) => column.expression === expression);
  return moved.length === 0 ? [rows] : moved.map(({ name }) => ({ column: name }));
};
