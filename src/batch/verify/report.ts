// What is asked of a verification, and what it tells: `tidemark/verify/1`.
import type { Project } from '../../project/project.ts';
import type { HistoryFaults } from '../../reconcile/history/rules.ts';
import type { Progress } from '../context.ts';
import type { TargetSamples } from '../plan.ts';
import type { BehindReport } from '../report.ts';
import type { VerifiedMirror } from './mirrors.ts';

export interface VerifiedTarget {
  readonly name: string;
  /** That were looked at. */
  readonly rows: number;
  readonly different: number;
  readonly missing: number;
  readonly extra: number;
  readonly columns: Readonly<Record<string, number>>;
  /** Of a history: versions that break a rule, whoever wrote them. */
  readonly rules?: HistoryFaults;
  /** Within a budget: how far this target's proof has come. */
  readonly proof?: TargetProof;
}

export interface TargetProof {
  /** All of it was proved equal, now. */
  readonly complete: boolean;
  /** Else: all keys up to this one are. */
  readonly up_to: Readonly<Record<string, unknown>> | null;
  readonly rows: number;
  /** When it was last proved from one end to the other. */
  readonly proved_at: string | null;
}

export interface VerifyReport {
  readonly schema: 'tidemark/verify/1';
  readonly project: string;
  readonly environment: string;
  readonly status: 'equal' | 'different';
  /** When the mirrors were last brought in step with staging; null before the first batch. */
  readonly mirrors_at: string | null;
  readonly targets: readonly VerifiedTarget[];
  /** Targets, or sources, that could not be compared. */
  readonly behind: readonly BehindReport[];
  /** Of mirrors against staging. */
  readonly mirrors?: readonly VerifiedMirror[];
  /** Within a budget: targets whose end was not reached. */
  readonly unfinished?: readonly string[];
}

export interface VerifyOptions {
  readonly project: Project;
  readonly select?: readonly string[] | undefined;
  readonly samples?: number | undefined;
  /** Stop when so much time is over; the next one goes on. What was proved is kept. */
  readonly budgetMs?: number | undefined;
  /** Mirrors against staging, instead of targets against mirrors. */
  readonly mirrors?: boolean | undefined;
  /** Of a slice, within a budget. */
  readonly sliceRows?: number | undefined;
  readonly progress?: Progress | undefined;
  readonly waitMs?: number | undefined;
}

export interface VerifyResult {
  readonly report: VerifyReport;
  readonly samples: readonly TargetSamples[];
  readonly exit: 0 | 3 | 5;
}
