// One source of a committing transaction: its mirror is made or brought in step, its changes go into the ledger.
import { insertLedger } from '../../reconcile/audit.ts';
import { changedRows } from '../../reconcile/relation-view.ts';
import { writes, type WritePlan } from '../../reconcile/write.ts';
import { stateTable } from '../../store/state.ts';
import { changeMirror, dropMirror } from '../drift/apply-drift.ts';
import type { BatchContext } from '../context.ts';
import { createMirror, indexMirror } from './create-tables.ts';
import type { FrozenSource } from '../freeze/freeze-source.ts';
import type { Writing } from './write-target.ts';
import { writeGuarded } from './written-meanwhile.ts';

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

const writeSource = async (writing: Writing, frozen: FrozenSource, offset: number): Promise<void> => {
  const { context, session, batch, moment } = writing;
  const { source, reading, images, summary, plan } = frozen;
  const { dialect } = context.warehouse;
  const { transactionalDdl } = dialect.capabilities;
  if (reading.kind === 'bootstrap') {
    if (transactionalDdl && plan.remake) await dropMirror(session, source);
    if (transactionalDdl) await createMirror(session, dialect, source);
  } else {
    if (transactionalDdl) await changeMirror(context, session, source, plan);
    if (changedRows(summary) === 0) return;
    const into = stateTable(context.project.schemas.state, 'changes');
    const firstChange = writing.firstChange + offset;
    await session.execute(
      insertLedger({
        dialect,
        into,
        batch,
        relation: source.name,
        images,
        summary,
        firstChange,
        actor: source.actor,
        redactKey: context.project.redactKey,
      }),
    );
  }
  for (const write of writes(mirrorWrites(context, frozen, moment)))
    await writeGuarded(session, source.name, write);
  if (reading.kind === 'bootstrap' && dialect.capabilities.indexesMirrors) {
    await indexMirror(session, dialect, { graph: context.graph, source });
  }
};

/** Change numbers run on from source to source. */
export const writeSources = async (writing: Writing, sources: readonly FrozenSource[]): Promise<void> => {
  let offset = 0;
  for (const frozen of sources) {
    const rows = changedRows(frozen.summary);
    if (rows + frozen.plan.changes.length === 0 && frozen.reading.kind !== 'bootstrap') continue;
    await writeSource(writing, frozen, offset);
    if (frozen.reading.kind !== 'bootstrap') offset += rows;
  }
};
