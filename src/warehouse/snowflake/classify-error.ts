// From the server's codes, and the driver's own, to our error codes; with the grant or the statement that mends it.
import type { ErrorCode } from '../../errors/policy.ts';
import { isTidemarkError, type TidemarkError } from '../../errors/tidemark-error.ts';
import { engineError, messageOf, type FailureKind } from '../engine-error.ts';

/** Who asks, for the statements that are proposed. */
export interface Asking {
  readonly role: string | undefined;
  readonly warehouse: string | undefined;
}

interface Verdict {
  readonly code: ErrorCode;
  readonly kind: FailureKind;
  readonly hint?: (asking: Asking, message: string) => string;
}

const failed = (kind: FailureKind): Verdict => ({ code: 'sql_failed', kind });
const lost: Verdict = { code: 'connection_lost', kind: 'connection' };

const roleOf = ({ role }: Asking): string => role ?? '<role>';
const warehouseOf = ({ warehouse }: Asking): string => warehouse ?? '<warehouse>';

const proof = (hint: string): Verdict => ({
  code: 'authentication_failed',
  kind: 'connection',
  hint: () => hint,
});

const key = proof(
  'the public key of the user must be the one of this private key, and the clocks must agree: `desc user <user>` shows RSA_PUBLIC_KEY_FP, `alter user <user> set rsa_public_key = …` sets it',
);
const token = proof(
  'the token is wrong or has ended: make a new one (`alter user <user> add programmatic access token …`)',
);

const noWarehouse: Verdict = {
  code: 'permission_denied',
  kind: 'other',
  hint: (asking) =>
    `name one in \`warehouse\`, and let the role use it: grant usage on warehouse ${warehouseOf(asking)} to role ${roleOf(asking)}; a suspended one without AUTO_RESUME is woken by: alter warehouse ${warehouseOf(asking)} resume`,
};

const kindOfObject = (message: string): string =>
  /\b(table|view|schema|database|warehouse|stage|sequence|stream)\b/i.exec(message)?.[1]?.toLowerCase() ??
  'table';

const missing: Verdict = {
  ...failed('missing_object'),
  hint: (asking, message) => {
    const name = /'([^']+)'/.exec(message)?.[1] ?? '<name>';
    const kind = /^.*\bobject\b/i.test(message) ? 'table' : kindOfObject(message);
    const right = kind === 'table' || kind === 'view' ? 'select' : 'usage';
    return `it does not exist, or the role may not see it: grant ${right} on ${kind} ${name} to role ${roleOf(asking)}`;
  },
};

const privilege: Verdict = {
  code: 'permission_denied',
  kind: 'other',
  hint: (asking, message) => {
    const [, kind = 'table', name = '<name>'] = /on (\w+) '([^']+)'/.exec(message) ?? [];
    const rights =
      kind.toLowerCase() === 'table'
        ? 'select, insert, update, delete'
        : kind.toLowerCase() === 'schema'
          ? 'usage, create table'
          : 'usage';
    return `grant ${rights} on ${kind.toLowerCase()} ${name} to role ${roleOf(asking)}`;
  },
};

const locked: Verdict = {
  code: 'lock_timeout',
  kind: 'other',
  hint: () =>
    'another transaction writes the table: `show locks in account` names it, `select system$abort_transaction(<id>)` ends one that was left behind',
};

const tooLong: Verdict = {
  code: 'statement_timeout',
  kind: 'other',
  hint: (asking) =>
    `a larger warehouse, or a longer limit: alter warehouse ${warehouseOf(asking)} set statement_timeout_in_seconds = <seconds>`,
};

const verdicts: Readonly<Record<string, Verdict>> = {
  '000603': failed('other'),
  '000604': { code: 'interrupted', kind: 'other' },
  '000606': noWarehouse,
  '000625': locked,
  '000630': tooLong,
  '000904': failed('missing_object'),
  '001003': failed('syntax'),
  '001007': failed('value'),
  '002002': failed('other'),
  '002003': missing,
  '002043': missing,
  '002140': failed('missing_object'),
  '003001': privilege,
  '003540': privilege,
  '090073': noWarehouse,
  '090105': { code: 'database_missing', kind: 'connection', hint: () => 'name one in `database`' },
  '100072': { code: 'constraint_violated', kind: 'constraint' },
  '100090': {
    code: 'constraint_violated',
    kind: 'constraint',
    hint: () => 'two rows of the source match one row',
  },
  '390100': proof('user or password is wrong; with MFA, `authenticator: username_password_mfa`'),
  '390104': lost,
  '390111': lost,
  '390112': lost,
  '390114': lost,
  '390144': key,
  '390189': proof('the role does not exist, or is not the user’s: `grant role <role> to user <user>`'),
  '390195': proof('the browser answered for another user'),
  '390201': {
    code: 'connection_failed',
    kind: 'connection',
    hint: () => 'a network policy keeps this address out',
  },
  '390303': token,
  '390318': token,
  '394400': token,
  '401001': lost,
  '401002': lost,
  '401003': lost,
  '401004': proof('the browser did not answer in time'),
  '402001': lost,
  '402002': lost,
  '407001': lost,
  '407002': lost,
};

/** Codes of data that does not fit a type begin so. */
const isValue = (code: string, state: string | undefined): boolean =>
  /^1000\d\d$/.test(code) || state?.startsWith('22') === true;

const deadlock: Verdict = { code: 'deadlock', kind: 'other' };

const verdictOf = (code: string | undefined, state: string | undefined, message: string): Verdict => {
  if (/deadlock/i.test(message)) return deadlock;
  if (/was not granted within LOCK_TIMEOUT|lock timeout/i.test(message)) return locked;
  const found = code === undefined ? undefined : verdicts[code];
  if (found !== undefined) return found;
  if (code === undefined) return lost;
  if (code.startsWith('39')) return proof('how we log in is told by `authenticator`, see docs/snowflake.md');
  return isValue(code, state)
    ? failed('value')
    : state?.startsWith('42') === true
      ? failed('syntax')
      : failed('other');
};

const codeOf = (error: unknown): string | undefined => {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  if (typeof code === 'number') return String(code).padStart(6, '0');
  return typeof code === 'string' && code !== '' ? code : undefined;
};

const stateOf = (error: unknown): string | undefined => {
  const state: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'sqlState') : undefined;
  return typeof state === 'string' ? state : undefined;
};

export const classifySnowflakeError = (error: unknown, asking: Asking): TidemarkError => {
  if (isTidemarkError(error)) return error;
  const engineCode = codeOf(error);
  const engineMessage = messageOf(error);
  const sqlState = stateOf(error);
  const { code, kind, hint } = verdictOf(engineCode, sqlState, engineMessage);
  return engineError({
    code,
    kind,
    engineCode,
    engineMessage,
    hint: hint?.(asking, engineMessage),
    details: sqlState === undefined ? {} : { sqlState },
    cause: error,
  });
};

/** While the first connection is made, nothing can be lost yet: what cannot be reached is a wrong account, most often. */
export const classifyConnectError = (error: unknown, asking: Asking, description: string): TidemarkError => {
  const failure = classifySnowflakeError(error, asking);
  const unreached = failure.code === 'connection_lost';
  return engineError({
    code: unreached || failure.code === 'sql_failed' ? 'connection_failed' : failure.code,
    kind: 'connection',
    engineCode: codeOf(error),
    engineMessage: messageOf(error),
    message: `${description}: ${messageOf(error)}`,
    hint: unreached
      ? "is the account right? `select current_organization_name() || '-' || current_account_name()` tells it to whoever is logged in"
      : failure.hint,
    cause: error,
  });
};
