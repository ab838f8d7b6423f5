// Which targets an undo sets back from the audit: those that its batches wrote for no source change. Where they brought
// source changes as well, only if that is wished for.
import { isLog, type Target } from '../../dictionary/dictionary.ts';
import { relationOf } from '../../graph/reads.ts';
import type { UndoneEvents } from '../../reconcile/history/history-work.ts';
import { showTable } from '../../sql/table-name.ts';
import type { BatchRecord } from '../../store/batches.ts';
import { tellsOf, uncausedWrites } from '../../store/written.ts';
import type { Session } from '../../warehouse/port.ts';
import { tableInfo, type BatchContext } from '../context.ts';
import { refuseUnknownTargets } from '../refuse-unknown.ts';
import { notUndoable, numbersOf, withWritesOnly } from './refusals.ts';
import { ofTargets, type UndoWish } from './wish.ts';

/** Late events change no row of a mirror, so that the ledger does not list them. */
export interface Told {
  /** Logs of which the batches brought events into a history, or took them out. */
  readonly sources: readonly string[];
  /** The histories: their versions follow from their events. */
  readonly histories: ReadonlySet<string>;
}

export const readTold = async (
  session: Session,
  { graph, known }: BatchContext,
  undone: UndoneEvents,
): Promise<Told> => {
  const sources = new Set<string>();
  const histories = new Set<string>();
  for (const target of graph.order) {
    const stored = known.histories.get(target.name);
    const source = graph.sources.get(relationOf(target, target.root.alias));
    if (stored === undefined || target.form.kind !== 'history' || source === undefined || !isLog(source))
      continue;
    if (!(await tellsOf(session, stored.events, undone))) continue;
    sources.add(source.name);
    histories.add(target.name);
  }
  return { sources: [...sources], histories };
};

/** What of its audit is not there to be written any more. */
const refuseLost = (
  context: BatchContext,
  target: Target,
  { columns }: BatchRecord['targets'][number],
): void => {
  const now = tableInfo(context, target.table)?.columns ?? [];
  const gone = Object.keys(columns).find((column) => !now.some(({ name }) => name === column));
  if (gone !== undefined)
    throw notUndoable(`\`${showTable(target.table)}\` has no column \`${gone}\` any more, which was written`);
};

const writable = (context: BatchContext, name: string, batches: readonly BatchRecord[]): Target => {
  const target = context.graph.targets.get(name);
  if (target === undefined)
    throw notUndoable(
      `batch ${numbersOf(batches)} wrote into \`${name}\`, which is no target of this project any more`,
    );
  if (!target.exists)
    throw notUndoable(
      `\`${showTable(target.table)}\`, into which batch ${numbersOf(batches)} wrote, is not there any more`,
    );
  const paused = context.known.relations.get(name)?.paused;
  if (paused !== undefined)
    throw notUndoable(
      `target \`${name}\` is paused: ${paused}`,
      `\`tidemark resume ${name}\`, then undo; or leave it out with \`-s\``,
    );
  for (const { targets } of batches)
    for (const figures of targets) if (figures.name === name) refuseLost(context, target, figures);
  return target;
};

export interface Asked {
  readonly batches: readonly BatchRecord[];
  readonly wish: UndoWish;
  readonly told: Told;
  /** How many sources the batches changed. */
  readonly sources: number;
}

export const readWrites = async (
  session: Session,
  context: BatchContext,
  { batches, wish, told, sources }: Asked,
): Promise<readonly Target[]> => {
  const { targets = [], withWrites = false } = wish;
  if ((wish.source ?? wish.change) !== undefined) return [];
  refuseUnknownTargets(targets, [...context.graph.targets.keys()], '--select');
  const uncaused = await uncausedWrites(
    session,
    context.project.schemas.state,
    batches.map(({ batch }) => batch),
  );
  const written = [...uncaused].filter(
    ([name]) => !told.histories.has(name) && (targets.length === 0 || targets.includes(name)),
  );
  const rows = written.reduce((sum, [, count]) => sum + count, 0);
  const first = batches.some(({ kind }) => kind === 'bootstrap');
  if (written.length === 0) {
    if (!ofTargets(wish)) return [];
    throw notUndoable(
      `batch ${numbersOf(batches)} wrote nothing into ${targets.map((name) => `\`${name}\``).join(', ')} for no source change`,
      '`tidemark show BATCH` lists what it wrote; what follows from source changes is taken back with them',
    );
  }
  if ((sources > 0 || first) && !withWrites) {
    if (sources > 0 && !ofTargets(wish)) return [];
    throw withWritesOnly(batches, rows);
  }
  return written.map(([name]) => writable(context, name, batches));
};
