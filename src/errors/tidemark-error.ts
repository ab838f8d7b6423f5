// The one error that leaves this program: a code that policy and readers act on, and a sentence for people.
import type { ErrorCode } from './policy.ts';
import { policyOf } from './policy.ts';

/** A place in a file of the user: one-based line and column, and how many characters are meant. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The line itself, for the caret. */
  readonly source: string;
}

export type Severity = 'error' | 'warning';

export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly severity: Severity;
  readonly hint?: string | undefined;
  readonly at?: Position | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

export interface ErrorFacts {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly at?: Position | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
  /** Several problems behind one refusal (a dictionary with five mistakes). */
  readonly problems?: readonly Problem[] | undefined;
}

export class TidemarkError extends Error {
  override readonly name = 'TidemarkError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly at: Position | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.hint = facts.hint;
    this.at = facts.at;
    this.details = facts.details ?? {};
    this.problems = facts.problems ?? [];
  }

  /** The same error, knowing more. */
  with(details: Readonly<Record<string, unknown>>): TidemarkError {
    return new TidemarkError(this.code, {
      message: this.message,
      hint: this.hint,
      at: this.at,
      details: { ...this.details, ...details },
      problems: this.problems,
      cause: this.cause,
    });
  }

  get retryable(): boolean {
    return policyOf(this.code).retryable;
  }

  get exitCode(): number {
    return policyOf(this.code).exit;
  }
}

export const isTidemarkError = (error: unknown): error is TidemarkError => error instanceof TidemarkError;
