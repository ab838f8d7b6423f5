// What is said of a command in one place: what it takes, what help says, where it is loaded from when it is called.
import type { ExitCode } from './exit-codes.ts';
import type { Command } from './invocation.ts';
import type { OptionSpec } from './settings.ts';

export interface CommandSpec {
  readonly summary: string;
  readonly argument?: {
    readonly name: string;
    readonly about: string;
    /** As many as one likes. */
    readonly several?: boolean;
  };
  readonly options: readonly OptionSpec[];
  /** How many tables `--select` may name. */
  readonly select: 'none' | 'one' | 'several';
  readonly examples: readonly (readonly [command: string, does: string])[];
  readonly exits: readonly ExitCode[];
  readonly load: () => Promise<Command>;
}
