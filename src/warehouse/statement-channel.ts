// Publishes every statement, begin and commit included, just before it is sent and once it has ended.
// --verbose listens here, and so do the tests that kill the process at statement N.
import { channel } from 'node:diagnostics_channel';

export const statementChannel = 'tidemark:statement';

interface StatementSent {
  readonly phase: 'before';
  /** Counts all statements of this process, from 1. */
  readonly ordinal: number;
  /** Which connection: `postgres#2`. */
  readonly session: string;
  readonly sql: string;
}

interface StatementEnded {
  readonly phase: 'after';
  readonly ordinal: number;
  readonly session: string;
  readonly sql: string;
  readonly durationMs: number;
  /** Rows read or written; absent when the statement failed. */
  readonly rows?: number;
  readonly error?: unknown;
}

export type StatementEvent = StatementSent | StatementEnded;

const statements = channel(statementChannel);
let lastOrdinal = 0;

/** Runs a statement between its two messages. Bound values are not published: they may be anybody's data. */
export const published = async <T extends { readonly count: number }>(
  session: string,
  sql: string,
  run: () => Promise<T>,
): Promise<T> => {
  lastOrdinal += 1;
  if (!statements.hasSubscribers) return run();
  const ordinal = lastOrdinal;
  const startedAt = performance.now();
  const ended = (outcome: { readonly rows: number } | { readonly error: unknown }): void => {
    const durationMs = performance.now() - startedAt;
    const event: StatementEnded = { phase: 'after', ordinal, session, sql, durationMs, ...outcome };
    statements.publish(event);
  };
  const sent: StatementSent = { phase: 'before', ordinal, session, sql };
  statements.publish(sent);
  try {
    const result = await run();
    ended({ rows: result.count });
    return result;
  } catch (error) {
    ended({ error });
    throw error;
  }
};
