// One session on the server: sends statements, knows whether it still lives, opens and ends transactions.
import type { Connection, RowStatement } from 'snowflake-sdk';
import { isTidemarkError, TidemarkError } from '../../errors/tidemark-error.ts';
import type { BoundValue } from '../bound-value.ts';
import { isConnectionLoss } from '../engine-error.ts';
import type { TransactionSteps } from '../run-transaction.ts';
import { published } from '../statement-channel.ts';
import { classifySnowflakeError, type Asking } from './classify-error.ts';
import { exactRow, writtenRows, type ReplyColumn, type ReplyRow } from './values.ts';

export interface Outcome {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly columns: readonly ReplyColumn[];
  /** Rows read, or written. */
  readonly count: number;
}

export interface SendOptions {
  readonly values?: readonly BoundValue[];
  readonly describeOnly?: boolean;
  readonly isShort?: boolean;
  /** So many statements stand in one text. */
  readonly statements?: number;
}

interface Limits {
  /** After that the server has not answered, whatever its own limit was: the driver asks a thousand times. */
  readonly deadlineMs: number;
  /** The same for what takes no time: begin, commit, rollback. */
  readonly shortDeadlineMs: number;
}

/** A server that cannot be reached is not waited for. */
const endingMs = 5000;

/** The driver knows no bigints; whole numbers in texts are read as numbers where one is wanted. */
const bindable = (value: BoundValue): string | number | boolean | null =>
  typeof value === 'bigint' ? String(value) : value;

export class SnowflakeSession {
  readonly label: string;
  readonly #connection: Connection;
  readonly #asking: Asking;
  readonly #limits: Limits;
  #running: RowStatement | undefined;
  #cancelled = false;
  /** Not to be used again. */
  broken = false;
  /** The first failure inside the open transaction, which the server itself would commit without. */
  failure: Error | undefined;

  constructor(connection: Connection, of: { readonly label: string; readonly asking: Asking } & Limits) {
    this.#connection = connection;
    this.label = of.label;
    this.#asking = of.asking;
    this.#limits = of;
  }

  send(text: string, options: SendOptions = {}): Promise<Outcome> {
    return published(this.label, text, async () => {
      this.#cancelled = false;
      try {
        return await this.#run(text, options);
      } catch (error) {
        const failure = this.#classified(error);
        this.failure ??= failure;
        if (isConnectionLoss(failure)) this.broken = true;
        throw failure;
      } finally {
        this.#running = undefined;
      }
    });
  }

  #run(text: string, { values = [], describeOnly, isShort, statements }: SendOptions): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          this.broken = true;
          void this.cancel();
          reject(new TidemarkError('connection_lost', { message: 'the server does not answer any more' }));
        },
        isShort === true ? this.#limits.shortDeadlineMs : this.#limits.deadlineMs,
      );
      timer.unref();
      const done = (
        error: Error | null | undefined,
        statement: RowStatement,
        rows: readonly ReplyRow[] | undefined,
      ): void => {
        clearTimeout(timer);
        if (error !== undefined && error !== null) {
          reject(error);
          return;
        }
        const columns = (statement.getColumns() ?? []) as unknown as readonly ReplyColumn[];
        const exact = (rows ?? []).map((row) => exactRow(columns, row));
        resolve({ rows: exact, columns, count: writtenRows(exact[0]) ?? exact.length });
      };
      this.#running = this.#connection.execute({
        sqlText: text,
        ...(values.length === 0 ? {} : { binds: values.map(bindable) as never }),
        ...(describeOnly === true ? { describeOnly } : {}),
        ...(statements === undefined ? {} : { parameters: { MULTI_STATEMENT_COUNT: statements } }),
        rowMode: 'array',
        complete: (error: Error | null | undefined, statement: RowStatement, rows?: unknown[]) => {
          done(error, statement, rows as readonly ReplyRow[] | undefined);
        },
      } as never);
    });
  }

  #classified(error: unknown): TidemarkError {
    if (isTidemarkError(error)) return error;
    const failure = classifySnowflakeError(error, this.#asking);
    if (!this.#cancelled || failure.code === 'interrupted') return failure;
    const { message, details, cause } = failure;
    return new TidemarkError('interrupted', { message, details, cause });
  }

  /** Stops what runs; the server may not know of it yet, and then there is nothing to stop. */
  async cancel(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#cancelled = true;
    await new Promise<void>((resolve) => {
      running.cancel(() => {
        resolve();
      });
    });
  }

  async begin(): Promise<void> {
    this.failure = undefined;
    try {
      await this.send('begin', { isShort: true });
    } catch (error) {
      this.broken = true;
      throw error;
    }
  }

  /** The driver asks again and again under the same request number, so that a lost answer alone is no loss. */
  async commit(): Promise<void> {
    try {
      await this.send('commit', { isShort: true });
    } catch (error) {
      if (!isTidemarkError(error) || !isConnectionLoss(error)) throw error;
      throw new TidemarkError('commit_unknown', {
        message: 'the connection was lost during COMMIT: whether it happened is not known',
        details: error.details,
        cause: error,
      });
    }
  }

  async rollback(): Promise<void> {
    try {
      await this.send('rollback', { isShort: true });
    } catch (error) {
      this.broken = true;
      throw error;
    }
  }

  /** Also ends what the driver goes on asking for: its session is gone. */
  async end(): Promise<void> {
    await new Promise<void>((resolve) => {
      setTimeout(resolve, endingMs).unref();
      // A session that is lost has nothing left to close properly.
      this.#connection.destroy(() => {
        resolve();
      });
    });
  }
}

/** A transaction of which everything or nothing is kept: the server goes on after a statement that failed. */
export const strictSteps = (session: SnowflakeSession): TransactionSteps => ({
  begin: () => session.begin(),
  async commit() {
    const { failure } = session;
    if (failure === undefined) return session.commit();
    await session.rollback();
    throw failure;
  },
  rollback: () => session.rollback(),
});
