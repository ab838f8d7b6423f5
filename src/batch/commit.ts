// Commit: one short transaction that writes audit, targets, mirrors, ledger and positions from the images, with
// the lease's token locked and checked again at the end. Either all of it happens or nothing does.
import { changedRows } from '../reconcile/relation-view.ts';
import { insertAudit, insertLedger, lockRows, type AuditEntry } from '../reconcile/audit.ts';
import { keepsWholeRows } from '../reconcile/diff.ts';
import { needsRewritten, writes, type WritePlan } from '../reconcile/write.ts';
import { sql, table } from '../sql/fragment.ts';
import type { TableName } from '../sql/table-name.ts';
import { isTidemarkError } from '../errors/tidemark-error.ts';
import { insertBatch, readCounters, type Counters } from '../store/batches.ts';
import type { Lease } from '../store/lease.ts';
import { stateTable } from '../store/state.ts';
import type { Session } from '../warehouse/port.ts';
import { changeMirror, dropMirror, readReshaped } from './apply-drift.ts';
import type { BatchContext } from './context.ts';
import type { ComputedTarget } from './compute-target.ts';
import type { Computed } from './compute.ts';
import { createMirror, createTarget, indexMirror } from './create-tables.ts';
import type { FrozenSource } from './freeze.ts';
import { figuresOf, type BatchFigures } from './figures.ts';
import { fingerprintsAfter } from './fingerprints-after.ts';
import { shortMapping } from './mapping-hash.ts';
import { saveProgress } from './save-progress.ts';
import { TargetRefused, writeGuarded } from './written-meanwhile.ts';

export interface CommitFacts {
  readonly runId: string;
  readonly startedAt: string;
  readonly actor: string;
  readonly host: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly lease: Lease;
  readonly kind: 'run' | 'reconcile';
}

/** Writing needs a batch when anything outside our own bookkeeping changes. */
export const isIdle = (computed: Computed): boolean =>
  computed.frozen.sources.every(({ reading, summary, plan }) => reading.kind !== 'bootstrap' && changedRows(summary) + plan.changes.length === 0) &&
  computed.targets.every(({ target, summary }) => target.exists && changedRows(summary) === 0);

/** Nothing was left out, and no column of a target is held from now on. */
export const isWhole = (context: BatchContext, computed: Computed): boolean =>
  computed.leftOut.length === 0 &&
  computed.targets.every(({ target }) => (context.held.get(target.name) ?? []).every(({ isNew }) => !isNew));

export const kindOf = (computed: Computed): 'bootstrap' | 'run' =>
  computed.frozen.sources.some(({ reading }) => reading.kind === 'bootstrap') ? 'bootstrap' : 'run';

const rowsIn = ({ target, work }: ComputedTarget): TableName =>
  keepsWholeRows(work) ? work.scratch.current : target.table;

const targetWrites = (context: BatchContext, computed: ComputedTarget, moment: string): WritePlan => {
  const { target, work, summary } = computed;
  const carried = new Set(work.scratch.images.columns.map((column) => column.name));
  return {
    dialect: context.warehouse.dialect,
    into: target.table,
    images: work.scratch.images,
    summary,
    otherColumns: target.tableColumns.map((column) => column.name).filter((name) => !carried.has(name)),
    touch: target.touch,
    moment,
    updateInPlace: target.updateInPlace,
    rewritten: context.scratch.name(`rewritten_${target.name}`),
    rowsIn: rowsIn(computed),
  };
};

const mirrorWrites = (context: BatchContext, frozen: FrozenSource, moment: string): WritePlan => ({
  dialect: context.warehouse.dialect,
  into: frozen.source.mirror,
  images: frozen.images,
  summary: frozen.summary,
  otherColumns: [],
  touch: [],
  moment,
  // Columns that no image carries stay as they are.
  updateInPlace: frozen.plan.hasMore,
  rewritten: context.scratch.name('none'),
  rowsIn: frozen.source.mirror,
});

/** Where nothing enforces the key, nobody else may insert it while we do. */
const lockAgainstInserts = async (context: BatchContext, session: Session, computed: ComputedTarget): Promise<void> => {
  const { target, summary } = computed;
  if (!context.warehouse.dialect.capabilities.concurrentWriters) return;
  if (summary.inserted === 0 || target.keyIsEnforced || !target.exists) return;
  await session.execute(sql`lock table ${table(target.table)} in share row exclusive mode`);
};

interface Numbers {
  readonly batch: number;
  readonly firstChange: number;
  readonly moment: string;
}

const writeTarget = async (context: BatchContext, session: Session, computed: ComputedTarget, numbers: Numbers, plan: WritePlan): Promise<void> => {
  const { target, work, summary, causes } = computed;
  context.progress.step('commit', target.name);
  if (!target.exists) await createTarget(session, target);
  if (changedRows(summary) === 0) return;
  const entry: AuditEntry = {
    dialect: context.warehouse.dialect,
    into: stateTable(context.project.schemas.state, 'audit'),
    batch: numbers.batch,
    relation: target.name,
    images: work.scratch.images,
    summary,
    target: rowsIn(computed),
    tableColumns: target.tableColumns,
    touch: target.touch,
    moment: numbers.moment,
    causes: causes.kind === 'listed' ? causes.table : undefined,
    firstChange: numbers.firstChange,
  };
  await lockAgainstInserts(context, session, computed);
  const lock = context.warehouse.dialect.capabilities.concurrentWriters ? lockRows(entry) : undefined;
  if (lock !== undefined) await session.rows(lock);
  await session.execute(insertAudit(entry));
  for (const write of writes(plan)) await writeGuarded(session, target.name, write);
};

