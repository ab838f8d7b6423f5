// Somebody else writes while a batch is under way: the run stands before one of its statements until he is done.
import { Client } from 'pg';
import { runIn, type RunOptions, type RunResult } from '../../../src/batch/run.ts';
import { isTidemarkError, type TidemarkError } from '../../../src/errors/tidemark-error.ts';
import { openWarehouse } from '../../../src/warehouse/open.ts';
import { startProxy, type PostgresProxy } from '../../support/postgres-proxy.ts';
import { listening } from '../../support/statements.ts';
import type { Place } from '../place.ts';

/** He gives up rather than wait for what the run holds, which itself waits for him. */
const impatience = `set local lock_timeout = '300ms'`;

export interface Meanwhile {
  /** Of the run's statements about this history, the one before which he acts; 0: the first of the commit. */
  readonly at: number;
  readonly act: (place: Place) => Promise<void>;
}

export interface Disturbed {
  readonly result?: RunResult | undefined;
  readonly error?: TidemarkError | undefined;
  /** He came to his turn, and the engine let him. */
  readonly acted: boolean;
  readonly refused?: string | undefined;
}

export class Court {
  readonly #place: Place;
  readonly #proxy: PostgresProxy;
  readonly #client: Client;
  readonly #mark: string;

  private constructor(
    place: Place,
    ours: {
      readonly proxy: PostgresProxy;
      readonly client: Client;
      readonly mark: string;
    },
  ) {
    this.#place = place;
    this.#proxy = ours.proxy;
    this.#client = ours.client;
    this.#mark = ours.mark;
  }

  /** `mark` stands in the name of every table of the history. */
  static async open(place: Place, url: string, mark: string): Promise<Court> {
    const proxy = await startProxy(url);
    const client = new Client({ connectionString: url });
    await client.connect();
    return new Court(place, { proxy, client, mark });
  }

  async run(options: RunOptions, { at, act }: Meanwhile): Promise<Disturbed> {
    let turn = 0;
    let done: Promise<string | undefined> | undefined;
    const onStatement = (event: { readonly phase: string; readonly sql: string }): void => {
      if (done !== undefined || event.phase !== 'before' || !event.sql.includes(this.#mark)) return;
      turn += 1;
      if (at === 0 ? !event.sql.includes('."batches" (') : turn !== at) return;
      this.#proxy.hold();
      done = this.#acting(act).finally(() => this.#proxy.release());
    };
    const runner = await openWarehouse({ type: 'postgres', url: this.#proxy.url });
    try {
      const result = await listening(onStatement, () => runIn(runner, options));
      return { result, acted: done !== undefined, refused: await done };
    } catch (error) {
      if (!isTidemarkError(error)) throw error;
      return { error, acted: done !== undefined, refused: await done };
    } finally {
      await runner.close();
    }
  }

  /** In one transaction; answers why the engine did not let him. */
  async #acting(act: (place: Place) => Promise<void>): Promise<string | undefined> {
    const execute = async (statement: string): Promise<void> => {
      await this.#client.query(statement);
    };
    const hand: Place = {
      ...this.#place,
      execute,
      executeByOthers: async (statements) => {
        for (const statement of statements) await execute(statement);
      },
    };
    await execute('begin');
    try {
      await execute(impatience);
      await act(hand);
      await execute('commit');
      return undefined;
    } catch (error) {
      await execute('rollback');
      return error instanceof Error ? error.message : String(error);
    }
  }

  async close(): Promise<void> {
    await this.#client.end();
    await this.#proxy.close();
  }
}
