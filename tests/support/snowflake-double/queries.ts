// Queries under way and done: one per requestId, whose reply is given again to whoever asks again; and their chunks.
import { randomUUID } from 'node:crypto';
import { execute, type Executed } from './execute.ts';
import { notModelled, SnowflakeFailure } from './failure.ts';
import type { DoubleSession } from './session.ts';
import type { Bind } from './statement.ts';
import type { World } from './world.ts';

export interface QueryBody {
  readonly sqlText: string;
  readonly bindings?: Readonly<Record<string, Bind>>;
  readonly describeOnly?: boolean;
  readonly asyncExec?: boolean;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface Reply {
  readonly success: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly data: unknown;
}

interface Query {
  readonly id: string;
  readonly session: DoubleSession;
  readonly abort: AbortController;
  readonly reply: Promise<Reply>;
}

const defaultChunk = 10_000;

export class Queries {
  readonly #world: World;
  readonly #byRequest = new Map<string, Query>();
  readonly #byId = new Map<string, Query>();
  readonly #chunks = new Map<string, string>();
  /** Where chunks are fetched from. */
  origin = '';

  constructor(world: World) {
    this.#world = world;
  }

  /** Asked again with the same requestId, the statement does not run again. */
  ask(requestId: string, session: DoubleSession, body: QueryBody): Query {
    const known = this.#byRequest.get(requestId);
    if (known !== undefined) return known;
    const id = randomUUID();
    const abort = new AbortController();
    const query: Query = {
      id,
      session,
      abort,
      reply: this.#run(id, session, { ...body, signal: abort.signal }),
    };
    this.#byRequest.set(requestId, query);
    this.#byId.set(id, query);
    return query;
  }

  find(id: string): Query | undefined {
    return this.#byId.get(id);
  }

  abort(requestId: string): void {
    this.#byRequest.get(requestId)?.abort.abort();
  }

  /** Nothing outlives the server. */
  abortAll(): void {
    for (const { abort } of this.#byRequest.values()) abort.abort();
  }

  chunk(path: string): string | undefined {
    return this.#chunks.get(path);
  }

  async #run(id: string, session: DoubleSession, body: QueryBody & { signal: AbortSignal }): Promise<Reply> {
    const binds = Object.entries(body.bindings ?? {})
      .toSorted(([left], [right]) => Number(left) - Number(right))
      .map(([, bind]) => bind);
    const { MULTI_STATEMENT_COUNT: statements = 1, ...others } = body.parameters ?? {};
    const { sqlText: sql, describeOnly = false, signal } = body;
    try {
      for (const name of Object.keys(others)) throw notModelled(`${name} for one statement`);
      return this.#answer(
        id,
        session,
        await execute(this.#world, session, {
          sql,
          binds,
          describeOnly,
          signal,
          statements: Number(statements),
        }),
      );
    } catch (error) {
      return failed(error, id);
    }
  }

  #answer(id: string, session: DoubleSession, { columns, rows, statementTypeId }: Executed): Reply {
    const size = this.#world.setting.chunkRows ?? defaultChunk;
    const chunks: { url: string; rowCount: number; compressedSize: number; uncompressedSize: number }[] = [];
    for (let start = size; start < rows.length; start += size) {
      const path = `/chunks/${id}/${chunks.length}`;
      const some = rows.slice(start, start + size);
      // Rows joined by commas, without the brackets around them.
      const text = some.map((row) => JSON.stringify(row)).join(',');
      this.#chunks.set(path, text);
      chunks.push({
        url: `${this.origin}${path}`,
        rowCount: some.length,
        compressedSize: text.length,
        uncompressedSize: text.length,
      });
    }
    return {
      success: true,
      code: null,
      message: null,
      data: {
        parameters: [...session.parameters].map(([name, value]) => ({ name, value: typed(value) })),
        rowtype: columns,
        rowset: rows.slice(0, size),
        total: rows.length,
        returned: rows.length,
        queryId: id,
        sqlState: '00000',
        statementTypeId,
        version: 1,
        queryResultFormat: 'json',
        finalDatabaseName: session.database ?? null,
        finalSchemaName: session.schema ?? null,
        finalWarehouseName: session.warehouse ?? null,
        finalRoleName: session.role,
        ...(chunks.length === 0 ? {} : { chunks, chunkHeaders: {} }),
      },
    };
  }
}

export const typed = (value: string): string | number | boolean => {
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return /^\d+$/.test(value) ? Number(value) : value;
};

export const failed = (error: unknown, queryId: string | null): Reply => {
  const failure =
    error instanceof SnowflakeFailure
      ? error
      : new SnowflakeFailure(
          '300002',
          'XX000',
          `the double failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
  const { code, sqlState, message } = failure;
  return {
    success: false,
    code,
    message,
    data: {
      errorCode: code,
      sqlState,
      queryId,
      line: -1,
      pos: -1,
      type: 'COMPILATION',
      internalError: false,
    },
  };
};
