// What every session of ours is set to, whatever the account, the user or a dbt profile says. One request.

export interface SessionLimits {
  readonly statementSeconds: number;
  readonly queuedSeconds: number;
  readonly lockSeconds: number;
}

export const usualLimits: SessionLimits = { statementSeconds: 3600, queuedSeconds: 600, lockSeconds: 60 };

const parameters = (limits: SessionLimits): Readonly<Record<string, string | number | boolean>> => ({
  TIMEZONE: 'UTC',
  TIMESTAMP_TYPE_MAPPING: 'TIMESTAMP_NTZ',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF9',
  TIMESTAMP_LTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF9TZH:TZM',
  TIMESTAMP_TZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF9TZH:TZM',
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS.FF9',
  BINARY_OUTPUT_FORMAT: 'HEX',
  // Names in quotes are what they are; with TRUE "a" and "A" would be one.
  QUOTED_IDENTIFIERS_IGNORE_CASE: false,
  // A row that two rows want to change is an error, not a choice that nobody made.
  ERROR_ON_NONDETERMINISTIC_UPDATE: true,
  ERROR_ON_NONDETERMINISTIC_MERGE: true,
  // What runs for a client that is gone ends.
  ABORT_DETACHED_QUERY: true,
  STATEMENT_TIMEOUT_IN_SECONDS: limits.statementSeconds,
  STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: limits.queuedSeconds,
  LOCK_TIMEOUT: limits.lockSeconds,
});

/** One parameter a statement: their list in one is not in every grammar of this language. */
export const sessionStatements = (limits: SessionLimits): readonly string[] =>
  Object.entries(parameters(limits)).map(
    ([name, value]) => `alter session set ${name} = ${typeof value === 'string' ? `'${value}'` : value}`,
  );
