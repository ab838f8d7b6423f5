// The shape that every adapter gives to a failure of its engine, and how two failures become one.
import type { ErrorCode } from '../errors/policy.ts';
import { isTidemarkError, TidemarkError } from '../errors/tidemark-error.ts';

/** What kind of mistake a statement made, for whoever has to find the row or the line behind it. */
export type FailureKind = 'value' | 'constraint' | 'missing_object' | 'syntax' | 'connection' | 'other';

export interface EngineFailure {
  readonly code: ErrorCode;
  readonly kind: FailureKind;
  /** SQLSTATE, or the error class that the engine prints. */
  readonly engineCode: string | undefined;
  readonly engineMessage: string;
  /** Instead of the engine's own sentence. */
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause: unknown;
}

export const engineError = (failure: EngineFailure): TidemarkError =>
  new TidemarkError(failure.code, {
    message: failure.message ?? failure.engineMessage,
    hint: failure.hint,
    details: {
      engineCode: failure.engineCode,
      engineMessage: failure.engineMessage,
      kind: failure.kind,
      ...failure.details,
    },
    cause: failure.cause,
  });

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const isConnectionLoss = (error: unknown): boolean =>
  isTidemarkError(error) && (error.code === 'connection_lost' || error.code === 'connection_failed');

/** The first failure, carrying the second one, which came while cleaning up after it. */
export const joinFailures = (first: unknown, second: unknown): Error => {
  const cause = new AggregateError([first, second], `${messageOf(first)}; then: ${messageOf(second)}`);
  if (!isTidemarkError(first)) return cause;
  const { code, message, hint, at, details, problems } = first;
  return new TidemarkError(code, { message, hint, at, details, problems, cause });
};
