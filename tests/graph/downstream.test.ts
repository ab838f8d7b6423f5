// What dbt builds of a change, and how sure that is: never surer than it can be told, and nothing left out.
import { describe, expect, it } from 'vitest';
import type { DbtNode } from '../../src/dbt/manifest.ts';
import {
  walkDownstream,
  type Affected,
  type Downstream,
  type ReadSql,
  type Tracer,
  type Walked,
} from '../../src/graph/downstream/downstream.ts';

const node = (id: string, reads: readonly string[], kind: DbtNode['kind'] = 'model'): DbtNode => ({
  id,
  kind,
  name: id,
  package: 'shop',
  reads,
  file: '',
});

const columns = (...names: readonly string[]): Affected => ({
  proof: 'proven',
  columns: new Set(names),
  rows: false,
  open: false,
});

const rows: Affected = { ...columns(), rows: true };

const sqlNode = (sql: string | undefined, language = 'sql'): ReadSql => ({ sql, language });

interface World {
  readonly nodes: readonly DbtNode[];
  readonly start: Affected;
  readonly sql?: Readonly<Record<string, ReadSql>>;
  readonly tracer?: Tracer;
}

const walk = ({ nodes, start, sql = {}, tracer }: World): Walked =>
  walkDownstream({
    nodes: [node('fact', []), ...nodes],
    starts: new Map([['fact', start]]),
    sqlOf: (id) => sql[id],
    tracer,
  });

const show = ({ node: { name }, affected, why, via }: Downstream): string =>
  `${name} ${affected.proof} [${[...affected.columns].join()}]${affected.rows ? ' rows' : ''} via ${via.join('>')}: ${why}`;

const told = (world: World): readonly string[] => walk(world).found.map(show);

describe('a model downstream', () => {
  const one = (sql: ReadSql, start = columns('vendor_name')): readonly string[] =>
    told({ nodes: [node('mart', ['fact'])], start, sql: { mart: sql } });

  it('that names the column is found by the name', () => {
    expect(one(sqlNode('select upper(f."Vendor_Name") as n from marts.fact f'))).toEqual([
      'mart by_name [vendor_name] via fact: its SQL names `vendor_name`',
    ]);
  });

  it('that takes all columns is found as well', () => {
    for (const sql of ['select * from fact', 'select f.*, 1 from fact f', 'select distinct * from fact'])
      expect(one(sqlNode(sql))).toEqual([
        'mart by_name [vendor_name] via fact: its SQL takes all columns with `*`',
      ]);
  });

  it('that does not name it is unknown, never nothing: strings and comments are no names', () => {
    const sql = `select count(*) as n, 2 * id as twice, 'vendor_name' -- vendor_name
      from fact /* vendor_name */`;
    expect(one(sqlNode(sql))).toEqual([
      'mart unknown [] via fact: reads `fact` and does not name `vendor_name`, perhaps what is made of it',
    ]);
  });

  it('that is not compiled, or not SQL, is unknown', () => {
    expect(one(sqlNode(undefined))).toEqual([
      'mart unknown [] via fact: dbt has not compiled it: `dbt compile` does',
    ]);
    expect(one(sqlNode('def model(dbt, session): ...', 'python'))).toEqual([
      'mart unknown [] via fact: is written in python',
    ]);
  });

  it('of rows that come and go is proven', () => {
    expect(one(sqlNode('select 1 as a from fact'), rows)).toEqual([
      'mart proven [] rows via fact: reads `fact`, whose rows come and go',
    ]);
  });
});

describe('further downstream', () => {
  it('nothing is surer than the way there', () => {
    const nodes = [
      node('mart', ['fact']),
      node('report', ['mart']),
      node('other', ['mart']),
      node('board', ['report', 'other'], 'exposure'),
      node('check', ['mart'], 'test'),
      node('apart', ['elsewhere']),
    ];
    const sql = {
      mart: sqlNode('select vendor_name, id from fact'),
      report: sqlNode('select vendor_name from mart'),
      other: sqlNode('select id from mart'),
    };
    expect(told({ nodes, start: columns('vendor_name'), sql })).toEqual([
      'mart by_name [vendor_name] via fact: its SQL names `vendor_name`',
      'other unknown [] via fact>mart: reads `mart` and does not name `vendor_name`, perhaps what is made of it',
      'report by_name [vendor_name] via fact>mart: its SQL names `vendor_name`',
      'board unknown [] via fact>mart>report: an exposure names tables, not columns',
    ]);
  });

  it('what reads a model of which nothing is known is unknown', () => {
    const nodes = [node('mart', ['fact']), node('report', ['mart'])];
    const sql = { mart: sqlNode(undefined), report: sqlNode('select vendor_name from mart') };
    expect(told({ nodes, start: columns('vendor_name'), sql }).at(-1)).toBe(
      'report unknown [] via fact>mart: reads `mart`, of which it is unknown what changes',
    );
  });
});

describe('with the lineage of its SQL', () => {
  const nodes = [node('mart', ['fact']), node('report', ['mart']), node('apart', ['fact'])];
  const tracer: Tracer = ({ name }, parents) => {
    if (name === 'apart') return { kind: 'untouched' };
    const renamed = parents.some(({ affected }) => affected.columns.has('vendor_name')) ? 'seller' : 'shown';
    return { kind: 'reached', columns: new Set([renamed]), rows: false, why: 'traced' };
  };

  it('columns are followed under their new names, and what reads none is left out and counted', () => {
    const { found, untouched } = walk({ nodes, start: columns('vendor_name'), tracer });
    expect(found.map(show)).toEqual([
      'mart proven [seller] via fact: traced',
      'report proven [shown] via fact>mart: traced',
    ]);
    expect(untouched).toEqual(['apart']);
  });

  it('is not asked where it is open what else hangs on the change', () => {
    const open: Tracer = ({ name }, parents, reached) =>
      name === 'mart' ? undefined : tracer(node(name, []), parents, reached);
    const sql = { mart: sqlNode('select vendor_name as v from fact'), report: sqlNode('select v from mart') };
    const { found } = walk({ nodes, start: columns('vendor_name'), sql, tracer: open });
    expect(found.map(({ node: { name }, affected }) => `${name} ${affected.proof}`)).toEqual([
      'mart by_name',
      'report unknown',
    ]);
  });
});
