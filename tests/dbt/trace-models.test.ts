// What lineage proves of models downstream: columns under their new names, rows that are decided, and what reads none
// of it; and nothing where a catalog is out of date.
import { beforeAll, describe, expect, it } from 'vitest';
import { modelTracer } from '../../src/batch/impact/trace-models.ts';
import type { DbtNode } from '../../src/dbt/manifest.ts';
import { loadSqlParser, type SqlParser } from '../../src/dbt/lineage/sql-parser.ts';
import { walkDownstream, type Affected } from '../../src/graph/downstream/downstream.ts';

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadSqlParser();
});

const model = (name: string, reads: readonly string[], materialized = 'table'): DbtNode => ({
  id: name,
  kind: 'model',
  name,
  package: 'shop',
  reads,
  file: '',
  materialized,
  ...(materialized === 'ephemeral' ? {} : { relation: { database: 'shop', schema: 'marts', name } }),
});

const named = (...columns: readonly string[]): Affected => ({
  proof: 'proven',
  columns: new Set(columns),
  rows: false,
  open: false,
});

interface World {
  readonly models: readonly DbtNode[];
  readonly sql: Readonly<Record<string, string>>;
  readonly catalog?: Readonly<Record<string, readonly string[]>>;
  readonly start?: Affected;
}

const told = ({ models, sql, catalog = {}, start = named('vendor_name') }: World) => {
  const sqlOf = (id: string) => ({ sql: sql[id], language: 'sql' });
  const columnsOf = ({ name }: { readonly name: string }) => catalog[name];
  const { found, untouched } = walkDownstream({
    nodes: [model('fact', []), ...models],
    starts: new Map([['fact', start]]),
    sqlOf,
    tracer: modelTracer({ parser, dialect: 'duckdb', sqlOf, columnsOf }),
  });
  return {
    found: found.map(
      ({ node, affected, why }) =>
        `${node.name} ${affected.proof} [${[...affected.columns].join()}]${affected.rows ? ' rows' : ''}: ${why}`,
    ),
    untouched,
  };
};

const fact = { fact: ['vendor_id', 'vendor_name', 'country'] };

describe('the lineage of a model', () => {
  it('follows a column under its new name, from model to model', () => {
    const models = [model('mart', ['fact']), model('report', ['mart']), model('other', ['mart'])];
    const sql = {
      mart: 'with f as (select * from "shop"."marts"."fact") select f.vendor_id, upper(f.vendor_name) as seller from f',
      report: 'select m.seller || \'!\' as shout from "shop"."marts"."mart" as m',
      other: 'select vendor_id from marts.mart',
    };
    expect(told({ models, sql, catalog: fact })).toEqual({
      found: [
        'mart proven [seller]: its SQL makes `seller` of it',
        'report proven [shout]: its SQL makes `shout` of it',
      ],
      untouched: ['other'],
    });
  });

  it('tells rows that are joined and filtered by it', () => {
    const models = [model('big', ['fact']), model('board', ['big'])];
    const sql = {
      big: "select f.vendor_id from marts.fact as f where f.vendor_name like 'A%'",
      board: 'select count(*) as n from marts.big',
    };
    expect(told({ models, sql, catalog: fact }).found).toEqual([
      'big proven [] rows: its joins and filters read it',
      'board proven [] rows: reads `big`, whose rows come and go',
    ]);
  });

  it('goes through what dbt inlines', () => {
    const models = [model('soft', ['fact'], 'ephemeral'), model('mart', ['soft'])];
    const inner = 'select f.vendor_name as v from marts.fact as f';
    const sql = {
      soft: inner,
      mart: `with __dbt__cte__soft as (${inner}) select v as w from __dbt__cte__soft`,
    };
    expect(told({ models, sql, catalog: fact }).found).toEqual([
      'soft proven [v]: its SQL makes `v` of it',
      'mart proven [w]: its SQL makes `w` of it',
    ]);
  });

  it('proves nothing by a list of columns that is out of date, or not there', () => {
    const models = [model('mart', ['fact'])];
    const sql = { mart: 'select * from marts.fact' };
    const expected = ['mart by_name [vendor_name]: its SQL takes all columns with `*`'];
    expect(told({ models, sql }).found).toEqual(expected);
    expect(told({ models, sql, catalog: { fact: ['vendor_id'] } }).found).toEqual(expected);
    expect(told({ models, sql: { mart: 'select broken from (' } }).found).toHaveLength(1);
  });
});
