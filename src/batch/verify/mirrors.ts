// Mirrors against staging: a second witness that every change was found. What the next run takes up anyway is told apart
// from what its window passes over, and from rows that are held since an undo.
import { countMissedBy, countUnseen } from '../../detect/witness.ts';
import { dropHeld } from '../../detect/holds.ts';
import {
  compareAll,
  countRows,
  createImageTable,
  imageTableOf,
  type Comparison,
} from '../../detect/mirror.ts';
import {
  isLog,
  isMirrored,
  type LogSource,
  type MirrorSource,
  type Source,
} from '../../dictionary/dictionary.ts';
import { changedRows } from '../../reconcile/relation-view.ts';
import { readSummary, summarize, type SummaryRow } from '../../reconcile/summary.ts';
import { sql, table } from '../../sql/fragment.ts';
import { showTable } from '../../sql/table-name.ts';
import { stateTable } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import { tableInfo, type BatchContext } from '../context.ts';
import { freezeLog } from '../freeze/freeze-log.ts';
import { planOf, refuseUnready } from '../freeze/freeze-source.ts';
import { windowStart } from '../freeze/late-rows.ts';
import { prepareSources } from '../freeze/prepare.ts';
import type { PreparedLog } from '../freeze/frozen-log.ts';
import { refuseBadKeys } from '../freeze/refuse-keys.ts';
import { refusal } from '../left-out.ts';

/** As seen from the mirror, like a target: a missing row is one that staging has. */
export interface VerifiedMirror {
  readonly name: string;
  readonly rows: number;
  readonly different: number;
  readonly missing: number;
  readonly extra: number;
  readonly columns: Readonly<Record<string, number>>;
  /** Of those rows: how many the next runs take up, and how many only a comparison in full would find. */
  readonly pending: number;
  readonly missed: number;
  /** Rows that differ because their change was undone: they are not among the others. */
  readonly held: number;
}

const countMirror = async (context: BatchContext, session: Session, source: Source): Promise<number> => {
  const rows = planOf(context, source).rows ?? table(source.mirror);
  const [row] = await session.rows<{ rows: string }>(sql`select count(*) as rows from ${rows} as m`);
  return Number(row?.rows ?? 0);
};

/** What would be compared is not what the mirror was made of: a run has to settle that first. */
const refuseUnsettled = (context: BatchContext, source: Source): void => {
  const refused = context.refused.get(source.name);
  if (refused !== undefined) throw refused;
  if (tableInfo(context, source.table) === undefined)
    throw refusal(
      'source_missing',
      `\`${showTable(source.table)}\` does not exist`,
      'build it, or correct `table:`',
    );
  const { rows, remake, changes } = planOf(context, source);
  if (rows !== undefined && !remake && changes.length === 0) return;
  throw refusal(
    'source_stale',
    `the mirror \`${showTable(source.mirror)}\` is ${rows === undefined ? 'not there' : 'to be changed or made anew'}`,
    '`tidemark run` does that',
  );
};

const reported = (
  source: Source,
  facts: {
    readonly rows: number;
    readonly summary: ReturnType<typeof readSummary>;
    readonly missed: number;
    readonly held: number;
  },
): VerifiedMirror => {
  const { summary, rows, missed, held } = facts;
  return {
    name: source.name,
    rows,
    different: summary.updated,
    missing: summary.inserted,
    extra: summary.deleted,
    columns: Object.fromEntries(summary.columns),
    pending: changedRows(summary) - missed,
    missed,
    held,
  };
};

const verifyMirror = async (
  context: BatchContext,
  session: Session,
  source: MirrorSource,
): Promise<VerifiedMirror> => {
  const { dialect } = context.warehouse;
  const images = imageTableOf(source, context.scratch.name(`witness_${source.name}`));
  await session.execute(createImageTable(dialect, images));
  const comparison: Comparison = { dialect, source, images, mirror: planOf(context, source).rows };
  await refuseUnready(session, source);
  await session.execute(compareAll(comparison));
  const holds = stateTable(context.project.schemas.state, 'holds');
  const known = context.known.holds.get(source.name);
  const held = known === undefined ? 0 : await session.execute(dropHeld({ comparison, holds }));
  const released = (known?.queued ?? 0) > 0 ? holds : undefined;
  const position = context.known.positions.get(source.name)?.watermark;
  const { watermark } = source.detect;
  const from =
    watermark === undefined || position === undefined ? undefined : windowStart(context, source, position);
  const [row] = await session.rows<SummaryRow>(
    summarize(dialect, images, {
      extra: [
        ...countRows(comparison),
        ...(from === undefined || watermark === undefined
          ? []
          : [countUnseen({ comparison, watermark, released }, from)]),
      ],
    }),
  );
  const summary = readSummary(images, row ?? {});
  const mirrored = Number(row?.['mirrored'] ?? 0);
  // A row that is there twice and equals the mirror is no difference, and still no key.
  await refuseBadKeys(session, comparison, {
    changed: changedRows(summary) > 0,
    counted: {
      staged: Number(row?.['staged'] ?? 0),
      mirrored: mirrored + summary.inserted - summary.deleted,
    },
  });
  return reported(source, {
    rows: mirrored,
    summary,
    missed: Number(row?.['unseen'] ?? 0),
    held,
  });
};

const readInFull = (context: BatchContext, source: Source): BatchContext => ({
  ...context,
  healing: { ...context.healing, mirrors: new Set([...context.healing.mirrors, source.name]) },
});

const preparedLog = async (context: BatchContext, source: LogSource): Promise<PreparedLog> => {
  const [prepared] = await prepareSources(context, [source]);
  if (prepared?.kind !== 'log') throw new RangeError(`${source.name} is no log`);
  return prepared;
};

/** Twice: as the next run reads it, and from its beginning; an event that only the second one finds was missed. */
const verifyLog = async (context: BatchContext, source: LogSource): Promise<VerifiedMirror> => {
  const next = await preparedLog(context, source);
  const whole = await preparedLog(context, source);
  const { moment } = await context.warehouse.session(async (session) => {
    const [clock] = await session.rows<{ moment: string }>(
      sql`select cast(${context.warehouse.dialect.clock()} as varchar) as moment`,
    );
    return { moment: clock?.moment ?? '' };
  });
  const [found] = await context.warehouse.frozen([
    async (session: Session) => {
      await freezeLog(context, session, next, moment);
      const { summary } = await freezeLog(readInFull(context, source), session, whole, moment);
      const [row] = await session.rows<{ missed: string }>(countMissedBy(whole, next.images));
      return {
        summary,
        missed: Number(row?.missed ?? 0),
        rows: await countMirror(context, session, source),
      };
    },
  ]);
  if (found === undefined) throw new RangeError(`nothing was found out about ${source.name}`);
  return reported(source, { ...found, held: 0 });
};

export const verifyMirrorOf = async (
  context: BatchContext,
  source: Source,
  of?: number,
): Promise<VerifiedMirror> => {
  context.progress.step('verify', source.name, of);
  refuseUnsettled(context, source);
  if (isLog(source)) return verifyLog(context, source);
  if (isMirrored(source))
    return context.warehouse.session((session) => verifyMirror(context, session, source));
  throw new RangeError('a source is neither mirrored nor a log');
};
