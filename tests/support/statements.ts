// Listens to the statements that this very process sends, for suites that run a batch in process.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { statementChannel, type StatementEvent } from '../../src/warehouse/statement-channel.ts';

/** `place` counts the statements of this work from 1. */
export type Listener = (event: StatementEvent, place: number) => void;

export const listening = async <T>(listener: Listener, work: () => Promise<T>): Promise<T> => {
  let first: number | undefined;
  const onMessage = (message: unknown): void => {
    const event = message as StatementEvent;
    first ??= event.ordinal;
    listener(event, event.ordinal - first + 1);
  };
  subscribe(statementChannel, onMessage);
  try {
    return await work();
  } finally {
    unsubscribe(statementChannel, onMessage);
  }
};

/** The transaction that writes a batch, as places of its `begin` and its `commit` among all statements. */
export const commitOf = (
  statements: readonly string[],
): { readonly begin: number; readonly commit: number } => {
  const audit = statements.findIndex((statement) => /^insert into \S*"audit"/.test(statement));
  const begin =
    statements.findLastIndex((statement, place) => place < audit && statement.startsWith('begin')) + 1;
  return { begin, commit: statements.indexOf('commit', audit) + 1 };
};

/** Runs the work once and answers what it sent. */
export const recorded = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  const statements: string[] = [];
  await listening((event) => {
    if (event.phase === 'before') statements.push(event.sql);
  }, work);
  return statements;
};
