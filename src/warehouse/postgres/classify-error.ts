// From SQLSTATE, and from the codes of the socket, to our error codes.
import type { ErrorCode } from '../../errors/policy.ts';
import { isTidemarkError, type TidemarkError } from '../../errors/tidemark-error.ts';
import { engineError, messageOf, type FailureKind } from '../engine-error.ts';

interface Verdict {
  readonly code: ErrorCode;
  readonly kind: FailureKind;
}

const failed = (kind: FailureKind): Verdict => ({ code: 'sql_failed', kind });
const as = (code: ErrorCode): Verdict => ({ code, kind: 'other' });
const connection = (code: ErrorCode): Verdict => ({ code, kind: 'connection' });

/** By full SQLSTATE first, then by its class, the first two characters. */
const verdicts: Readonly<Record<string, Verdict>> = {
  '08': connection('connection_lost'),
  '22': failed('value'),
  '23': { code: 'constraint_violated', kind: 'constraint' },
  '25P03': connection('connection_lost'),
  '28': connection('authentication_failed'),
  '3D': connection('database_missing'),
  '3F': failed('missing_object'),
  '40001': as('serialization_failure'),
  '40P01': as('deadlock'),
  '42': failed('syntax'),
  '42501': as('permission_denied'),
  '42703': failed('missing_object'),
  '42704': failed('missing_object'),
  '42883': failed('missing_object'),
  '42P01': failed('missing_object'),
  '53100': as('disk_full'),
  '53200': as('out_of_memory'),
  '53300': connection('connection_failed'),
  '55P03': as('lock_timeout'),
  '57014': as('statement_timeout'),
  '57P01': connection('connection_lost'),
  '57P02': connection('connection_lost'),
  '57P03': connection('connection_failed'),
  '57P05': connection('connection_lost'),
};

/** Each has a digit, which tells it from EPIPE, the socket's word for a server that is gone while one writes to it. */
const isSqlState = (code: string): boolean => /^(?=.*\d)[0-9A-Z]{5}$/.test(code);

const verdictOf = (code: string | undefined, message: string): Verdict => {
  // Without a code, or with one of the socket (ECONNRESET), the server did not answer.
  if (code === undefined || !isSqlState(code)) return connection('connection_lost');
  if (code === '57014' && /user request/.test(message)) return as('interrupted');
  return verdicts[code] ?? verdicts[code.slice(0, 2)] ?? failed('other');
};

const textOf = (error: unknown, name: string): string | undefined => {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** A host with several addresses fails with one error for each, and with no message of its own. */
const sentence = (error: unknown): string =>
  error instanceof AggregateError && error.message === ''
    ? error.errors.map(messageOf).join('; ')
    : messageOf(error);

const detailNames = ['schema', 'table', 'column', 'constraint', 'detail', 'position'] as const;

export const classifyPostgresError = (error: unknown): TidemarkError => {
  if (isTidemarkError(error)) return error;
  const engineCode = textOf(error, 'code');
  const engineMessage = sentence(error);
  const details: Record<string, string> = {};
  for (const name of detailNames) {
    const value = textOf(error, name);
    if (value !== undefined) details[name] = value;
  }
  return engineError({
    ...verdictOf(engineCode, engineMessage),
    engineCode,
    engineMessage,
    hint: textOf(error, 'hint'),
    details,
    cause: error,
  });
};

interface Connecting {
  readonly description: string;
  /** There was a connection before. */
  readonly reached: boolean;
}

/** While the first connection is made, nothing can be lost yet. */
export const classifyConnectError = (error: unknown, { description, reached }: Connecting): TidemarkError => {
  const failure = classifyPostgresError(error);
  const engineCode = textOf(error, 'code');
  const { engineMessage } = failure.details;
  const isUnreached = failure.code === 'connection_lost' && !reached;
  return engineError({
    code: isUnreached || failure.code === 'sql_failed' ? 'connection_failed' : failure.code,
    kind: 'connection',
    engineCode,
    engineMessage: String(engineMessage),
    message: `${description}: ${String(engineMessage)}`,
    hint: failure.hint,
    cause: error,
  });
};
