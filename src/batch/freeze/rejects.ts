// Events of a log that cannot be taken: counted against those that were set aside before, said aloud, and with
// `--strict` a reason to leave the log alone.
import type { Problem } from '../../errors/tidemark-error.ts';
import { id, sql, table, type Fragment } from '../../sql/fragment.ts';
import { countRejected, rejectedSince, type RejectedNow } from '../../store/rejected.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import { refusal } from '../left-out.ts';
import type { PreparedLog } from './frozen-log.ts';
import type { LogReading } from './log-reading.ts';

interface Judged {
  readonly now: RejectedNow | undefined;
  readonly warnings: readonly Problem[];
}

/** How many flawed events a message describes. */
const shown = 3;

/** Read again, and not found: somebody took it out of the log, or mended it there. What a retention took away, with
 *  all that is older, is not gone. */
const isGone = (context: BatchContext, { source }: PreparedLog, reading: LogReading): Fragment => {
  const { arrival } = source.detect;
  if (arrival === undefined) return sql`true`;
  const first = reading.bounds?.first ?? null;
  if (first === null) return sql`false`;
  const { dialect } = context.warehouse;
  const stood = dialect.tryConvert(id('r', 'arrival'), arrival.type);
  const again =
    reading.from === undefined || context.options.rejected === true
      ? sql`true`
      : sql`coalesce(${stood} >= ${reading.from}, true)`;
  return sql`(${again} and coalesce(${stood} >= cast(${first} as ${sql.raw(arrival.type)}), true))`;
};

interface Flawed {
  readonly reason: string;
  readonly key: string | null;
}

const describe = ({ reason, key }: Flawed): string => (key === null ? reason : `${reason} (key ${key})`);

const events = (count: number): string => `${count.toLocaleString('en-US')} event${count === 1 ? '' : 's'}`;

const hint =
  'mend the events in the log or the mapping, then `tidemark reconcile --rejected`; `tidemark status` lists them';

export const judgeRejects = async (
  context: BatchContext,
  session: Session,
  { log, reading }: { readonly log: PreparedLog; readonly reading: LogReading },
): Promise<Judged> => {
  const { source, events: taken, flawed } = log;
  const now: RejectedNow = {
    source: source.name,
    flawed,
    events: taken.table,
    isGone: isGone(context, log, reading),
  };
  const keeps = context.known.version >= rejectedSince;
  const counting = keeps
    ? countRejected(context.project.schemas.state, now)
    : sql`select count(*) as fresh, 0 as resolved, 0 as open from ${table(flawed)}`;
  const [row] = await session.rows<Record<'fresh' | 'resolved' | 'open', string>>(counting);
  const [fresh, resolved, before] = [row?.fresh, row?.resolved, row?.open].map((each) => Number(each ?? 0));
  const open = (before ?? 0) - (resolved ?? 0) + (fresh ?? 0);
  if (open === 0 && (resolved ?? 0) === 0) return { now: undefined, warnings: [] };
  const examples =
    (fresh ?? 0) === 0
      ? []
      : await session.rows<Flawed>(
          sql`select f.reason, f.key from ${table(flawed)} as f order by f.reason, f.identity limit ${sql.lit(shown)}`,
        );
  const details = { source: source.name, fresh, open };
  const what = examples.map(describe).join('; ');
  if (context.options.strict === true && (fresh ?? 0) > 0) {
    throw refusal(
      'event_rejected',
      `source \`${source.name}\`: ${events(fresh ?? 0)} cannot be taken: ${what}; with --strict the source was left out`,
      'mend the events in the log or the mapping; without --strict they are set aside and the rest goes on',
      details,
    );
  }
  const changed = (fresh ?? 0) + (resolved ?? 0) > 0;
  const rest = fresh === open ? '' : `, ${events(open)} in all`;
  const message =
    (fresh ?? 0) === 0
      ? `source \`${source.name}\`: ${events(open)} ${open === 1 ? 'is' : 'are'} set aside and not part of the data`
      : `source \`${source.name}\`: ${events(fresh ?? 0)} cannot be taken and ${fresh === 1 ? 'is' : 'are'} set aside${rest}: ${what}`;
  const warning: Problem = {
    code: 'events_set_aside',
    severity: 'warning',
    message,
    hint,
    at: source.at,
    details,
  };
  return { now: changed && keeps ? now : undefined, warnings: open === 0 ? [] : [warning] };
};
