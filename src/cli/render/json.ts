// The shapes that JSON output has where they are not those of the use cases: problems, errors, changed rows.
import { policyOf } from '../../errors/policy.ts';
import type { Position, Problem, TidemarkError } from '../../errors/tidemark-error.ts';
import type { ImpactReport } from '../../batch/impact/impact-report.ts';
import type { BatchReport } from '../../batch/report.ts';
import type { TargetSamples } from '../../batch/plan.ts';
import type { LeaseHolder } from '../../store/lease-holder.ts';
import { changedRow } from './changed-rows.ts';

const placeOf = (at: Position | undefined): object | null =>
  at === undefined ? null : { file: at.file, line: at.line, column: at.column };

export const problemJson = ({ code, message, hint, severity, at, details }: Problem): object => ({
  code,
  message,
  hint: hint ?? null,
  severity,
  retryable: policyOf(code).retryable,
  at: placeOf(at),
  details: details ?? {},
});

export const errorJson = (error: TidemarkError): object => ({
  schema: 'tidemark/error/1',
  code: error.code,
  message: error.message,
  hint: error.hint ?? null,
  retryable: error.retryable,
  at: placeOf(error.at),
  details: error.details,
  ...(error.problems.length === 0 ? {} : { problems: error.problems.map(problemJson) }),
});

export const batchJson = (report: BatchReport): object => ({
  ...report,
  guards: report.guards.map(problemJson),
  warnings: report.warnings.map(problemJson),
  errors: report.errors.map(problemJson),
});

export const impactJson = (report: ImpactReport): object => ({
  ...report,
  warnings: report.warnings.map(problemJson),
});

export const samplesJson = (samples: readonly TargetSamples[]): readonly object[] =>
  samples.map(({ target, samples: rows }) => ({ target, rows: rows.map(changedRow) }));

export const holderJson = (holder: LeaseHolder | null): object | null =>
  holder === null
    ? null
    : {
        owner: holder.owner,
        host: holder.host,
        pid: holder.pid,
        command: holder.command,
        taken_at: holder.takenAt,
        expires_at: holder.expiresAt,
        expired: holder.expired,
        ...(holder.program === undefined ? {} : { program: holder.program }),
      };
