// Listens to the statements that this very process sends, for suites that run a batch in process. Each hears those of
// its own work alone, so that several may go on at once.
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { statementChannel, type StatementEvent } from '../../src/warehouse/statement-channel.ts';

/** `place` counts the statements of this work from 1. */
export type Listener = (event: StatementEvent, place: number) => void;

const works = new AsyncLocalStorage<symbol>();

export const listening = async <T>(listener: Listener, work: () => Promise<T>): Promise<T> => {
  const mine = Symbol('work');
  const places = new Map<number, number>();
  const onMessage = (message: unknown): void => {
    if (works.getStore() !== mine) return;
    const event = message as StatementEvent;
    if (event.phase === 'before') places.set(event.ordinal, places.size + 1);
    listener(event, places.get(event.ordinal) ?? 0);
  };
  subscribe(statementChannel, onMessage);
  try {
    return await works.run(mine, work);
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
