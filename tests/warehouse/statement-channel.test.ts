// The channel of statements: silent without listeners, exact with them.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { published, statementChannel, type StatementEvent } from '../../src/warehouse/statement-channel.ts';

const listening = async (work: () => Promise<unknown>): Promise<readonly StatementEvent[]> => {
  const events: StatementEvent[] = [];
  const listen = (message: unknown): void => {
    events.push(message as StatementEvent);
  };
  subscribe(statementChannel, listen);
  try {
    await work();
  } finally {
    unsubscribe(statementChannel, listen);
  }
  return events;
};

const statement = (sql: string): Promise<unknown> => published('test#1', sql, async () => ({ count: 3 }));

describe('the channel of statements', () => {
  it('speaks before the statement is sent, in the same turn of the event loop', async () => {
    const log: string[] = [];
    const listen = (message: unknown): void => {
      log.push((message as StatementEvent).phase);
    };
    subscribe(statementChannel, listen);
    const running = published('test#1', 'select 1', async () => {
      log.push('sent');
      return { count: 1 };
    });
    expect(log).toEqual(['before', 'sent']);
    await running;
    unsubscribe(statementChannel, listen);
    expect(log).toEqual(['before', 'sent', 'after']);
  });

  it('numbers statements, heard or not', async () => {
    const [first] = await listening(() => statement('select 1'));
    await statement('select 2');
    const [third] = await listening(() => statement('select 3'));
    expect((third?.ordinal ?? 0) - (first?.ordinal ?? 0)).toBe(2);
  });

  it('tells rows and duration, or the error', async () => {
    const mistake = new Error('mistake');
    const events = await listening(async () => {
      await statement('select 1');
      await published('test#1', 'select 2', () => Promise.reject(mistake)).catch(() => undefined);
    });
    expect(events[1]).toMatchObject({ phase: 'after', session: 'test#1', sql: 'select 1', rows: 3 });
    expect(events[3]).toMatchObject({ phase: 'after', sql: 'select 2', error: mistake });
    for (const event of [events[1], events[3]]) {
      expect(event?.phase === 'after' && event.durationMs >= 0).toBe(true);
    }
  });
});
