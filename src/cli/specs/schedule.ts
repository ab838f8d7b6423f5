// `tidemark schedule`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { meta, owner, text } from './options.ts';

export const scheduleSpec = {
  summary: 'run batches until stopped; retry, back off, serve metrics',
  options: [
    text('--every', 'TIME', 'how often: `30m`, `90s`; on the marks of the clock, at once when started'),
    text('--cron', 'EXPRESSION', "when: `'*/30 6-22 * * 1-5'`"),
    text('--timezone', 'ZONE', 'of the cron expression: `Europe/Berlin` (default: that of this machine)'),
    text('--retries', 'N', 'tries after the first, within one tick (default 3)'),
    text('--max-failures', 'N', 'failed ticks in a row after which it tries less often (default 5)'),
    text('--wait', 'TIME', 'how long a tick waits for a lease or file that is taken (default 10s)'),
    text('--grace', 'TIME', 'how long a batch may go on once asked to stop (default 25s)'),
    text('--listen', 'HOST:PORT|off', 'where /metrics, /healthz and /readyz are (default 127.0.0.1:9464)'),
    text('--metrics-file', 'FILE', 'write the metrics into this file as well, after each tick'),
    text('--ticks', 'N', 'end after so many ticks'),
    owner,
    meta,
  ],
  select: 'none',
  examples: [
    ['tidemark schedule --every 30m', 'in a container or under systemd'],
    ['tidemark schedule --cron @daily --timezone Europe/Berlin', 'at midnight there'],
    ['tidemark schedule', 'as `schedule:` in the project file says'],
  ],
  exits: [0, 2, 130],
  load: async () => (await import('../commands/schedule.ts')).schedule,
} as const satisfies CommandSpec;
