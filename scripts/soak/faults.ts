// What goes wrong while batches run, one thing after another.
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './random.ts';
import type { SmallDisk } from './small-disk.ts';

export type Fault = 'connection' | 'kill' | 'server' | 'disk' | 'clock';

export interface Victims {
  readonly execute: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly worker: () => ChildProcess;
  readonly disk: SmallDisk;
}

const sessions = (order: string): string =>
  `select pid from pg_stat_activity where application_name = 'tidemark' and datname = current_database() order by ${order} limit 1`;

/** A server whose child dies ends all sessions and recovers from its log, as after a power cut. */
const crash = async ({ execute }: Victims): Promise<void> => {
  const [row] = await execute(sessions('random()'));
  if (row !== undefined) process.kill(Number(row['pid']), 'SIGKILL');
};

const hour = 3_600_000;

const happen: Readonly<Record<Fault, (victims: Victims, chance: Chance) => Promise<void>>> = {
  connection: async ({ execute }) => {
    await execute(`select pg_terminate_backend(pid) from (${sessions('random()')}) as s`);
  },
  kill: async ({ worker }) => {
    worker().kill('SIGKILL');
  },
  server: crash,
  disk: async ({ disk }, chance) => {
    try {
      await disk.fill();
      await sleep(chance.whole(200, 900));
    } finally {
      await disk.free();
    }
  },
  clock: async ({ worker }, chance) => {
    worker().send(chance.whole(-6, 6) * hour);
  },
};

const often: readonly [Fault, ...Fault[]] = [
  'connection',
  'connection',
  'connection',
  'clock',
  'clock',
  'disk',
  'kill',
  'server',
];

/** Without `kill` the process lives on, so that its memory can be watched. */
export const strike = async (
  victims: Victims,
  chance: Chance,
  mayKill: boolean,
): Promise<Fault | undefined> => {
  const fault = chance.pick(often);
  if (fault === 'kill' && !mayKill) return undefined;
  try {
    await happen[fault](victims, chance);
    return fault;
  } catch {
    // The server recovers, or the process starts: there is nothing to break just now.
    return undefined;
  }
};
