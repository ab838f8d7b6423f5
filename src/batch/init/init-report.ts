// What `init` found and wrote: the one shape of its JSON, and what the table for people is made of.
import type { SourceProposal } from './proposal.ts';
import type { ToRead } from './to-read.ts';

export interface InitTarget {
  readonly name: string;
  /** `mapped`: written and in force. `waiting`: written, and not enabled. `left`: to its builder. `already`: a mapping
   *  was there. */
  readonly status: 'mapped' | 'waiting' | 'left' | 'already';
  readonly form: 'model' | 'this' | 'history' | null;
  /** How many columns are kept in step, of how many. */
  readonly columns: number;
  readonly of: number;
  /** Percent of the rows that agree; null where nothing was compared. */
  readonly match: number | null;
  readonly rows: number | null;
  readonly reason: string | null;
  readonly notices: readonly string[];
  readonly file: string | null;
}

export interface InitSource {
  readonly name: string;
  readonly table: string;
  readonly key: readonly string[];
  readonly why: string;
  /** Nobody says so but the rows. */
  readonly guessed: boolean;
  readonly file: string | null;
}

export interface InitReport {
  readonly schema: 'tidemark/init/1';
  readonly project: string;
  readonly environment: string;
  /** False: nothing was written, because nobody said yes. */
  readonly written: boolean;
  readonly files: readonly string[];
  readonly sources: readonly InitSource[];
  readonly targets: readonly InitTarget[];
  /** Of the tables that were looked at: whose columns are known to be made of what. */
  readonly coverage: { readonly columns: number; readonly traced: number };
  /** Percent of the rows that were looked at; null: all. */
  readonly sample: number | null;
  /** What there was to read, as told before. */
  readonly reads: ToRead;
  /** Of the place as a whole. */
  readonly notices: readonly string[];
  readonly next: readonly string[];
}

export interface NewFile {
  readonly file: string;
  readonly text: string;
}

/** Ready to be written. */
export interface InitDraft {
  readonly report: InitReport;
  readonly files: readonly NewFile[];
}

export const reportSource = (source: SourceProposal, shown: string, file: string | null): InitSource => ({
  name: source.name,
  table: shown,
  key: source.key.columns.map(({ name }) => name),
  why: source.key.why,
  guessed: source.key.guessed,
  file,
});
