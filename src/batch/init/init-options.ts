// What `init` is asked for, and what a proposal begins with.
import type { FileText } from '../../project/document.ts';
import type { Project } from '../../project/project.ts';
import type { Progress } from '../context.ts';
import type { PlaceWish } from './find-place.ts';
import type { InitReport } from './init-report.ts';
import type { ToRead } from './to-read.ts';

export interface InitOptions extends PlaceWish {
  readonly environment?: string | undefined;
  /** dbt's words: `fct_orders`, `fct_orders+`, `tag:nightly`; of a bare warehouse, tables. */
  readonly select?: readonly string[] | undefined;
  /** Mappings are there already: add what is new. */
  readonly update?: boolean | undefined;
  readonly samplePercent?: number | undefined;
  /** Asked once all is known; what is not agreed to is not written. */
  readonly agree: (report: InitReport) => Promise<boolean>;
  /** Asked which of these tables to begin with, where nothing was selected; an empty answer means all. */
  readonly pick?: ((names: readonly string[]) => Promise<readonly string[]>) | undefined;
  /** Told how much there is to read, before any row is read. */
  readonly onRead?: ((reads: ToRead) => void) | undefined;
  readonly progress?: Progress | undefined;
  readonly waitMs?: number | undefined;
}

/** What a proposal begins with. */
export interface InitGround {
  readonly options: InitOptions;
  readonly progress: Progress;
  /** The project that is there already. */
  readonly project: Project | undefined;
  readonly present: readonly FileText[];
}
