// `tidemark completion`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';

export const completionSpec = {
  summary: 'complete commands and tables in bash, zsh or fish',
  argument: { name: 'SHELL', about: '`bash`, `zsh` or `fish`; `names` prints the sources and targets alone' },
  options: [],
  select: 'none',
  examples: [
    ['tidemark completion bash', 'into ~/.local/share/bash-completion/completions/tidemark'],
    ['tidemark completion zsh', 'into a file `_tidemark` of a folder in $fpath'],
    ['tidemark completion fish', 'into ~/.config/fish/completions/tidemark.fish'],
  ],
  exits: [0, 2],
  load: async () => (await import('../commands/completion.ts')).completion,
} as const satisfies CommandSpec;
