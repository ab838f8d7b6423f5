// One log of a freeze: its events read from the position on, the flawed ones set aside, the rest folded into what
// their keys are now, and that compared with the mirror.
import { linkChanges, foldImages, keepValues, type Folding } from '../../detect/log/fold-images.ts';
import {
  countEntangled,
  dropCovered,
  dropUnchanged,
  keepEvents,
  setTurns,
  type Known,
} from '../../detect/log/keep-events.ts';
import { readEvents } from '../../detect/log/read-events.ts';
import { takeFlawed } from '../../detect/log/rejected.ts';
import { countTruncates, dropTruncates, keepTruncates, spreadTruncates } from '../../detect/log/truncates.ts';
import { readSummary, summarize, type SummaryRow } from '../../reconcile/summary.ts';
import { sql, table } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import { logStateTable } from '../../store/log-state-table.ts';
import type { Session } from '../../warehouse/port.ts';
import { guard } from '../compute/guards.ts';
import { tableInfo, type BatchContext } from '../context.ts';
import type { PreparedLog } from './frozen-log.ts';
import { respectLogHolds } from './held-rows.ts';
import { planOf, refuseUnready, type FrozenSource } from './freeze-source.ts';
import { planReading, type LogReading } from './log-reading.ts';
import { judgeRejects } from './rejects.ts';

const count = async (
  session: Session,
  statement: Parameters<Session['rows']>[0],
  name: string,
): Promise<number> => {
  const [row] = await session.rows<Readonly<Record<string, string>>>(statement);
  return Number(row?.[name] ?? 0);
};

/** Events, judged one by one; the flawed ones are moved aside. */
const read = async (
  context: BatchContext,
  session: Session,
  log: PreparedLog,
  { window, moment }: { readonly window: LogReading['window']; readonly moment: string },
): Promise<void> => {
  const { dialect, source, events } = log;
  const columns = tableInfo(context, source.table)?.columns ?? [];
  await session.execute(readEvents({ dialect, source, columns, window, moment, events }));
  const flawed = sql`select count(*) as rows from ${table(events.table)} as e where e.flaw is not null`;
  if ((await count(session, flawed, 'rows')) > 0) {
    const rejecting = { dialect, source, events, rejected: log.flawed, columns };
    for (const statement of takeFlawed(rejecting)) await session.execute(statement);
  }
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(events.table));
};

const takeTruncates = async (session: Session, folding: Folding): Promise<void> => {
  const [row] = await session.rows<{ fresh: string; kept: string }>(countTruncates(folding));
  const fresh = Number(row?.fresh ?? 0);
  if (fresh + Number(row?.kept ?? 0) === 0) return;
  await session.execute(spreadTruncates(folding));
  if (fresh === 0) return;
  await session.execute(keepTruncates(folding));
  await session.execute(dropTruncates(folding.events));
};

/** Images, and what is kept for the next batch; answers whether the state changes. */
const fold = async (
  session: Session,
  folding: Folding & Pick<PreparedLog, 'ended'>,
  respect: () => Promise<void>,
): Promise<boolean> => {
  const { dialect, known, kept } = folding;
  await takeTruncates(session, folding);
  await session.execute(keepEvents(folding));
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(kept));
  const entangled = (await count(session, countEntangled(folding), 'rows')) > 0;
  if (entangled) {
    await session.execute(setTurns(folding));
    await session.execute(dropCovered(folding));
    for (const statement of keepValues(folding)) await session.execute(statement);
  }
  await session.execute(foldImages(folding, entangled));
  const holds = folding.ended !== undefined;
  if (known.kind === 'beside' || (known.kind === 'since' && holds))
    await session.execute(dropUnchanged(folding, known.state));
  await respect();
  if (folding.mirror !== undefined) await session.execute(linkChanges(folding, folding.images));
  return (await count(session, sql`select count(*) as rows from ${table(kept)}`, 'rows')) > 0;
};

const knownOf = (reading: LogReading, state: TableName): Known =>
  reading.isAnew
    ? { kind: 'nothing' }
    : { kind: reading.reading.kind === 'window' ? 'since' : 'beside', state };

export const freezeLog = async (
  context: BatchContext,
  session: Session,
  log: PreparedLog,
  moment: string,
): Promise<FrozenSource> => {
  const { source, images, dialect, events, kept } = log;
  await refuseUnready(session, source);
  const state = logStateTable(context.project.schemas.state, source.name);
  const reading = await planReading(context, session, source, moment);
  await read(context, session, log, { window: reading.window, moment });
  const rejects = await judgeRejects(context, session, { log, reading });
  const folding: Folding & Pick<PreparedLog, 'ended'> = { ...log, known: knownOf(reading, state) };
  let endedHolds: TableName | undefined;
  const isChanged = await fold(session, folding, async () => {
    endedHolds = await respectLogHolds(context, session, { folding, ended: log.ended });
  });
  const [row] = await session.rows<SummaryRow>(summarize(dialect, images));
  const summary = readSummary(images, row ?? {});
  guard(context, {
    name: source.name,
    kind: 'source',
    table: source.table,
    summary,
    limits: context.project.limits,
  });
  return {
    source,
    reading: reading.reading,
    images,
    events,
    summary,
    watermark: reading.bounds?.position ?? undefined,
    plan: planOf(context, source),
    endedHolds,
    log: { events, state, kept, isAnew: reading.isAnew, isChanged, rejected: rejects.now },
    warnings: rejects.warnings,
  };
};
