// `tidemark doctor`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, wait } from './options.ts';

export const doctorSpec = {
  summary: 'look for what may go wrong: rights, indexes, clock, locks',
  options: [flag('--fix', 'mend what is safe: what is ours alone, and harms nobody'), wait],
  select: 'none',
  examples: [
    ['tidemark doctor', 'each finding with the statement that mends it; exit 1 when something is broken'],
    ['tidemark doctor --fix', 'vacuum, analyze, free a dead lease, close our files to others'],
    ['tidemark doctor --json', 'for a health check'],
  ],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/doctor.ts')).doctor,
} as const satisfies CommandSpec;
