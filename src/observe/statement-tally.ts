// How much the warehouse is asked for: statements and their time, which is what it costs as far as we know.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { statementChannel, type StatementEvent } from '../warehouse/statement-channel.ts';
import type { Metrics } from './metrics.ts';

export interface StatementTally {
  /** Adds what was counted since the last time. */
  addTo(metrics: Metrics, command: string): void;
  stop(): void;
}

export const tallyStatements = (): StatementTally => {
  let [count, ms] = [0, 0];
  const listen = (message: unknown): void => {
    const event = message as StatementEvent;
    if (event.phase !== 'after') return;
    count += 1;
    ms += event.durationMs;
  };
  subscribe(statementChannel, listen);
  return {
    addTo: (metrics, command) => {
      metrics.add('tidemark_statements_total', { command }, count);
      metrics.add('tidemark_statement_seconds_sum', { command }, ms / 1000);
      [count, ms] = [0, 0];
    },
    stop: () => {
      unsubscribe(statementChannel, listen);
    },
  };
};
