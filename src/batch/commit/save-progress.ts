// What a run remembers besides data: positions of the sources, and which relations are in step or behind.
// Inside the commit of a batch, or, when there was nothing to write, in a small transaction of its own.
import { isMirrored } from '../../dictionary/dictionary.ts';
import { showTable } from '../../sql/table-name.ts';
import type { Lease } from '../../store/lease.ts';
import { endHolds } from '../../store/holds.ts';
import { saveMissing, type MissingNow } from '../../store/missing.ts';
import { saveParts, type PartsProgress } from '../../store/parts.ts';
import { advancePositions, type PositionAdvance } from '../../store/positions.ts';
import { historyOfEvents, saveEventMark } from '../../store/event-marks.ts';
import { saveFingerprints, type Fingerprint } from '../../store/fingerprints.ts';
import { saveRelations, type RelationNow } from '../../store/relations.ts';
import type { Session } from '../../warehouse/port.ts';
import { hasNews, saveLog } from './save-logs.ts';
import type { BatchContext } from '../context.ts';
import type { Computed } from '../compute/compute.ts';
import { indexForTargets } from './create-tables.ts';
import type { LeftOut } from '../left-out.ts';

interface Saving {
  readonly lease: Lease;
  /** What the tables hold once the batch is written. */
  readonly fingerprints: ReadonlyMap<string, Fingerprint>;
  readonly session?: Session;
  readonly batch?: number;
}

const advances = (
  context: BatchContext,
  computed: Computed,
  batch: number | undefined,
): readonly PositionAdvance[] =>
  computed.frozen.sources.flatMap(({ source, reading, watermark, plan: { restart } }) => {
    if (reading.kind === 'keys' || reading.kind === 'undo') return [];
    const known = context.known.positions.get(source.name);
    const compared = reading.kind !== 'window';
    const checked = compared || reading.deletes;
    // A check that runs every time need not be remembered each time.
    const dated = checked && (compared || (isMirrored(source) && source.detect.deletes.kind === 'every'));
    if (known !== undefined && !dated && watermark === known.watermark) return [];
    const { moment } = computed.frozen;
    return [
      {
        source: source.name,
        watermark,
        fullCompareAt: compared ? moment : undefined,
        deleteCheckAt: checked ? moment : undefined,
        batch,
        restart,
      },
    ];
  });

/** How far the rows of targets were looked through that tell when they changed. */
const targetAdvances = (
  context: BatchContext,
  { targets }: Computed,
  batch: number | undefined,
): readonly PositionAdvance[] =>
  targets.flatMap(({ target, seen }) =>
    seen === undefined || seen === context.known.positions.get(target.name)?.watermark
      ? []
      : [{ source: target.name, watermark: seen, fullCompareAt: undefined, deleteCheckAt: undefined, batch }],
  );

const tableOf = (context: BatchContext, name: string): string => {
  const relation = context.graph.sources.get(name) ?? context.graph.targets.get(name);
  return relation === undefined ? name : showTable(relation.table);
};

const mirrorOf = (context: BatchContext, name: string): string | undefined => {
  const source = context.graph.sources.get(name);
  return source === undefined ? undefined : showTable(source.mirror);
};

/** Whose tables this batch made. */
const madeNow = ({ frozen, targets }: Computed): ReadonlySet<string> =>
  new Set([
    ...frozen.sources.filter(({ reading }) => reading.kind === 'bootstrap').map(({ source }) => source.name),
    ...targets.filter(({ target }) => !target.exists).map(({ target }) => target.name),
  ]);

const inStep = (
  context: BatchContext,
  computed: Computed,
  batch: number | undefined,
): readonly RelationNow[] => {
  const leftOut = new Set(computed.leftOut.map(({ name }) => name));
  const names = [
    // Named keys say nothing of the others.
    ...computed.frozen.sources
      .filter(({ reading }) => reading.kind !== 'keys' && reading.kind !== 'undo')
      .map(({ source }) => ({ name: source.name, kind: 'source' as const })),
    // What was set back is in step with nothing.
    ...computed.targets
      .filter(({ target, setBack }) => setBack === undefined && !leftOut.has(target.name))
      .map(({ target }) => ({ name: target.name, kind: 'target' as const })),
  ];
  const made = madeNow(computed);
  return names.flatMap(({ name, kind }) => {
    const known = context.known.relations.get(name);
    const mapping = context.mappings.get(name) ?? '';
    const held = (context.held.get(name) ?? []).map(({ isNew: _, ...rest }) => rest);
    const same = known?.mapping === mapping && JSON.stringify(known.held) === JSON.stringify(held);
    if (same && known.firstBatch !== undefined && known.behind === undefined && !made.has(name)) return [];
    return [
      {
        name,
        kind,
        madeNow: made.has(name),
        held,
        table: tableOf(context, name),
        mirror: mirrorOf(context, name),
        mapping,
        batch: batch ?? context.known.lastBatch,
      },
    ];
  });
};

