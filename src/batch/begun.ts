// What is known of a run once it has the lease, for those who are told that it began.
import type { Dictionary } from '../dictionary/dictionary.ts';

export interface Begun {
  readonly runId: string;
  readonly dictionary: Dictionary;
}
