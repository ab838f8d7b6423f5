// Statements on the one DuckDB connection, and its values in the exact forms that the port promises.
import type * as driverModule from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBMaterializedResult, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Statement } from '../../sql/fragment.ts';
import { boundValues, type BoundValue } from '../bound-value.ts';
import { compileStatement } from '../compile-statement.ts';
import type { Row, Session } from '../port.ts';
import { published } from '../statement-channel.ts';
import { classifyDuckDbError } from './classify-error.ts';

export type DuckDbDriver = typeof driverModule;

interface Outcome {
  readonly result: DuckDBMaterializedResult;
  readonly rows: readonly Row[];
  readonly count: number;
}

const fitsBigint = (value: bigint): boolean => BigInt.asIntN(64, value) === value;

export class DuckDbSession implements Session {
  readonly #driver: DuckDbDriver;
  readonly #connection: DuckDBConnection;
  readonly #label: string;
  /** Why the open transaction may be aborted: DuckDB commits an aborted one without a word. */
  failure: Error | undefined;

  constructor(driver: DuckDbDriver, connection: DuckDBConnection, label: string) {
    this.#driver = driver;
    this.#connection = connection;
    this.#label = label;
  }

  async rows<R = Row>(statement: Statement): Promise<readonly R[]> {
    const { sql, parameters } = compileStatement(statement);
    const outcome = await this.send(sql, boundValues(parameters));
    return outcome.rows as readonly R[];
  }

  async execute(statement: Statement): Promise<number> {
    const { sql, parameters } = compileStatement(statement);
    return (await this.send(sql, boundValues(parameters))).count;
  }

  async send(sql: string, values: readonly BoundValue[] = []): Promise<Outcome> {
    return published(this.#label, sql, async () => {
      try {
        const result = await this.#run(sql, values);
        const rows = (await result.getRowObjects()).map((row) => this.#exactRow(row));
        return { result, rows, count: this.#countOf(result, rows) };
      } catch (error) {
        const failure = classifyDuckDbError(error);
        this.failure = failure;
        throw failure;
      }
    });
  }

  #run(sql: string, values: readonly BoundValue[]): Promise<DuckDBMaterializedResult> {
    if (values.length === 0) return this.#connection.run(sql);
    // The driver binds every bigint as hugeint, which no index on a 64-bit column serves.
    const types: Record<string, DuckDBType> = {};
    values.forEach((value, index) => {
      if (typeof value === 'bigint' && fitsBigint(value)) types[String(index + 1)] = this.#driver.BIGINT;
    });
    const named = Object.fromEntries(values.map((value, index) => [String(index + 1), value]));
    return this.#connection.run(sql, named, types);
  }

  /** Written rows; `create table as` reports them as a row, RETURNING as the rows themselves. */
  #countOf(result: DuckDBMaterializedResult, rows: readonly Row[]): number {
    const { CHANGED_ROWS, QUERY_RESULT } = this.#driver.ResultReturnType;
    if (result.returnType === CHANGED_ROWS) return result.rowsChanged;
    if (result.returnType === QUERY_RESULT) return rows.length;
    return Number(rows[0]?.['Count'] ?? 0);
  }

  #exactRow(row: Readonly<Record<string, DuckDBValue>>): Row {
    const exact: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(row)) exact[name] = this.#exactValue(value);
    return exact;
  }

  #exactValue(value: DuckDBValue): unknown {
    if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
    // The driver would print instants in the time zone of this process.
    if (value instanceof this.#driver.DuckDBTimestampTZValue) {
      const text = new this.#driver.DuckDBTimestampValue(value.micros).toString();
      return value.isFinite ? `${text}+00` : text;
    }
    return String(value);
  }
}
