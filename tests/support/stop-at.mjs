// Preloaded (`node --import`) into a program under test: sends the program a signal at one of its statements, and
// writes down which statements it sent. What to do stands in TIDEMARK_TEST_STOP, as JSON.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

/**
 * `before`: not sent yet. `sent`: on its way, whatever comes of it. `after`: answered.
 * @type {{ record?: string, ordinal?: number, text?: string, nth?: number, phase?: 'before' | 'sent' | 'after', signal?: NodeJS.Signals }}
 */
const {
  record,
  ordinal,
  text,
  nth = 1,
  phase = 'before',
  signal = 'SIGKILL',
} = JSON.parse(process.env['TIDEMARK_TEST_STOP'] ?? '{}');

let met = 0;

/** @param {{ phase: 'before' | 'after', ordinal: number, sql: string }} event */
const isTheOne = (event) => {
  if (event.phase !== (phase === 'after' ? 'after' : 'before')) return false;
  if (ordinal !== undefined) return event.ordinal === ordinal;
  if (text === undefined || !event.sql.includes(text)) return false;
  met += 1;
  return met === nth;
};

const stop = () => {
  process.kill(process.pid, signal);
};

subscribe('tidemark:statement', (message) => {
  const event = /** @type {{ phase: 'before' | 'after', ordinal: number, sql: string }} */ (message);
  if (record !== undefined && event.phase === 'before')
    appendFileSync(record, `${JSON.stringify(event.sql)}\n`);
  if (!isTheOne(event)) return;
  if (phase === 'sent') setImmediate(stop);
  else stop();
});