/** Only mirrors of ours are given indexes. */
const indexMirrors = async (
  { graph, known, warehouse }: BatchContext,
  session: Session,
  settled: readonly RelationNow[],
): Promise<void> => {
  if (!warehouse.dialect.capabilities.indexesMirrors) return;
  const targets = settled.flatMap(({ name, kind }) =>
    kind === 'target' ? (graph.targets.get(name) ?? []) : [],
  );
  const mirrors = new Set(
    [...known.relations].flatMap(([name, relation]) => (relation.madeByUs ? [name] : [])),
  );
  if (targets.length > 0) await indexForTargets(session, warehouse.dialect, { graph, targets, mirrors });
};

const behind = (context: BatchContext, leftOut: readonly LeftOut[], at: string): readonly RelationNow[] =>
  leftOut.flatMap(({ name, kind, code, reason, retryable }) => {
    const known = context.known.relations.get(name)?.behind;
    if (known?.code === code && known.reason === reason) return [];
    const mapping = context.mappings.get(name) ?? '';
    return [
      {
        name,
        kind,
        table: tableOf(context, name),
        mirror: mirrorOf(context, name),
        mapping,
        batch: context.known.lastBatch,
        behind: { code, reason, retryable, at },
      },
    ];
  });

const missingNow = ({ frozen }: Computed): readonly MissingNow[] =>
  frozen.sources.flatMap(({ source, reading, absent }) =>
    absent === undefined || !absent.changed || reading.kind === 'keys'
      ? []
      : [{ source: source.name, absent: absent.table, moment: frozen.moment }],
  );

/** Of a target that is in step there are no parts any more. */
const partsNow = (
  { options: { part }, known }: BatchContext,
  { targets, leftOut }: Computed,
): readonly { readonly target: string; readonly progress: PartsProgress | undefined }[] =>
  targets.flatMap(({ target: { name } }) => {
    if (part?.target === name) return [{ target: name, progress: part.progress }];
    const isOut = leftOut.some((each) => each.name === name);
    return known.parts.has(name) && !isOut ? [{ target: name, progress: undefined }] : [];
  });

export const saveProgress = async (
  context: BatchContext,
  computed: Computed,
  saving: Saving,
): Promise<void> => {
  const schema = context.project.schemas.state;
  const positions = [
    ...advances(context, computed, saving.batch),
    ...targetAdvances(context, computed, saving.batch),
  ];
  const settled = inStep(context, computed, saving.batch);
  const late = behind(context, computed.leftOut, computed.frozen.moment);
  const fingerprints = [...saving.fingerprints].filter(
    ([name, now]) => JSON.stringify(now) !== JSON.stringify(context.known.fingerprints.get(name)),
  );
  const missing = missingNow(computed);
  const logs = computed.frozen.sources.flatMap(({ log }) => (log !== undefined && hasNews(log) ? [log] : []));
  const ended = computed.frozen.sources.flatMap(({ source, endedHolds }) =>
    endedHolds === undefined ? [] : [{ source: source.name, ended: endedHolds }],
  );
  const parts = partsNow(context, computed);
  const all = [positions, settled, late, fingerprints, missing, logs, ended, parts];
  if (all.every(({ length }) => length === 0)) return;
  const save = async (session: Session): Promise<void> => {
    await advancePositions(session, schema, positions);
    await saveRelations(session, schema, settled);
    await saveRelations(session, schema, late);
    for (const { target, progress } of parts) await saveParts(session, schema, target, progress);
    await indexMirrors(context, session, settled);
    for (const each of missing) await saveMissing(session, schema, each);
    for (const log of logs) await saveLog(context, session, log, computed.frozen.moment);
    for (const each of ended) await endHolds(session, schema, each);
    const ofEvents = fingerprints.flatMap(([name, now]) => {
      const target = historyOfEvents(name);
      return target === undefined ? [] : [{ target, now }];
    });
    for (const { target, now } of ofEvents) await saveEventMark(session, schema, target, now);
    await saveFingerprints(
      session,
      schema,
      fingerprints.filter(([name]) => historyOfEvents(name) === undefined),
    );
  };
  if (saving.session !== undefined) return save(saving.session);
  await context.warehouse.transaction(async (session) => {
    await saving.lease.check(session);
    await save(session);
    await saving.lease.check(session);
  });
};
