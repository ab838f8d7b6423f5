// Type names of both engines reduced to what decides how a value is treated.
import { describe, expect, it } from 'vitest';
import { duckDbBaseType } from '../../src/warehouse/duckdb/base-type.ts';
import { openType, postgresBaseType } from '../../src/warehouse/postgres/base-type.ts';

describe('base types of Postgres', () => {
  it.each([
    ['numeric(12,4)', 'numeric', 'numeric'],
    ['DECIMAL( 12 , 4 )', 'numeric', 'numeric'],
    ['character varying(3)', 'varchar', 'varchar'],
    ['character varying(3)[]', 'varchar[]', 'varchar[]'],
    ['character(5)', 'bpchar', 'bpchar'],
    ['char', 'bpchar', 'bpchar'],
    ['"char"', '"char"', '"char"'],
    ['bit(3)', 'bit', 'pg_catalog."bit"'],
    ['bit(3)[]', 'bit[]', 'pg_catalog."bit"[]'],
    ['bit varying(3)', 'varbit', 'varbit'],
    ['timestamp(3) without time zone', 'timestamp without time zone', 'timestamp without time zone'],
    ['timestamptz', 'timestamp with time zone', 'timestamp with time zone'],
    ['interval day to second(3)', 'interval', 'interval'],
    ['interval(3)', 'interval', 'interval'],
    ['int8', 'bigint', 'bigint'],
    ['"Odd (Name)"', '"Odd (Name)"', '"Odd (Name)"'],
    ['extra.geometry(Point,4326)', 'extra.geometry', 'extra.geometry'],
    ['constructor', 'constructor', 'constructor'],
  ])('%s is %s, open %s', (type, base, open) => {
    expect(postgresBaseType(type)).toBe(base);
    expect(openType(type)).toBe(open);
  });
});

describe('base types of DuckDB', () => {
  it.each([
    ['DECIMAL(12,4)', 'decimal'],
    ['NUMERIC', 'decimal'],
    ['VARCHAR', 'varchar'],
    ['TEXT', 'varchar'],
    ['TIMESTAMP WITH TIME ZONE', 'timestamp with time zone'],
    ['timestamptz', 'timestamp with time zone'],
    ['DECIMAL(3,1)[]', 'decimal[]'],
    ['INTEGER[3]', 'integer[3]'],
    [`ENUM('a)', 'b')`, 'enum'],
    ['STRUCT(a INTEGER, "b)" VARCHAR)[]', 'struct[]'],
    ['MAP(VARCHAR, DECIMAL(3,1))', 'map'],
  ])('%s is %s', (type, base) => {
    expect(duckDbBaseType(type)).toBe(base);
  });
});
