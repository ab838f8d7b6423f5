// What a command may know of all commands, itself among them, without loading any.
import type { OptionSpec } from './settings.ts';

export interface KnownCommand {
  readonly name: string;
  readonly summary: string;
  readonly argument?: { readonly name: string } | undefined;
  readonly select: 'none' | 'one' | 'several';
  readonly options: readonly OptionSpec[];
}
