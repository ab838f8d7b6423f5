// A relation that a batch goes on without, and why.
import type { ErrorCode } from '../errors/policy.ts';
import { policyOf } from '../errors/policy.ts';
import { isTidemarkError, type Problem, TidemarkError } from '../errors/tidemark-error.ts';

export interface LeftOut {
  readonly name: string;
  readonly kind: 'source' | 'target';
  readonly code: ErrorCode;
  readonly reason: string;
  readonly retryable: boolean;
  readonly problem: Problem;
}

/** Failures that end the whole batch: no relation is to blame for them. */
const endsBatch: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'connection_failed',
  'connection_lost',
  'commit_unknown',
  'lease_lost',
  'disk_full',
  'out_of_memory',
  'interrupted',
  'internal',
]);

/** What a failure means for one relation; rethrown when it is not about that relation at all. */
export const leaveOut = (name: string, kind: LeftOut['kind'], error: unknown): LeftOut => {
  if (!isTidemarkError(error) || endsBatch.has(error.code)) throw error;
  const { exit } = policyOf(error.code);
  const blamed = exit === 5 || exit === 6;
  const code = blamed ? error.code : kind === 'source' ? 'source_failed' : 'target_failed';
  // The engine's own sentence does not say what it speaks of.
  const doing = kind === 'source' ? 'cannot be read' : 'cannot be computed';
  const message = blamed ? error.message : `${kind} \`${name}\` ${doing}: ${error.message}`;
  return {
    name,
    kind,
    code,
    reason: message,
    retryable: policyOf(code).retryable,
    problem: {
      code,
      message,
      severity: 'error',
      hint: error.hint,
      at: error.at,
      details: error.details,
    },
  };
};

export const refusal = (
  code: ErrorCode,
  message: string,
  hint?: string,
  details?: Problem['details'],
): TidemarkError => new TidemarkError(code, { message, hint, details });

export const pausedBy = (name: string, reason: string): TidemarkError =>
  refusal('paused', `\`${name}\` is paused: ${reason}`, `\`tidemark resume ${name}\` takes it in again`);
