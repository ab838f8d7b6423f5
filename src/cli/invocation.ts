// What a command is given and what it hands back; how it is shown is decided elsewhere.
import type { Progress } from '../batch/context.ts';
import type { Problem } from '../errors/tidemark-error.ts';
import type { Log } from '../observe/log.ts';
import type { Project } from '../project/project.ts';
import type { KnownCommand } from './known-command.ts';
import type { Screen } from './render/screen.ts';
import type { Style } from './render/style.ts';

export interface Invocation {
  readonly project: () => Promise<Project>;
  readonly args: readonly string[];
  /** By the name of the flag in camel case. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly select: readonly string[];
  readonly json: boolean;
  readonly log: Log;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Asks whoever sits at the terminal; none where nobody does. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** Stdout, where that is a terminal. */
  readonly screen?: Screen | undefined;
  /** All there are, in the order of help. */
  readonly commands: readonly KnownCommand[];
}

export interface Outcome {
  readonly exit: number;
  /** The one line of `--json`. */
  readonly json: object;
  /** For people, on stdout. */
  readonly text: (style: Style) => string;
  /** Shown as diagnostics on stderr, after the text. */
  readonly problems?: readonly Problem[];
  /** Problems are what was asked for: they belong to stdout, before the text. */
  readonly problemsAsked?: boolean;
  /** Says more of a problem than its line and hint. */
  readonly problemText?: ((problem: Problem, style: Style) => string) | undefined;
  /** After the problems, on stderr: what state the data is in, and whether a retry helps. */
  readonly closing?: string | undefined;
  /** Said on stderr when --quiet hides the text of something that did not end well. */
  readonly inShort?: string | undefined;
}

export interface Command {
  /** Ends by itself, cleanly, when the signal is given; others are simply left. */
  readonly endsOnSignal: boolean;
  readonly execute: (invocation: Invocation) => Promise<Outcome>;
}
