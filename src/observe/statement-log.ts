// Every statement with its time and rows, for --verbose: in the pretty log a comment over the statement, so that
// what is printed can be pasted into a client.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { statementChannel, type StatementEvent } from '../warehouse/statement-channel.ts';
import type { Log } from './log.ts';

const told = (log: Log, event: StatementEvent): void => {
  if (event.phase !== 'after') return;
  const { ordinal, session, sql, durationMs, rows } = event;
  const ms = Math.round(durationMs * 10) / 10;
  if (log.format === 'json') {
    log.debug('statement', {
      ordinal,
      session,
      sql,
      duration_ms: ms,
      rows: rows ?? null,
      failed: rows === undefined,
    });
    return;
  }
  const outcome = rows === undefined ? 'failed' : `${rows} ${rows === 1 ? 'row' : 'rows'}`;
  log.debug(`-- ${ordinal} ${session}, ${ms} ms, ${outcome}\n${sql.trim()};`);
};

/** Answers how to stop listening. */
export const logStatements = (log: Log): (() => void) => {
  const listen = (message: unknown): void => told(log, message as StatementEvent);
  subscribe(statementChannel, listen);
  return () => {
    unsubscribe(statementChannel, listen);
  };
};
