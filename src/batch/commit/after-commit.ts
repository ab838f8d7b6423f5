// What is left to do once a batch is committed. That it fails must not make a failure of a batch that happened:
// it becomes a warning of the report.
import { isTidemarkError, type Problem } from '../../errors/tidemark-error.ts';

export type Warn = (problem: Problem) => void;

/** A failure as a warning; `undone` says what did not happen, and what comes of it. */
export const warningOf = (undone: string, error: unknown): Problem => ({
  code: isTidemarkError(error) ? error.code : 'internal',
  severity: 'warning',
  message: `${undone}: ${error instanceof Error ? error.message : String(error)}`,
});
