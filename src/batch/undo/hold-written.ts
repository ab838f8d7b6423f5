// What was set back from the audit is held from the commit on: columns as held columns, a target whose rows came or
// went as a whole. The undo of such an undo lets go of them.
import { imageShapeOf } from '../../reconcile/target-work.ts';
import { readFingerprint } from '../../reconcile/fingerprint.ts';
import type { Fingerprint } from '../../store/fingerprints.ts';
import { allColumns, saveSetBack, type HeldColumn } from '../../store/relations.ts';
import { instantMs } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { ComputedTarget } from '../compute/compute-target.ts';
import type { Computed } from '../compute/compute.ts';
import type { BatchContext } from '../context.ts';
import { canBeHeld } from '../drift/held.ts';
import { readTargetMemory, type TargetMemory } from '../drift/mapping-hash.ts';
import { setBackBy } from '../drift/set-back.ts';
import { shapeHash } from '../drift/shape-hash.ts';
import { readBesides } from '../drift/watch.ts';
import type { FrozenUndo } from './frozen-undo.ts';
import { numbersOf } from './refusals.ts';

type Hold = Pick<HeldColumn, 'since' | 'reason' | 'by' | 'undone' | 'released'>;

interface Held {
  readonly held: readonly HeldColumn[];
  readonly memory: TargetMemory | undefined;
  readonly whole: HeldColumn | undefined;
  /** Some columns are taken in again. */
  readonly letGo: boolean;
}

/** Rows that came or went, a history, and columns that cannot be left out: the target as a whole. */
const needsAll = ({ target, setBack }: ComputedTarget): boolean =>
  setBack !== undefined &&
  (setBack.rows ||
    (target.form.kind === 'history' && setBack.columns.length > 0) ||
    setBack.columns.some((name) =>
      target.columns.some((column) => column.name === name && !canBeHeld(target, column)),
    ));

const without = ({ base, columns }: TargetMemory, names: readonly string[]): TargetMemory => ({
  base,
  columns: Object.fromEntries(Object.entries(columns).filter(([name]) => !names.includes(name))),
});

const heldAfter = (context: BatchContext, computed: ComputedTarget, hold: Hold): Held => {
  const { name } = computed.target;
  const known = context.known.relations.get(name);
  const memory = readTargetMemory(known?.mapping);
  const all = known?.held ?? [];
  const others = all.filter(({ by }) => by === undefined || hold.undone?.includes(by) !== true);
  const letGo = others.length < all.length;
  // A mapping that changed since the last batch is to be taken in anyway.
  const changed = known?.mapping !== context.mappings.get(name);
  if (letGo || memory === undefined) return { held: others, memory, whole: undefined, letGo };
  if (needsAll(computed)) {
    const mapping = context.wholeMappings.get(name) ?? '';
    const whole = changed ? undefined : { ...hold, column: allColumns, mapping };
    return { held: [...others, ...(whole === undefined ? [] : [whole])], memory, whole, letGo };
  }
  const columns = computed.setBack?.columns ?? [];
  const holds = columns.flatMap((column) => {
    const mapping = memory.columns[column];
    return mapping === undefined ? [] : [{ ...hold, column, mapping }];
  });
  return {
    held: [...others, ...holds],
    memory: without(
      memory,
      holds.map(({ column }) => column),
    ),
    whole: undefined,
    letGo,
  };
};

/** As the next batch will look at it, so that it finds it untouched. */
const readAgain = async (
  context: BatchContext,
  session: Session,
  { target }: ComputedTarget,
  { held, moment }: { readonly held: readonly HeldColumn[]; readonly moment: string },
): Promise<Fingerprint | undefined> => {
  const isHeld = (name: string): boolean => held.some(({ column }) => column === name);
  const narrow = { ...target, columns: target.columns.filter(({ name }) => !isHeld(name)) };
  const order = context.graph.order.map((each) => (each.name === target.name ? narrow : each));
  const { key, columns } = imageShapeOf(narrow);
  const shape = {
    table: target.table,
    key,
    columns,
    reads: readBesides({ ...context.graph, order }, narrow),
  };
  const [row] = await session.rows<{ cells: string; reads: string }>(
    readFingerprint(context.warehouse.dialect, shape),
  );
  const before = context.observed.get(target.name)?.fingerprint;
  if (row === undefined || before === undefined) return undefined;
  return { ...row, shape: shapeHash(shape), identity: before.identity, scannedAtMs: instantMs(moment) };
};

const holdOne = async (
  context: BatchContext,
  session: Session,
  computed: ComputedTarget,
  { hold, moment }: { readonly hold: Hold; readonly moment: string },
): Promise<Fingerprint | undefined> => {
  const { name } = computed.target;
  const { held, memory, whole, letGo } = heldAfter(context, computed, hold);
  const behind = whole && {
    code: 'set_back' as const,
    reason: setBackBy(name, whole).message,
    at: moment,
    since: hold.since,
  };
  await saveSetBack(session, context.project.schemas.state, {
    name,
    mapping: memory === undefined ? '' : JSON.stringify(memory),
    held,
    ...(behind === undefined ? {} : { behind }),
  });
  // What others wrote is still to be noticed by a later run.
  const foreign = context.observed.get(name)?.moved !== false || context.healing.targets.has(name);
  return foreign || letGo || whole !== undefined || hold.released === true
    ? undefined
    : readAgain(context, session, computed, { held, moment });
};

/** Answers what the tables hold now. */
export const holdWritten = async (
  context: BatchContext,
  session: Session,
  { frozen, targets }: Computed,
  batch: number,
): Promise<ReadonlyMap<string, Fingerprint>> => {
  const found = new Map<string, Fingerprint>();
  if (frozen.undo === undefined) return found;
  const hold = holdOf(frozen.undo, context.known.lastBatch, batch);
  for (const computed of targets) {
    if (computed.setBack === undefined) continue;
    const fingerprint = await holdOne(context, session, computed, { hold, moment: frozen.moment });
    if (fingerprint !== undefined) found.set(computed.target.name, fingerprint);
  }
  return found;
};

const holdOf = ({ scope }: FrozenUndo, since: number, by: number): Hold => ({
  since,
  reason: `what batch ${numbersOf(scope.batches)} wrote was undone by batch ${by}`,
  by,
  undone: scope.batches.map(({ batch }) => batch),
  ...(scope.wish.reapply === true ? { released: true } : {}),
});
