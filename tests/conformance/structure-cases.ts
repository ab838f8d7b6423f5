// Tables, views and queries described: introspection, describe, names of every kind.
import { describe, expect, it } from 'vitest';
import { id, sql, table } from '../../src/sql/fragment.ts';
import { showTable, tableName, type TableName } from '../../src/sql/table-name.ts';
import type { TableInfo } from '../../src/warehouse/port.ts';
import { freshTable, shop, without, type Engine, type Use } from './harness.ts';

const oddNames = [
  'Capital Letters',
  'dotted.name',
  'with "quotes"',
  "it's",
  'naïve_ünïcode_名前',
  'select',
  'a'.repeat(63),
  '$1',
  'back\\slash',
  'semi;colon--',
];

export const structureCases = (engine: Engine, use: Use): void => {
  const infoOf = async (name: TableName): Promise<TableInfo | undefined> =>
    (await use().introspect([name]))[0];

  describe('introspect', () => {
    it.skipIf(without(engine, 'keys'))(
      'tells columns, types, NULLs, generated columns and unique keys of a table',
      async () => {
        const name = freshTable('described');
        await use().session(async (session) => {
          await session.execute(sql`create table ${table(name)} (
id integer primary key, code varchar(3) not null, price decimal(12,4) default 1, moment timestamp,
"Twice" integer generated always as (id * 2) ${sql.raw(use().dialect.engine === 'postgres' ? 'stored' : 'virtual')},
unique (code, price))`);
          await session.execute(sql`create unique index ${id(`${name.name}_at`)} on ${table(name)} (moment)`);
          await session.execute(
            sql`create unique index ${id(`${name.name}_lower`)} on ${table(name)} (lower(code))`,
          );
          await session.execute(sql`create index ${id(`${name.name}_plain`)} on ${table(name)} (price)`);
        });
        const info = await infoOf(name);
        expect(info).toMatchObject({ table: name, kind: 'table', constrained: false });
        expect(
          info?.columns.map((column) => [column.name, column.nullable, column.generated ?? false]),
        ).toEqual([
          ['id', false, false],
          ['code', false, false],
          ['price', true, false],
          ['moment', true, false],
          ['Twice', true, true],
        ]);
        const baseType = (type: string): string => use().dialect.baseType(type);
        expect(info?.columns[2]?.type.toLowerCase()).toMatch(/^(numeric|decimal)\(12,4\)$/);
        expect(info?.columns.map(({ type }) => baseType(type)).slice(0, 2)).toEqual(['integer', 'varchar']);
        expect(info?.uniqueKeys).toHaveLength(3);
        expect(info?.uniqueKeys).toEqual(expect.arrayContaining([['id'], ['code', 'price'], ['moment']]));
      },
    );

    it('tells the size of tables', async () => {
      const base = freshTable('sized');
      await use().session(async (session) => {
        await session.execute(sql`create table ${table(base)} (n integer)`);
        await session.execute(sql`insert into ${table(base)} values (1)`);
      });
      const sizes = await use().sizes([base]);
      expect([...sizes.keys()]).toEqual([showTable(base)]);
      expect(sizes.get(showTable(base))).toBeGreaterThanOrEqual(0);
    });

    it('tells views with their definition, and leaves out what does not exist', async () => {
      const [base, view, absent] = [freshTable('base'), freshTable('view'), freshTable('absent')];
      await use().session(async (session) => {
        await session.execute(sql`create table ${table(base)} (n integer)`);
        await session.execute(
          sql`create view ${table(view)} as select n as renamed from ${table(base)} where n > 1`,
        );
      });
      const infos = await use().introspect([absent, view, base]);
      expect(infos.map((info) => [info.table, info.kind])).toEqual(
        expect.arrayContaining([
          [view, 'view'],
          [base, 'table'],
        ]),
      );
      expect(infos).toHaveLength(2);
      const found = infos.find(({ kind }) => kind === 'view');
      expect(found?.columns.map(({ name }) => name)).toEqual(['renamed']);
      expect(found?.definition).toMatch(/renamed/);
      expect(infos.find(({ kind }) => kind === 'table')).not.toHaveProperty('definition');
    });

    it.skipIf(without(engine, 'keys'))('says which tables others reference', async () => {
      const [parent, child] = [freshTable('parent'), freshTable('child')];
      await use().session(async (session) => {
        await session.execute(sql`create table ${table(parent)} (id integer primary key)`);
        await session.execute(
          sql`create table ${table(child)} (id integer references ${table(parent)} (id))`,
        );
      });
      expect(await infoOf(parent)).toMatchObject({ constrained: true });
      expect(await infoOf(child)).toMatchObject({ constrained: false });
    });

    it('lists the tables and views of a schema', async () => {
      const name = freshTable('listed');
      expect(await use().tablesIn(shop)).not.toContain(name.name);
      await use().session((session) => session.execute(sql`create table ${table(name)} (n integer)`));
      expect(await use().tablesIn(shop)).toContain(name.name);
      expect(await use().tablesIn('no_such_schema')).toEqual([]);
    });
  });

  describe('queries', () => {
    it('are described by columns and types, without running', async () => {
      // Not of constants: they would be worked out while the query is planned.
      const asked = freshTable('asked');
      await use().session((session) => session.execute(sql`create table ${table(asked)} (g integer)`));
      const columns = await use().describe(
        sql`with q as (select g as n from ${table(asked)}) select n, cast(1 as decimal(12,4)) as "Price", cast(${'x'} as varchar) as t,
cast(${use().dialect.clock()} as timestamp) as moment, 1 % (n - 1) as never from q`,
      );
      const baseType = (type: string): string => use().dialect.baseType(type);
      expect(columns.map(({ name }) => name)).toEqual(['n', 'Price', 't', 'moment', 'never']);
      expect(columns.slice(0, 3).map(({ type }) => baseType(type))).toEqual([
        baseType('integer'),
        baseType('decimal(12,4)'),
        'varchar',
      ]);
      expect(columns[1]?.type.toLowerCase()).toMatch(/\(12,4\)/);
    });

    it('are refused when they read what does not exist', async () => {
      await expect(
        use().describe(sql`select nope from ${table(freshTable('absent'))}`),
      ).rejects.toMatchObject({
        code: 'sql_failed',
        details: { kind: 'missing_object' },
      });
    });
  });

  describe('names', () => {
    it.each(oddNames)('%s names a schema, a table and a column', async (odd) => {
      const name = tableName(odd, odd);
      await use().session(async (session) => {
        await session.execute(sql`create schema ${id(odd)}`);
        await session.execute(
          sql`create table ${table(name)} (${id(odd)} integer primary key, other integer)`,
        );
        await session.execute(sql`insert into ${table(name)} (${id(odd)}) values (7)`);
        const rows = await session.rows(
          sql`select ${id('t', odd)} from ${table(name)} t where ${id('t', odd)} = ${7}`,
        );
        expect(rows).toEqual([{ [odd]: 7 }]);
      });
      const info = await infoOf(name);
      expect(info).toMatchObject({ table: name, uniqueKeys: without(engine, 'keys') ? [] : [[odd]] });
      expect(info?.columns[0]).toMatchObject({ name: odd });
      expect(await use().tablesIn(odd)).toEqual([odd]);
      await use().session((session) => session.execute(sql`drop table ${table(name)}`));
    });
  });
};
