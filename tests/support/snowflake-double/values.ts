// Rows of DuckDB in the forms of the wire: texts or null, and what the reply says of each column.
import type { DuckDBMaterializedResult, DuckDBValue } from '@duckdb/node-api';
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBTimeValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
} from '@duckdb/node-api';
import { notModelled } from './failure.ts';
import { outerName } from './names.ts';
import { declaredOf } from './types.ts';

export interface WireColumn {
  readonly name: string;
  readonly type: string;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly length: number | null;
  readonly byteLength: number | null;
  readonly nullable: boolean;
}

type WireRow = readonly (string | null)[];

export interface WireResult {
  readonly columns: readonly WireColumn[];
  readonly rows: readonly WireRow[];
}

const wireTypes: Readonly<Record<string, string>> = {
  NUMBER: 'fixed',
  FLOAT: 'real',
  VARCHAR: 'text',
};

export const wireColumn = (name: string, declared: string): WireColumn => {
  const [, base = declared, first, second] = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?$/.exec(declared) ?? [];
  const isNumber = base === 'NUMBER';
  const isMoment = base.startsWith('TIME');
  const sized = base === 'VARCHAR' || base === 'BINARY';
  return {
    name,
    type: wireTypes[base] ?? base.toLowerCase(),
    precision: isNumber ? Number(first) : isMoment ? 0 : null,
    scale: isNumber ? Number(second) : isMoment ? Number(first) : null,
    length: sized ? Number(first) : null,
    byteLength: sized ? Number(first) : null,
    nullable: true,
  };
};

/** One decimal number with its sign, as the driver reads it. */
const secondsOf = (amount: bigint, perSecond: bigint): string => {
  const size = amount < 0n ? -amount : amount;
  const digits = String(perSecond).length - 1;
  const fraction = String(size % perSecond)
    .padStart(digits, '0')
    .padEnd(9, '0');
  return `${amount < 0n ? '-' : ''}${size / perSecond}.${fraction}`;
};

const realOf = (value: number): string =>
  Number.isNaN(value) ? 'NaN' : value === Infinity ? 'inf' : value === -Infinity ? '-inf' : String(value);

const wireValue = (value: DuckDBValue, isReal: boolean): string | null => {
  if (value === null) return null;
  if (typeof value === 'number') return isReal ? realOf(value) : String(value);
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (value instanceof DuckDBDecimalValue) return value.toString();
  if (value instanceof DuckDBDateValue) return String(value.days);
  if (value instanceof DuckDBTimeValue) return secondsOf(value.micros, 1_000_000n);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return secondsOf(value.micros, 1_000_000n);
  if (value instanceof DuckDBTimestampNanosecondsValue) return secondsOf(value.nanos, 1_000_000_000n);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('hex').toUpperCase();
  if (value instanceof DuckDBListValue) return JSON.stringify(value.items.map(String));
  throw notModelled(`a value of DuckDB's kind ${value.constructor.name}`);
};

export const wireColumns = (result: DuckDBMaterializedResult): readonly WireColumn[] =>
  result.columnNames().map((name, place) => {
    const type = result.columnType(place);
    const inner = type.alias === 'JSON' ? 'JSON' : type.toString();
    return wireColumn(outerName(name), declaredOf(inner));
  });

export const wireResult = async (result: DuckDBMaterializedResult): Promise<WireResult> => {
  const columns = wireColumns(result);
  const rows = await result.getRows();
  return {
    columns,
    rows: rows.map((row) => row.map((value, place) => wireValue(value, columns[place]?.type === 'real'))),
  };
};

/** The one row by which DML answers. */
export const counts = (named: Readonly<Record<string, number>>): WireResult => ({
  columns: Object.keys(named).map((name) => wireColumn(name, 'NUMBER(19,0)')),
  rows: [Object.values(named).map(String)],
});

/** DDL and the like answer with a sentence. */
export const status = (sentence: string): WireResult => ({
  columns: [wireColumn('status', 'VARCHAR(16777216)')],
  rows: [[sentence]],
});
