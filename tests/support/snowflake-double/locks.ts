// One writer per table: UPDATE, DELETE and MERGE wait for one another until the transaction of the first has ended.
import { SnowflakeFailure } from './failure.ts';

interface Waiter {
  readonly session: number;
  readonly proceed: () => void;
}

export class TableLocks {
  readonly #owners = new Map<string, number>();
  readonly #waiting = new Map<string, Waiter[]>();

  async take(table: string, session: number, timeoutMs: number): Promise<void> {
    const owner = this.#owners.get(table);
    if (owner === undefined || owner === session) {
      this.#owners.set(table, session);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const waiter = {
        session,
        proceed: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        const queue = this.#waiting.get(table) ?? [];
        this.#waiting.set(
          table,
          queue.filter((each) => each !== waiter),
        );
        reject(
          new SnowflakeFailure(
            '000625',
            '57014',
            `Statement was aborted because the lock on table ${table} was not granted within LOCK_TIMEOUT`,
          ),
        );
      }, timeoutMs);
      this.#waiting.set(table, [...(this.#waiting.get(table) ?? []), waiter]);
    });
  }

  release(session: number): void {
    for (const [table, owner] of this.#owners) {
      if (owner !== session) continue;
      this.#owners.delete(table);
      const [next, ...rest] = this.#waiting.get(table) ?? [];
      this.#waiting.set(table, rest);
      if (next === undefined) continue;
      this.#owners.set(table, next.session);
      next.proceed();
    }
  }
}
