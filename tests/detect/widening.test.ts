// Types that hold every value of another, on each engine's own names.
import { describe, expect, it } from 'vitest';
import { widens } from '../../src/detect/widening.ts';
import { duckDbBaseType } from '../../src/warehouse/duckdb/base-type.ts';
import { postgresBaseType } from '../../src/warehouse/postgres/base-type.ts';

const postgres: readonly (readonly [from: string, to: string, widens: boolean])[] = [
  ['integer', 'bigint', true],
  ['bigint', 'integer', false],
  ['smallint', 'numeric(10,0)', false],
  ['character varying(40)', 'character varying(80)', true],
  ['character varying(40)', 'character varying', true],
  ['character varying', 'character varying(40)', false],
  ['character varying(40)', 'character varying(20)', false],
  ['character varying(40)', 'text', true],
  ['text', 'character varying(40)', false],
  ['numeric(10,2)', 'numeric(12,2)', true],
  ['numeric(10,2)', 'numeric(12,4)', true],
  ['numeric(10,2)', 'numeric(11,4)', false],
  ['numeric(10,2)', 'numeric(12,1)', false],
  ['numeric(10,2)', 'numeric', true],
  ['numeric', 'numeric(38,10)', false],
  ['timestamp(3) without time zone', 'timestamp without time zone', true],
  ['timestamp without time zone', 'timestamp(3) without time zone', false],
  ['timestamp(0) with time zone', 'timestamp(3) with time zone', true],
  ['timestamp without time zone', 'timestamp with time zone', false],
  ['date', 'timestamp without time zone', false],
  ['character varying(3)[]', 'character varying(9)[]', false],
  ['character(3)', 'character(9)', false],
  ['boolean', 'integer', false],
];

const duckDb: typeof postgres = [
  ['INTEGER', 'BIGINT', true],
  ['TINYINT', 'HUGEINT', true],
  ['BIGINT', 'INTEGER', false],
  ['DECIMAL(10,2)', 'DECIMAL(12,3)', true],
  ['DECIMAL(10,2)', 'DECIMAL(10,3)', false],
  ['TIMESTAMP_S', 'TIMESTAMP', true],
  ['TIMESTAMP', 'TIMESTAMP_MS', false],
  ['VARCHAR', 'INTEGER', false],
  ["ENUM('a')", "ENUM('a', 'b')", false],
];

describe.each([
  ['postgres', postgresBaseType, postgres],
  ['duckdb', duckDbBaseType, duckDb],
] as const)('on %s', (_engine, baseType, cases) => {
  it.each(cases)('%s to %s: %s', (from, to, expected) => {
    expect(widens(baseType, from, to)).toBe(expected);
  });
});
