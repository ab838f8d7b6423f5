// Commit: one short transaction that writes audit, targets, mirrors, ledger and positions from the images, with
// the lease's token locked and checked again at the end. Either all of it happens or nothing does.
import { changedRows } from '../../reconcile/relation-view.ts';
import { insertBatch, readCounters, type Counters } from '../../store/batches.ts';
import type { Lease } from '../../store/lease.ts';
import type { Session } from '../../warehouse/port.ts';
import { readReshaped } from '../drift/apply-drift.ts';
import type { Computed } from '../compute/compute.ts';
import type { BatchContext } from '../context.ts';
import { figuresOf, type BatchFigures } from '../figures.ts';
import { defineFirst } from './define-first.ts';
import { eventsAfter, eventsFound } from './events-after.ts';
import { fingerprintsAfter } from './fingerprints-after.ts';
import { shortMapping } from '../drift/mapping-hash.ts';
import { holdWritten } from '../undo/hold-written.ts';
import { saveUndo, saveUndoneRows } from '../undo/save-undo.ts';
import { saveProgress } from './save-progress.ts';
import { writeEvents } from './write-events.ts';
import { rewrittenWhileWritten } from './written-back.ts';
import { writeSources } from './write-source.ts';
import { prepareScratch, targetWrites, writeBlamed, type Writing } from './write-target.ts';

export interface CommitFacts {
  readonly runId: string;
  readonly startedAt: string;
  readonly actor: string;
  readonly host: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly lease: Lease;
  readonly kind: 'run' | 'reconcile' | 'rollback';
}

/** Writing needs a batch when anything outside our own bookkeeping changes. */
export const isIdle = (computed: Computed): boolean =>
  computed.frozen.sources.every(
    ({ reading, summary, plan }) =>
      reading.kind !== 'bootstrap' && changedRows(summary) + plan.changes.length === 0,
  ) &&
  computed.targets.every(({ target, summary }) => target.exists && changedRows(summary) === 0) &&
  computed.events.every(({ rows }) => rows === 0);

/** Nothing was left out, and no column of a target is held from now on. */
export const isWhole = (context: BatchContext, computed: Computed): boolean =>
  computed.leftOut.length === 0 &&
  computed.targets.every(({ target }) => (context.held.get(target.name) ?? []).every(({ isNew }) => !isNew));

export const kindOf = (
  computed: Computed,
  asked: CommitFacts['kind'],
): 'bootstrap' | 'run' | 'reconcile' | 'rollback' => {
  if (asked !== 'run') return asked;
  return computed.frozen.sources.some(({ reading }) => reading.kind === 'bootstrap') ? 'bootstrap' : 'run';
};

const recordBatch = async (
  context: BatchContext,
  session: Session,
  computed: Computed,
  facts: CommitFacts & { readonly figures: BatchFigures; readonly counters: Counters },
): Promise<number> => {
  const batch = facts.counters.lastBatch + 1;
  const { figures } = facts;
  await insertBatch(session, context.project.schemas.state, context.warehouse.dialect, {
    batch,
    runId: facts.runId,
    kind: kindOf(computed, facts.kind),
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

/** Writes the batch; answers its number, or nothing when only bookkeeping was to be saved. */
export const commit = async (
  context: BatchContext,
  computed: Computed,
  facts: CommitFacts,
): Promise<number | undefined> => {
  const { moment } = computed.frozen;
  const schema = context.project.schemas.state;
  if (isIdle(computed)) {
    const fingerprints = new Map(await fingerprintsAfter(context, computed));
    const read = await context.warehouse.session((session) => readReshaped(context, session, computed));
    for (const [name, fingerprint] of [...read, ...eventsFound(context)]) fingerprints.set(name, fingerprint);
    await saveProgress(context, computed, { lease: facts.lease, fingerprints });
    return undefined;
  }
  const written = computed.targets.filter(
    ({ target, summary }) => changedRows(summary) > 0 || !target.exists,
  );
  const plans = written.map((each) => targetWrites(context, each, moment));
  await prepareScratch(context, plans, written);
  await defineFirst(context, computed, { written, lease: facts.lease });
  const fingerprints = new Map(await fingerprintsAfter(context, computed));
  return context.warehouse.transaction(async (session) => {
    await facts.lease.check(session);
    const counters = await readCounters(session, schema);
    context.progress.batch?.(counters.lastBatch + 1);
    const batch = await recordBatch(context, session, computed, {
      ...facts,
      figures: figuresOf(computed),
      counters,
    });
    const writing: Writing = { context, session, batch, firstChange: counters.lastChange, moment };
    for (const [place, each] of written.entries()) {
      const plan = plans[place];
      if (plan !== undefined) await writeBlamed(writing, each, plan);
    }
    await writeEvents(writing, computed);
    for (const [name, fingerprint] of await eventsAfter(context, session, computed, batch))
      fingerprints.set(name, fingerprint);
    await writeSources(writing, computed.frozen.sources);
    for (const [name, fingerprint] of await readReshaped(context, session, computed))
      fingerprints.set(name, fingerprint);
    if (computed.frozen.undo !== undefined) await saveUndo(context, session, computed.frozen.undo, batch);
    await saveUndoneRows(context, session, computed.frozen);
    for (const [name, fingerprint] of await holdWritten(context, session, computed, batch))
      fingerprints.set(name, fingerprint);
    for (const [name, fingerprint] of await rewrittenWhileWritten(context, session, written))
      fingerprints.set(name, fingerprint);
    await saveProgress(context, computed, { lease: facts.lease, fingerprints, session, batch });
    await facts.lease.check(session);
    return batch;
  });
};
