// One connection to the server: sends statements, knows whether it still lives, opens and ends transactions.
import type { Client, QueryResult } from 'pg';
import { TidemarkError, isTidemarkError } from '../../errors/tidemark-error.ts';
import type { BoundValue } from '../bound-value.ts';
import { isConnectionLoss } from '../engine-error.ts';
import type { TransactionSteps } from '../run-transaction.ts';
import { published } from '../statement-channel.ts';
import { classifyPostgresError } from './classify-error.ts';

/** Set for each transaction, not for the session: behind pgbouncer a session is somebody else's a moment later. */
const settings = [
  `set local timezone = 'UTC'`,
  `set local datestyle = 'ISO, YMD'`,
  `set local intervalstyle = 'postgres'`,
  `set local bytea_output = 'hex'`,
  'set local extra_float_digits = 1',
  'set local standard_conforming_strings = on',
  'set local client_min_messages = warning',
  `set local lock_timeout = '30s'`,
  'set local jit = off',
  // Scratch is all that is analyzed in a transaction. How many rows there are, and whether keys are unique, is seen in a
  // thousand of them; the 30,000 of the default take 130 ms for 5,000 rows of 26 columns, and 550 ms for 20,000.
  'set local default_statistics_target = 4',
].join('; ');

/** Said aloud: the default of the server or of the role may be another. */
export const readCommitted = 'isolation level read committed';

/** For lone statements: scratch, reads, and notes that the next durable commit takes to disk with it. Waiting for
 *  the disk after each of the 50 of a run is 0.1 s and more. */
export const unhurried = 'set local synchronous_commit = off';

type Rows = Record<string, unknown>;

export interface Outcome {
  readonly result: QueryResult<Rows>;
  readonly count: number;
}

export class PgConnection {
  readonly label: string;
  readonly #client: Client;
  /** Not to be used again: the server, or the state of the connection, is lost. */
  broken = false;
  /** The first failure inside the open transaction. */
  failure: Error | undefined;
  /** While a transaction is open: the server process that runs it. */
  backend: number | undefined;
  cancelled = false;

  constructor(label: string, client: Client) {
    this.label = label;
    this.#client = client;
    // Without a listener the loss of an idle connection would end the process.
    client.on('error', () => {
      this.broken = true;
    });
    client.on('end', () => {
      this.broken = true;
    });
  }

  send(text: string, values: readonly BoundValue[] = []): Promise<Outcome> {
    return published(this.label, text, async () => {
      try {
        const answer = await this.#client.query<Rows>({ text, values: [...values] });
        // Several statements in one text answer with a list.
        const result = (Array.isArray(answer) ? answer.at(-1) : answer) as QueryResult<Rows>;
        return { result, count: result.rowCount ?? 0 };
      } catch (error) {
        const failure = this.#classified(error);
        this.failure ??= failure;
        if (isConnectionLoss(failure)) this.broken = true;
        throw failure;
      }
    });
  }

  #classified(error: unknown): TidemarkError {
    const failure = classifyPostgresError(error);
    if (!this.cancelled || failure.code !== 'statement_timeout') return failure;
    const { message, details, cause } = failure;
    return new TidemarkError('interrupted', { message, details, cause });
  }

  /** One round trip. `mode` may name an isolation level, `first` a statement that must come before all others. */
  async begin(mode = readCommitted, first = ''): Promise<void> {
    this.failure = undefined;
    this.cancelled = false;
    const statements = [`begin ${mode}`, first, settings, 'select pg_backend_pid() as backend'];
    try {
      const { result } = await this.send(statements.filter((text) => text !== '').join('; '));
      this.backend = Number(result.rows[0]?.['backend']);
    } catch (error) {
      this.broken = true;
      throw error;
    }
  }

  /** Says whether the work was kept: the server answers COMMIT of a failed transaction with ROLLBACK. */
  async commit(): Promise<boolean> {
    this.backend = undefined;
    try {
      return (await this.send('commit')).result.command === 'COMMIT';
    } catch (error) {
      if (!isTidemarkError(error) || !isConnectionLoss(error)) throw error;
      throw new TidemarkError('commit_unknown', {
        message: 'the connection was lost during COMMIT: whether it happened is not known',
        details: error.details,
        cause: error,
      });
    }
  }

  /**
   * A statement in a transaction of its own, in one round trip: begin, statement and commit are sent without waiting
   * for the answers between them. Where the statement fails, the server answers the commit with a rollback.
   */
  async alone(text: string, values: readonly BoundValue[], first: string): Promise<Outcome> {
    const [begun, sent, committed] = await Promise.allSettled([
      this.begin(readCommitted, first),
      this.send(text, values),
      this.commit(),
    ]);
    this.backend = undefined;
    if (begun.status === 'rejected') throw begun.reason;
    if (sent.status === 'rejected') {
      if (committed.status === 'rejected') this.broken = true;
      throw sent.reason;
    }
    if (committed.status === 'rejected') throw committed.reason;
    if (!committed.value) throw this.#undoneCommit();
    return sent.value;
  }

  #undoneCommit(): Error {
    return (
      this.failure ??
      new TidemarkError('internal', { message: 'the server rolled back instead of committing' })
    );
  }

  /** A transaction of which everything or nothing is kept. */
  strictSteps(first = ''): TransactionSteps {
    return {
      begin: () => this.begin(readCommitted, first),
      commit: async () => {
        if (!(await this.commit())) throw this.#undoneCommit();
      },
      rollback: () => this.rollback(),
    };
  }

  async rollback(): Promise<void> {
    this.backend = undefined;
    try {
      await this.send('rollback');
    } catch (error) {
      this.broken = true;
      throw error;
    }
  }

  async end(): Promise<void> {
    // A connection that is lost has nothing left to close properly.
    await this.#client.end().catch(() => undefined);
  }
}
