// Which rows of a log a freeze reads: from the position on, or all of them; and whether what was kept of earlier
// ones still counts.
import { readBounds, readingStart, type LogBounds } from '../../detect/log/position.ts';
import type { LogSource } from '../../dictionary/dictionary.ts';
import { id, ors, sql, type Fragment } from '../../sql/fragment.ts';
import { showTable } from '../../sql/table-name.ts';
import { arrivalsSetAside, rejectedSince } from '../../store/rejected.ts';
import { instantMs } from '../../store/state.ts';
import { logStateTable } from '../../store/log-state-table.ts';
import type { Session } from '../../warehouse/port.ts';
import { allowance } from '../compute/guards.ts';
import { tableInfo, type BatchContext } from '../context.ts';
import { readSourceMemory } from '../drift/mapping-hash.ts';
import { refusal } from '../left-out.ts';
import { planOf, type Reading } from './freeze-source.ts';

export interface LogReading {
  readonly reading: Reading;
  /** What was kept of earlier events counts no more: the log tells it all. */
  readonly isAnew: boolean;
  /** Which rows are read, in columns of the alias that is the source's name; none: all. */
  readonly window: Fragment | undefined;
  /** Where the window begins. */
  readonly from: Fragment | undefined;
  readonly bounds: LogBounds | undefined;
}

const isAnew = (context: BatchContext, source: LogSource): boolean => {
  const state = logStateTable(context.project.schemas.state, source.name);
  if (planOf(context, source).rows === undefined || tableInfo(context, state) === undefined) return true;
  const was = readSourceMemory(context.known.relations.get(source.name)?.mapping);
  const now = readSourceMemory(context.mappings.get(source.name));
  return was === undefined || was.base !== now?.base;
};

const isDue = (context: BatchContext, source: LogSource, nowMs: number): boolean => {
  const readAtMs = context.known.positions.get(source.name)?.fullCompareAtMs;
  return readAtMs === undefined || nowMs - readAtMs >= source.fullCompareMs;
};

/** Its numbers began anew, or rows that were read are gone: which of the two, and what else is lost, nobody but its
 *  owner knows. */
const refuseRewound = (source: LogSource, position: string, { last }: LogBounds): void => {
  const table = showTable(source.table);
  throw refusal(
    'log_rewound',
    `source \`${source.name}\` was read up to ${position}, but \`${table}\` ends at ${last ?? 'nothing'}: it was truncated or restored; the source was left out`,
    `if what it holds now follows what was read, let it be read from its beginning: \`tidemark run --allow ${allowance(source.name, 'restart')}\`; otherwise drop the mirror \`${showTable(source.mirror)}\`, and the next run makes it anew from the log`,
    { source: source.name, position, last },
  );
};

/** Beside the window, the rows of events that were set aside. */
const withRejected = (context: BatchContext, source: LogSource, window: Fragment): Fragment => {
  const { arrival } = source.detect;
  if (context.options.rejected !== true || arrival === undefined || context.known.version < rejectedSince)
    return window;
  const { dialect } = context.warehouse;
  const arrivals = arrivalsSetAside(context.project.schemas.state, source.name, (text) =>
    dialect.tryConvert(text, arrival.type),
  );
  return ors([window, sql`${id(source.name, arrival.name)} in (${arrivals})`]);
};

export const planReading = async (
  context: BatchContext,
  session: Session,
  source: LogSource,
  moment: string,
): Promise<LogReading> => {
  const { arrival } = source.detect;
  const { dialect } = context.warehouse;
  const plan = planOf(context, source);
  const anew = isAnew(context, source);
  const whole = plan.rows === undefined ? ({ kind: 'bootstrap' } as const) : ({ kind: 'all' } as const);
  if (arrival === undefined)
    return { reading: whole, isAnew: anew, window: undefined, from: undefined, bounds: undefined };
  const known = plan.restart || anew ? undefined : context.known.positions.get(source.name)?.watermark;
  const read = async (position: string | undefined): Promise<LogBounds | undefined> =>
    (await session.rows<LogBounds>(readBounds(dialect, source, arrival, { position, moment })))[0];
  let bounds = await read(known);
  const restarts = bounds?.rewound === true;
  if (bounds !== undefined && known !== undefined && restarts) {
    if (!context.options.allow.has(allowance(source.name, 'restart'))) refuseRewound(source, known, bounds);
    bounds = await read(undefined);
  }
  const inFull =
    anew ||
    restarts ||
    plan.readInFull ||
    context.healing.mirrors.has(source.name) ||
    isDue(context, source, instantMs(moment));
  if (known === undefined || inFull)
    return { reading: whole, isAnew: anew, window: undefined, from: undefined, bounds };
  const from = readingStart(dialect, source, arrival, known);
  const value = id(source.name, arrival.name);
  const window = withRejected(context, source, sql`(${value} >= ${from} or ${value} is null)`);
  return { reading: { kind: 'window', from: known, deletes: false }, isAnew: false, window, from, bounds };
};
