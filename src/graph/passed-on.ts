// What a target's readers see of a change of its rows: where only keys move or only versions open, not all of its columns
// are others.
import type { Expression, Target } from '../dictionary/dictionary.ts';
import { historyOf } from '../dictionary/history-of.ts';
import type { Influence } from './influence.ts';
import { columnsReadOf } from './reads.ts';

/** What is passed on to those who read a target. */
export interface Passed {
  /** None: rows come and go. */
  readonly column: string | undefined;
  /** Versions open behind others of the same key: whoever reads the newest alone finds one row as before, but for these
   *  columns; to the others it is rows that come. */
  readonly to?: 'newest' | 'others' | undefined;
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

export const passedOn = (
  target: Target,
  { decides, how, expression }: Influence,
  { columns, readers }: { readonly columns: readonly string[]; readonly readers: readonly Target[] },
): readonly Passed[] => {
  if (decides !== undefined || target.rows !== 'manage') return columns.map((column) => ({ column }));
  if (how === 'track')
    return [
      { ...rows, to: 'others' },
      ...ownOfVersion(target).map((column): Passed => ({ column, to: 'newest' })),
    ];
  if (how !== 'key' || !movesWhole(target, readers)) return [rows];
  const moved = target.columns.filter((column) => column.expression === expression);
  return moved.length === 0 ? [rows] : moved.map(({ name }) => ({ column: name }));
};

/** Parts of a condition that must all hold; none where that is not plain to see. */
const conjuncts = ({ parts }: Expression): readonly string[] => {
  const text = parts
    .map((part, place) => (typeof part === 'string' ? part : `\u0001${place}\u0001`))
    .join('');
  // Within brackets and quotes an `and` joins what need not hold.
  if (/[()'"]|\b(?:or|not|case|between)\b/i.test(text)) return [];
  return text.split(/\band\b/i).map((part) => part.trim().toLowerCase());
};

/** The alias stands for versions that hold now alone, one for each key. */
export const readsNewestAlone = (reader: Target, alias: string, history: Target): boolean => {
  const flag = historyOf(history)?.columns.find(({ role }) => role === 'is_current')?.name;
  const end = historyOf(history)?.columns.find(({ role }) => role === 'valid_to')?.name;
  const condition =
    alias === reader.root.alias ? reader.where : reader.joins.find((join) => join.alias === alias)?.on;
  if (condition === undefined) return false;
  const all = conjuncts(condition);
  return condition.parts.some((part, place) => {
    if (typeof part === 'string' || part.alias !== alias) return false;
    const ref = `\u0001${place}\u0001`;
    if (part.column === flag)
      return [ref, `${ref} is true`, `${ref} = true`].some((each) => all.includes(each));
    return part.column === end && all.includes(`${ref} is null`);
  });
};
