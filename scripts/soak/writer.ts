// Somebody who writes staging all the time, with a clock that is wrong by some minutes, and who comes back when the
// server does.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Chance } from './random.ts';

const pauseMs = 25;
/** Less than the overlap of 15 minutes: what is stamped earlier is found by the daily comparison only. */
const skewSeconds = 400;

const change = (chance: Chance): string => {
  const stamp = `clock_timestamp() + interval '${chance.whole(-skewSeconds, skewSeconds)} seconds'`;
  const [company, order] = [chance.whole(1, 320), chance.whole(1, 3300)];
  switch (chance.whole(0, 7)) {
    case 0:
      return `insert into staging.companies values (${company}, 'new', 'C1', ${stamp}) on conflict (id) do nothing`;
    case 1:
      return `update staging.companies set name = 'renamed ' || ${chance.whole(1, 999)}, updated_at = ${stamp} where id = ${company}`;
    case 2:
      return `update staging.companies set country = ${chance.next() < 0.2 ? 'null' : `'C${chance.whole(1, 9)}'`}, updated_at = ${stamp} where id = ${company}`;
    case 3:
      return `delete from staging.companies where id = ${company} and ${chance.next() < 0.3}`;
    case 4:
      return `insert into staging.orders values (${order}, ${company}, ${chance.whole(1, 900)}.5, ${stamp}) on conflict (id) do nothing`;
    case 5:
      return `update staging.orders set company_id = ${company}, updated_at = ${stamp} where id = ${order}`;
    case 6:
      return `delete from staging.orders where id = ${order}`;
    default:
      return `update staging.orders set amount = amount + 1, updated_at = ${stamp} where id = ${order}`;
  }
};

export interface Writer {
  readonly changes: () => number;
  stop(): Promise<void>;
}

export const startWriter = (url: string, chance: Chance): Writer => {
  const state = { changes: 0, stopped: false };
  const session = async (): Promise<void> => {
    const client = new Client({ connectionString: url, application_name: 'writer' });
    client.on('error', () => undefined);
    await client.connect();
    try {
      while (!state.stopped) {
        await client.query(change(chance));
        state.changes += 1;
        await sleep(pauseMs);
      }
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const work = async (): Promise<void> => {
    while (!state.stopped) {
      await session().catch(() => undefined);
      await sleep(pauseMs);
    }
  };
  const done = work();
  return {
    changes: () => state.changes,
    async stop() {
      state.stopped = true;
      await done;
    },
  };
};
