// Targets that were in step and whose tables others have changed since: dropped, made a view, or without a column that
// the mapping names. They are left out until somebody has looked; the rest of the batch goes on.
import type { Target } from '../../dictionary/dictionary.ts';
import type { TidemarkError } from '../../errors/tidemark-error.ts';
import { relationsOf } from '../../graph/graph.ts';
import { columnsRead, columnsReadOf } from '../../graph/reads.ts';
import { imageShapeOf } from '../../reconcile/target-work.ts';
import { showTable } from '../../sql/table-name.ts';
import type { TableInfo } from '../../warehouse/port.ts';
import type { KnownState } from '../known-state.ts';
import { refusal } from '../left-out.ts';

const missingColumns = (target: Target): readonly string[] => {
  const names = new Set(target.tableColumns.map(({ name }) => name));
  const own = target.root.kind === 'this' ? [...columnsRead(target, 'this')] : [];
  const needed = [...target.key, ...imageShapeOf(target).columns, ...target.touch].map(({ name }) => name);
  return [...new Set([...needed, ...own])].filter((name) => !names.has(name));
};

/** What a target reads of another target's table, where the table has it no more. */
const unreadable = (target: Target, all: ReadonlyMap<string, Target>): TidemarkError | undefined => {
  for (const name of relationsOf(target)) {
    const other = all.get(name);
    if (other === undefined) continue;
    const names = new Set(other.tableColumns.map((column) => column.name));
    const column = [...columnsReadOf(target, name)].find((each) => !names.has(each));
    if (column === undefined) continue;
    return refusal(
      'target_changed',
      `target \`${target.name}\` reads \`${name}.${column}\`, which \`${showTable(other.table)}\` does not have any more; it was left out`,
      'bring it back, or change the mapping',
      { target: target.name, columns: [column] },
    );
  }
  return undefined;
};

const targetMissing = (target: Target): TidemarkError =>
  refusal(
    'target_missing',
    `\`${showTable(target.table)}\` was dropped; target \`${target.name}\` was left out`,
    target.root.kind === 'this'
      ? 'its rows belong to somebody else: build it (for a dbt model: `dbt run`)'
      : `build it (for a dbt model: \`dbt run\`), or let tidemark create it again: \`tidemark run --adopt ${target.name}\``,
    { target: target.name },
  );

const targetChanged = (target: Target, columns: readonly string[]): TidemarkError =>
  refusal(
    'target_changed',
    `\`${showTable(target.table)}\` has no column ${columns.map((name) => `\`${name}\``).join(', ')} any more; target \`${target.name}\` was left out`,
    'bring it back, or take it out of the mapping',
    { target: target.name, columns },
  );

/** What cannot be written, whatever the mapping says. */
const unwritable = (target: Target, { tables }: Facts): TidemarkError | undefined => {
  const shown = showTable(target.table);
  const because = (what: string, hint: string, columns?: readonly string[]): TidemarkError =>
    refusal('target_changed', `${what}; target \`${target.name}\` was left out`, hint, {
      target: target.name,
      columns,
    });
  if (tables.get(shown)?.kind === 'view')
    return because(`\`${shown}\` is a view now`, 'a target must be a table: materialise it as one');
  const ours = new Set([...imageShapeOf(target).columns, ...target.touch].map(({ name }) => name));
  const computed = target.tableColumns
    .filter(({ name, generated }) => generated === true && ours.has(name))
    .map(({ name }) => name);
  if (computed.length === 0) return undefined;
  const names = computed.map((name) => `\`${name}\``).join(', ');
  return because(
    `\`${shown}\` computes ${names} itself now`,
    'make it an ordinary column, or take it out of the mapping',
    computed,
  );
};

interface Facts {
  readonly known: KnownState;
  readonly adopt: ReadonlySet<string>;
  readonly tables: ReadonlyMap<string, TableInfo>;
}

export const refusedTargets = (
  targets: readonly Target[],
  facts: Facts,
): ReadonlyMap<string, TidemarkError> => {
  const { known, adopt } = facts;
  const refused = new Map<string, TidemarkError>();
  // Another table than before was not dropped: somebody chose it.
  const isKnown = (target: Target): boolean => {
    const before = known.relations.get(target.name);
    return before?.firstBatch !== undefined && before.table === showTable(target.table);
  };
  for (const target of targets) {
    if (!isKnown(target)) continue;
    if (!target.exists) {
      if (!adopt.has(target.name) || target.root.kind === 'this')
        refused.set(target.name, targetMissing(target));
      continue;
    }
    const columns = missingColumns(target);
    const error = columns.length > 0 ? targetChanged(target, columns) : unwritable(target, facts);
    if (error !== undefined) refused.set(target.name, error);
  }
  // One whose own table is wrong takes along what it feeds.
  const sound = new Map(targets.flatMap((each) => (refused.has(each.name) ? [] : [[each.name, each]])));
  for (const target of sound.values()) {
    const error = isKnown(target) ? unreadable(target, sound) : undefined;
    if (error !== undefined) refused.set(target.name, error);
  }
  return refused;
};
