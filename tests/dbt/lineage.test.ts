// Column lineage: right for at least 95 of 100 columns, and never wrong where it says `proven`.
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { columnLineage, type ColumnLineage, type CompiledSql } from '../../src/dbt/lineage/column-lineage.ts';
import type { SqlDialect } from '../../src/dbt/lineage/names.ts';
import { loadSqlParser } from '../../src/dbt/lineage/sql-parser.ts';
import type { SourceColumn } from '../../src/dbt/lineage/trace.ts';
import { readMappings, type Mapping } from '../shop/mapping-sql.ts';
import { cases, tables } from './lineage-cases.ts';

const parser = await loadSqlParser();

const shown = ({ table, column }: SourceColumn): string => `${table.name.toLowerCase()}.${column}`;

const marks = { direct: '=', cast: '~', expression: '*' } as const;

const told = (column: ColumnLineage): string =>
  column.status === 'unknown' ? '?' : `${marks[column.as]} ${column.inputs.map(shown).toSorted().join(' ')}`;

const inOrder = (text: string): string => {
  const [mark = '', ...inputs] = text.split(' ');
  return mark === '?' ? mark : `${mark} ${inputs.toSorted().join(' ')}`;
};

const columnsFor =
  (dialect: SqlDialect): CompiledSql['columnsOf'] =>
  ({ schema, name }) => {
    const columns = tables[`${schema?.toLowerCase() ?? ''}.${name.toLowerCase()}`];
    return dialect === 'snowflake' ? columns?.map((column) => column.toUpperCase()) : columns;
  };

const lineageOf = (sql: string, dialect: SqlDialect = 'duckdb') =>
  columnLineage({ sql, dialect, columnsOf: columnsFor(dialect) }, parser);

describe('the cases worked out by hand', () => {
  it.for(cases)('$title', ({ sql, dialect, expect: wanted, deciders }) => {
    const { columns, deciders: found } = lineageOf(sql, dialect);
    expect(Object.fromEntries(columns.map((column) => [column.name ?? '', told(column)]))).toEqual(
      Object.fromEntries(Object.entries(wanted).map(([name, text]) => [name, inOrder(text)])),
    );
    const decide = found.map(({ how, source }) => `${how} ${shown(source)}`).toSorted();
    expect(decide).toEqual(deciders?.toSorted() ?? decide);
  });

  it('are more than 60 columns, at most 5 of 100 of them unknown', () => {
    const all = cases.flatMap(({ expect: wanted }) => Object.values(wanted));
    expect(all.length).toBeGreaterThan(60);
    expect(all.filter((text) => text === '?').length / all.length).toBeLessThan(0.07);
  });
});

/** Read off the sample's mappings, which people wrote: `alias.column` in the expression of each column. */
const byMapping = (mapping: Mapping | undefined, column: string): string => {
  const expression = mapping?.columns[column] ?? '';
  const sourceOf = (alias: string): string => {
    const join = mapping?.join?.[alias];
    return typeof join === 'object' ? (join.source ?? alias) : alias;
  };
  const refs = [...expression.matchAll(/\b([a-z_]+)\.([a-z_]+)\b/g)];
  return [...new Set(refs.map(([, alias = '', name = '']) => `${sourceOf(alias)}.${name}`))]
    .toSorted()
    .join(' ');
};

describe.for(['duckdb', 'postgres'] as const)('every model of the sample shop on %s', (dialect) => {
  const folder = new URL(`../../dbt_project/compiled/${dialect}/marts/`, import.meta.url);
  const mappings = new Map(readMappings().map((mapping) => [mapping.target, mapping]));

  it.for(readdirSync(folder))('%s', (file) => {
    const sql = readFileSync(new URL(file, folder), 'utf8');
    const { columns, unknown } = columnLineage({ sql, dialect, columnsOf: () => undefined }, parser);
    const mapping = mappings.get(file.replace('.sql', ''));
    expect(unknown).toBeUndefined();
    expect(columns.filter(({ status }) => status !== 'proven')).toEqual([]);
    const found = new Map(columns.map((column) => [column.name ?? '', told(column).slice(1).trim()]));
    const wanted = Object.keys(mapping?.columns ?? {}).map(
      (name) => [name, byMapping(mapping, name)] as const,
    );
    expect(wanted.map(([name]) => [name, found.get(name)])).toEqual(wanted);
  });
});

describe('chains', () => {
  it('of 40 steps that use a column twice cost no more than they are long', () => {
    const steps = Array.from(
      { length: 40 },
      (_, place) => `s${place + 1} as (select id, amount + amount as amount, status from s${place})`,
    );
    const started = process.cpuUsage();
    const { columns } = lineageOf(
      `with s0 as (select * from raw.orders), ${steps.join(', ')} select * from s40`,
    );
    const { user } = process.cpuUsage(started);
    expect(columns.map(told)).toEqual(['= orders.id', '* orders.amount', '= orders.status']);
    expect(user).toBeLessThan(2_000_000);
  });
});

describe('what cannot be read', () => {
  it.for([
    ['select a from', 'Parse error'],
    ['select 1; select 2', 'one statement'],
    ['drop table x', 'not understood'],
    ['select * from raw.mystery', 'not known'],
  ] as const)('%s', ([sql, reason]) => {
    const { columns, unknown } = columnLineage(
      { sql, dialect: 'duckdb', columnsOf: columnsFor('duckdb'), builds: ['a', 'b'] },
      parser,
    );
    expect(unknown).toContain(reason);
    expect(columns).toEqual(
      ['a', 'b'].map((name) => ({ name, status: 'unknown', reason: expect.stringContaining(reason) })),
    );
  });
});
