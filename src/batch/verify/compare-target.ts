// One target, or a slice of its keys, against what its mapping yields from the mirrors.
import type { Target } from '../../dictionary/dictionary.ts';
import { historyFaults, type HistoryFaults, type HistoryFaultsRow } from '../../reconcile/history/rules.ts';
import { changedRows, nothing, type ImageSummary, type RelationView } from '../../reconcile/relation-view.ts';
import { readSample, sampleImages, type Sample, type SampleRow } from '../../reconcile/samples.ts';
import type { TargetWork, Within } from '../../reconcile/target-work.ts';
import { sql, table } from '../../sql/fragment.ts';
import type { Session } from '../../warehouse/port.ts';
import { runChecks } from '../compute/check-target.ts';
import { computeHistory } from '../compute/compute-history.ts';
import { computeTarget, workFor } from '../compute/compute-target.ts';
import { storedEvents } from '../compute/take-events.ts';
import type { BatchContext } from '../context.ts';
import { checksum } from './proved-equal.ts';

interface Comparing {
  readonly target: Target;
  readonly views: ReadonlyMap<string, RelationView>;
  /** Rows to show. */
  readonly samples: number;
  readonly within?: Within | undefined;
  /** The user's own checks are asked as well. */
  readonly checks: boolean;
  /** How many targets are compared, where that is known. */
  readonly of?: number | undefined;
}

export interface Compared {
  readonly rows: number;
  readonly summary: ImageSummary;
  readonly samples: readonly Sample[];
  /** Of a history. */
  readonly faults?: HistoryFaults | undefined;
}

const countRows = async (session: Session, { target, within }: TargetWork): Promise<number> => {
  if (!target.exists) return 0;
  const where = within === undefined ? sql`` : sql` where ${within((name) => sql.id('t', name))}`;
  const [row] = await session.rows<{ rows: string }>(
    sql`select count(*) as rows from ${table(target.table)} as t${where}`,
  );
  return Number(row?.rows ?? 0);
};

const samplesOf = async (
  context: BatchContext,
  session: Session,
  work: TargetWork,
  wish: { readonly summary: ImageSummary; readonly limit: number },
): Promise<readonly Sample[]> => {
  if (changedRows(wish.summary) === 0 || wish.limit === 0) return [];
  const rows = await session.rows<SampleRow>(
    sampleImages(context.warehouse.dialect, work.scratch.images, wish.limit),
  );
  return rows.map((row) => readSample(row, work.scratch.images));
};

/** Row by row, among the keys that are left to be looked at. */
const look = (
  context: BatchContext,
  work: TargetWork,
  { samples: limit, checks }: Comparing,
  known: { readonly rows: number | undefined; readonly counted: TargetWork },
): Promise<Compared> =>
  context.warehouse.session(async (session) => {
    const { summary } = await computeTarget(context, session, work);
    if (checks) await runChecks(session, work, false);
    const rows = known.rows ?? (await countRows(session, known.counted));
    return { rows, summary, samples: await samplesOf(context, session, work, { summary, limit }) };
  });

const compareHistory = (context: BatchContext, work: TargetWork, comparing: Comparing): Promise<Compared> =>
  context.warehouse.session(async (session) => {
    const events = await storedEvents(context, session, work);
    const { summary } = await computeHistory(context, session, work, events);
    if (comparing.checks) await runChecks(session, work, false);
    const [faults] = work.target.exists
      ? await session.rows<HistoryFaultsRow>(historyFaults(events.place))
      : [];
    return {
      rows: await countRows(session, work),
      summary,
      samples: await samplesOf(context, session, work, { summary, limit: comparing.samples }),
      faults: faults && {
        overlaps: Number(faults.overlaps),
        gaps: Number(faults.gaps),
        currents: Number(faults.currents),
        flags: Number(faults.flags),
        reversed: Number(faults.reversed),
      },
    };
  });

export const compareTarget = async (context: BatchContext, comparing: Comparing): Promise<Compared> => {
  const { target, views, within } = comparing;
  context.progress.step('verify', target.name, comparing.of);
  const work: TargetWork = { ...workFor(context, target, views, 'all'), within };
  if (target.form.kind === 'history') return compareHistory(context, work, comparing);
  const known = target.exists ? await checksum(context, work) : undefined;
  if (known?.kind === 'equal') {
    if (comparing.checks && target.checks.length > 0)
      await context.warehouse.session((session) => runChecks(session, work, false));
    return { rows: known.rows, summary: nothing, samples: [] };
  }
  const narrowed = known === undefined ? work : { ...work, within: known.within };
  return look(context, narrowed, comparing, { rows: known?.rows, counted: work });
};
