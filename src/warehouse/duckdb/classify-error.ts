// From DuckDB's error classes, the words before the first colon, to our codes.
import type { ErrorCode } from '../../errors/policy.ts';
import { isTidemarkError, type TidemarkError } from '../../errors/tidemark-error.ts';
import { engineError, messageOf, type FailureKind } from '../engine-error.ts';

interface Verdict {
  readonly code: ErrorCode;
  readonly kind: FailureKind;
  readonly message?: string;
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

const kinds: Readonly<Record<string, FailureKind>> = {
  Conversion: 'value',
  'Out of Range': 'value',
  'Invalid Input': 'value',
  'Invalid Type': 'value',
  'Mismatch Type': 'value',
  'Divide by Zero': 'value',
  Constraint: 'constraint',
  Catalog: 'missing_object',
  Binder: 'missing_object',
  Parser: 'syntax',
  Syntax: 'syntax',
};

const locked = (message: string): Verdict => {
  const pid = /\(PID (\d+)\)/.exec(message)?.[1];
  return {
    code: 'file_locked',
    kind: 'connection',
    message:
      pid === undefined
        ? 'another process has the database file open'
        : `process ${pid} has the database file open`,
    hint: 'a DuckDB file belongs to one process at a time: wait for it, or end it',
    details: pid === undefined ? {} : { pid: Number(pid) },
  };
};

const tooNew: Verdict = {
  code: 'database_too_new',
  kind: 'connection',
  message: 'the database file was written by a newer DuckDB than this program reads',
  hint:
    'in the dbt profile set `config_options: {storage_compatibility_version: v1.5.0}` and build the file ' +
    'again, or pin `duckdb<2` where dbt runs',
};

const ambiguousSchema: Verdict = {
  code: 'sql_failed',
  kind: 'other',
  hint: 'a schema has the same name as the database file: write it with its database, `shop.shop`',
};

const ofIo = (message: string): Verdict => {
  if (/could not set lock on file/i.test(message)) return locked(message);
  if (/database file with version number/i.test(message)) return tooNew;
  if (/permission denied/i.test(message)) return { code: 'permission_denied', kind: 'other' };
  return { code: 'sql_failed', kind: 'other' };
};

const ofConstraint = (message: string): Verdict => {
  const column = /constraint failed: (.+)$/m.exec(message)?.[1];
  const constraint = /violates (.+?) constraint/i.exec(message)?.[1] ?? (column && 'not null');
  return { code: 'constraint_violated', kind: 'constraint', details: { constraint, column } };
};

/** COMMIT says it in its own class, and a limit on the size of files is a disk that is full. */
const noSpace = /no space left|disk quota|ENOSPC|not enough space|file too large/i;

const diskFull: Verdict = {
  code: 'disk_full',
  kind: 'other',
  hint: 'make room where the database file lies, and run again',
};

const outOfMemory: Verdict = {
  code: 'out_of_memory',
  kind: 'other',
  hint: 'raise `memory_limit` of the warehouse in the project file (or of the dbt profile), or let it spill to disk with `temp_directory`',
};

const verdict = (type: string, message: string): Verdict => {
  if (noSpace.test(message) && type !== 'Constraint' && type !== 'Conversion') return diskFull;
  if (/conflict/i.test(message) && type.startsWith('Trans')) return { code: 'write_conflict', kind: 'other' };
  switch (type) {
    case 'IO':
      return ofIo(message);
    case 'Out of Memory':
      return outOfMemory;
    case 'INTERRUPT':
      return { code: 'interrupted', kind: 'other' };
    case 'Permission':
      return { code: 'permission_denied', kind: 'other' };
    case 'Constraint':
      return ofConstraint(message);
    case 'Invalid Input':
      if (/read-only mode/.test(message)) return { code: 'permission_denied', kind: 'other' };
      break;
    case 'Binder':
      if (/ambiguous reference to catalog or schema/i.test(message)) return ambiguousSchema;
      // An unknown function or column is missing; the other complaints of the binder are about the text.
      if (!/not found|does not exist|no function matches/i.test(message)) {
        return { code: 'sql_failed', kind: 'syntax' };
      }
  }
  return { code: 'sql_failed', kind: kinds[type] ?? 'other' };
};

export const classifyDuckDbError = (error: unknown): TidemarkError => {
  if (isTidemarkError(error)) return error;
  const engineMessage = messageOf(error).trim();
  const type = /^(?:FATAL Error: )?([A-Za-z][A-Za-z ]*?) Error:/.exec(engineMessage)?.[1];
  return engineError({
    // Below its sentence the engine prints a piece of the statement, which is ours and tells nobody anything.
    message: engineMessage.split(/\n+LINE \d+:/)[0] ?? engineMessage,
    ...verdict(type ?? '', engineMessage),
    engineCode: type,
    engineMessage,
    cause: error,
  });
};
