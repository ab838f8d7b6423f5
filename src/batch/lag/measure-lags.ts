// How long the changes of a batch took, from the moment that the source itself gives them to their commit: counted
// after the commit, so that no lock waits for it, and by nobody missed if the process dies just then.
import type { Target } from '../../dictionary/dictionary.ts';
import { sourcesOf } from '../../graph/graph.ts';
import { changedRows } from '../../reconcile/relation-view.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { id, sql, table, unionAll, verbatim, type Fragment } from '../../sql/fragment.ts';
import { afterName, beforeName } from '../../sql/images.ts';
import { addLags, lagGrowth, laterBy, type LagHistogram } from '../../store/lag-histogram.ts';
import { lagsAfter, saveLags } from '../../store/lags.ts';
import { instantMs, state } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { Computed } from '../compute/compute.ts';
import type { BatchContext } from '../context.ts';
import type { FrozenSource } from '../freeze/freeze-source.ts';

/** The moments of a source's changes, as rows with one column `at`. A change that left its time as it was does not
 *  tell when it happened, nor does a row that is gone. */
const momentsOf = ({ source, images, events }: FrozenSource): Fragment | undefined => {
  if (source.detect.kind === 'log' && source.detect.time !== undefined && events !== undefined)
    return sql`select e.at from ${table(events.table)} as e where e.at is not null and e.change is not null`;
  const column = images.columns.find(({ name }) => name === source.updatedAt);
  if (column === undefined || !/^timestamp/i.test(column.type)) return undefined;
  const [before, after] = [id('i', beforeName(images, column.name)), id('i', afterName(images, column.name))];
  return sql`select cast(${after} as timestamptz) as at from ${table(images.table)} as i
where i.op <> 'D' and ${after} is not null and (i.op = 'I' or ${before} is distinct from ${after})`;
};

const isTimed = ({ reading, summary }: FrozenSource): boolean =>
  (reading.kind === 'all' || reading.kind === 'window') && changedRows(summary) > 0;

/** Infinite times have no length to today. */
const counted = (dialect: Dialect, moments: Fragment, place: number, committedAt: Fragment): Fragment =>
  sql`select ${sql.lit(place)} as n, cast(floor(ln(greatest(1, m.ms)) * ${verbatim(String(1 / Math.log(lagGrowth)))}) as int) as bucket, count(*) as changes
from (select ${dialect.elapsedMs(sql`t.at`, committedAt)} as ms from (${moments}) as t where ${dialect.isFinite(sql`t.at`)}) as m
group by 1, 2`;

const ofSources = async (
  session: Session,
  dialect: Dialect,
  sources: readonly FrozenSource[],
  committedAt: Fragment,
): Promise<ReadonlyMap<string, LagHistogram>> => {
  const timed = sources.filter(isTimed);
  const parts = timed.flatMap((each, place) => {
    const moments = momentsOf(each);
    return moments === undefined ? [] : [counted(dialect, moments, place, committedAt)];
  });
  const found = new Map<string, Map<number, number>>();
  if (parts.length === 0) return found;
  const rows = await session.rows<{ n: number; bucket: number; changes: string }>(unionAll(parts));
  for (const { n, bucket, changes } of rows) {
    const name = timed[n]?.source.name;
    if (name === undefined) continue;
    const own = found.get(name) ?? new Map<number, number>();
    own.set(bucket, Number(changes));
    found.set(name, own);
  }
  return found;
};

/** What waited while a target was left out arrives with this batch. */
const waited = async (
  context: BatchContext,
  session: Session,
  target: Target,
  now: { readonly batch: number; readonly ms: number },
): Promise<readonly LagHistogram[]> => {
  const behind = context.known.relations.get(target.name)?.behind;
  if (behind?.since === undefined) return [];
  const sources = sourcesOf(context.graph, target);
  const known = await lagsAfter(session, context.project.schemas.state, behind.since);
  return known
    .filter(({ relation, batch }) => sources.has(relation) && batch < now.batch)
    .map(({ histogram, committedAtMs }) => laterBy(histogram, Math.max(0, now.ms - committedAtMs)));
};

/** By relation; those that nothing reached are left out. */
export const measureLags = async (
  context: BatchContext,
  computed: Computed,
  batch: number,
): Promise<ReadonlyMap<string, LagHistogram>> => {
  const schema = context.project.schemas.state;
  return context.warehouse.session(async (session) => {
    const [row] = await session.rows<{ at: string }>(
      sql`select cast(committed_at as varchar) as at from ${state(schema, 'batches')} where batch = ${sql.lit(batch)}`,
    );
    const committedAt = row?.at ?? computed.frozen.moment;
    const found = new Map(
      await ofSources(
        session,
        context.warehouse.dialect,
        computed.frozen.sources,
        sql`cast(${committedAt} as timestamptz)`,
      ),
    );
    const sources = new Map(found);
    for (const { target } of computed.targets) {
      const own = [...sourcesOf(context.graph, target)].flatMap((name) => sources.get(name) ?? []);
      const late = await waited(context, session, target, { batch, ms: instantMs(committedAt) });
      const sum = addLags([...own, ...late]);
      if (sum.size > 0) found.set(target.name, sum);
    }
    await saveLags(session, schema, context.warehouse.dialect, { batch, committedAt, histograms: found });
    return found;
  });
};
