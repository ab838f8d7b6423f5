// What is told to people: what is wrong, where, in which state the data is, and what to do next.
import type { AlertEvent } from '../../project/alert-settings.ts';

/** One thing that is wrong. */
export interface Alert {
  readonly event: Exclude<AlertEvent, 'recovery'>;
  /** The same thing has the same key in every run. */
  readonly key: string;
  readonly code: string;
  /** The source or target that it concerns. */
  readonly relation?: string | undefined;
  readonly what: string;
  /** The command to run next. */
  readonly next: string;
  /** It goes on until a run finds it gone; the others happen once. */
  readonly lasts: boolean;
}

/** What one run came to. */
export interface Situation {
  readonly alerts: readonly Alert[];
  /** What it looked at, as beginnings of keys: open alerts of these that it did not find are over. */
  readonly judged: readonly string[];
  /** In which state the data is. */
  readonly data: string;
}

export interface AlertItem {
  readonly code: string;
  readonly relation: string | null;
  readonly what: string;
  readonly next: string;
  /** When it was first found. */
  readonly since: string;
  /** How many runs have found it. */
  readonly times: number;
}

export interface Message {
  readonly schema: 'tidemark/alert/1';
  readonly event: AlertEvent | 'test';
  readonly title: string;
  readonly project: string;
  readonly environment: string;
  readonly warehouse: string;
  readonly at: string;
  readonly data: string;
  readonly items: readonly AlertItem[];
  /** Messages that this channel did not get before, because there were too many. */
  readonly held_back: number;
}