/** A constraint or a value that the table refuses is this target's affair; anything else ends the batch. */
const blameTarget = async (name: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    const own = isTidemarkError(error) && (error.code === 'constraint_violated' || error.details['kind'] === 'value');
    throw own ? new TargetRefused(name, error) : error;
  }
};

const writeSource = async (context: BatchContext, session: Session, frozen: FrozenSource, numbers: Numbers, offset: number): Promise<void> => {
  const { source, reading, images, summary, plan } = frozen;
  const { dialect } = context.warehouse;
  if (reading.kind === 'bootstrap') {
    if (plan.remake) await dropMirror(session, source);
    await createMirror(session, source);
  } else {
    await changeMirror(context, session, source, plan);
    if (changedRows(summary) === 0) return;
    const into = stateTable(context.project.schemas.state, 'changes');
    const firstChange = numbers.firstChange + offset;
    await session.execute(insertLedger({ dialect, into, batch: numbers.batch, relation: source.name, images, summary, firstChange }));
  }
  for (const write of writes(mirrorWrites(context, frozen, numbers.moment))) await writeGuarded(session, source.name, write);
  if (reading.kind === 'bootstrap' && dialect.capabilities.indexesMirrors) {
    await indexMirror(session, context.graph, source);
  }
};

const writeSources = async (context: BatchContext, session: Session, computed: Computed, numbers: Numbers): Promise<void> => {
  let offset = 0;
  for (const frozen of computed.frozen.sources) {
    const rows = changedRows(frozen.summary);
    if (rows + frozen.plan.changes.length === 0 && frozen.reading.kind !== 'bootstrap') continue;
    await writeSource(context, session, frozen, numbers, offset);
    if (frozen.reading.kind !== 'bootstrap') offset += rows;
  }
};

const recordBatch = async (context: BatchContext, session: Session, computed: Computed, facts: CommitFacts & { readonly figures: BatchFigures; readonly counters: Counters }): Promise<number> => {
  const batch = facts.counters.lastBatch + 1;
  const { figures } = facts;
  await insertBatch(session, context.project.schemas.state, context.warehouse.dialect, {
    batch,
    runId: facts.runId,
    kind: facts.kind === 'reconcile' ? 'reconcile' : kindOf(computed),
    status: isWhole(context, computed) ? 'applied' : 'partial',
    startedAt: facts.startedAt,
    moment: computed.frozen.moment,
    digest: computed.digest,
    changes: figures.changes,
    rows: figures.rows,
    cells: figures.cells,
    sources: figures.sources,
    targets: figures.targets,
    mapping: [...context.mappings].map(([name, text]) => `${name}:${shortMapping(text)}`).join(' '),
    actor: facts.actor,
    host: facts.host,
    meta: facts.meta,
  });
  return batch;
};

/** Scratch that the transaction will fill is made before it begins. */
const prepare = async (context: BatchContext, plans: readonly WritePlan[], targets: readonly ComputedTarget[]): Promise<void> => {
  for (const [place, plan] of plans.entries()) {
    const target = targets[place]?.target;
    if (target === undefined || !needsRewritten(plan)) continue;
    const columns = target.tableColumns.map(({ name, type }) => ({ name, type }));
    await context.warehouse.session((session) => session.execute(plan.dialect.createScratch(plan.rewritten, columns)));
  }
};

/** Writes the batch; answers its number, or nothing when only bookkeeping was to be saved. */
export const commit = async (context: BatchContext, computed: Computed, facts: CommitFacts): Promise<number | undefined> => {
  const { moment } = computed.frozen;
  const schema = context.project.schemas.state;
  if (isIdle(computed)) {
    const fingerprints = new Map(await fingerprintsAfter(context, computed));
    const read = await context.warehouse.session((session) => readReshaped(context, session, computed));
    for (const [name, fingerprint] of read) fingerprints.set(name, fingerprint);
    await saveProgress(context, computed, { lease: facts.lease, fingerprints });
    return undefined;
  }
  const written = computed.targets.filter(({ target, summary }) => changedRows(summary) > 0 || !target.exists);
  const plans = written.map((each) => targetWrites(context, each, moment));
  await prepare(context, plans, written);
  const fingerprints = new Map(await fingerprintsAfter(context, computed));
  return context.warehouse.transaction(async (session) => {
    await facts.lease.check(session);
    const counters = await readCounters(session, schema);
    const batch = await recordBatch(context, session, computed, { ...facts, figures: figuresOf(computed), counters });
    const numbers: Numbers = { batch, firstChange: counters.lastChange, moment };
    for (const [place, each] of written.entries()) {
      const plan = plans[place];
      if (plan === undefined) continue;
      await blameTarget(each.target.name, () => writeTarget(context, session, each, numbers, plan));
    }
    await writeSources(context, session, computed, numbers);
    for (const [name, fingerprint] of await readReshaped(context, session, computed)) fingerprints.set(name, fingerprint);
    await saveProgress(context, computed, { lease: facts.lease, fingerprints, session, batch });
    await facts.lease.check(session);
    return batch;
  });
};
