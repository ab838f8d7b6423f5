// `tidemark uninstall`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, text, waitForLease } from './options.ts';

export const uninstallSpec = {
  summary: 'drop every table that tidemark made; targets stay',
  options: [
    flag('--dry-run', 'list them; drop nothing'),
    flag('--yes', 'drop them: without it, or --dry-run, the command refuses'),
    text('--export', 'DIR', 'first write batches, ledger and audit there, one JSON object a line'),
    waitForLease,
  ],
  select: 'none',
  examples: [
    ['tidemark uninstall --dry-run', 'what would be dropped, and what stays?'],
    ['tidemark uninstall --yes --export records', 'keep the records, drop the rest'],
  ],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/uninstall.ts')).uninstall,
} as const satisfies CommandSpec;
