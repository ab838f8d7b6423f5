// What must hold for the sample shop on every engine; each engine's test file brings its own connection.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateBench } from '../../scripts/shop/bench-data.ts';
import { buildTargets, readBuild, type ShopEngine } from '../../scripts/shop/build-targets.ts';
import { shopChanges } from '../../scripts/shop/change.ts';
import { generateShop, type Scale } from '../../scripts/shop/generate.ts';
import { STAGING_TABLES, stagingColumns, type Execute } from '../../scripts/shop/schema.ts';
import { firstColumn, rowTexts } from './connections.ts';
import { mappingSelect, readMappings } from './mapping-sql.ts';

export interface ShopConnection {
  readonly execute: Execute;
  readonly close: () => Promise<void>;
}

export const SCALE: Scale = { companies: 60, sales: 150 };
const SEED = 11;

/** Declared types as the engine writes them, with length and scale. */
const declaredTypes = async (
  execute: Execute,
  schema: string,
  name: string,
): Promise<ReadonlyMap<string, string>> => {
  const size = `coalesce('(' || character_maximum_length || ')', case when data_type = 'numeric' then '(' || numeric_precision || ',' || numeric_scale || ')' end, '')`;
  const rows = await firstColumn(
    execute,
    `select column_name || '=' || data_type || ${size} from information_schema.columns
     where table_schema = '${schema}' and table_name = '${name}'`,
  );
  return new Map(rows.map((row) => String(row).split('=', 2) as [string, string]));
};

const differences = async (execute: Execute, left: string, right: string): Promise<number> => {
  const [count] = await firstColumn(
    execute,
    `select count(*) from ((select * from (${left}) as l1 except all select * from (${right}) as r1)
     union all (select * from (${right}) as r2 except all select * from (${left}) as l2)) as rest`,
  );
  return Number(count);
};

/** The tables of the schema `marts` against what the mappings say, for the eleven targets whose rows a SELECT yields. */
const unlikeTheirMapping = async (execute: Execute): Promise<Readonly<Record<string, number>>> => {
  const found: Record<string, number> = {};
  for (const mapping of readMappings()) {
    if (mapping.history !== undefined) continue;
    const types = await declaredTypes(execute, 'marts', mapping.target);
    const typeOf = (column: string): string => {
      const type = types.get(column);
      if (type === undefined) throw new Error(`marts.${mapping.target} has no column ${column}`);
      return type;
    };
    const built = `select ${Object.keys(mapping.columns).join(', ')} from marts.${mapping.target}`;
    const count = await differences(execute, built, mappingSelect(mapping, 'marts', typeOf));
    if (count > 0) found[mapping.target] = count;
  }
  return found;
};

export const describeShop = (engine: ShopEngine, open: () => Promise<ShopConnection>): void => {
  describe(`the sample shop on ${engine}`, () => {
    let connection: ShopConnection;
    const execute: Execute = (sql) => connection.execute(sql);

    beforeAll(async () => {
      connection = await open();
      await generateShop(execute, { seed: SEED, scale: SCALE });
      await buildTargets(execute, { engine });
    });
    afterAll(() => connection.close());

    it('generates the same rows for the same seed and others for another', async () => {
      await generateShop(execute, { seed: SEED, scale: SCALE, schema: 'again' });
      await generateShop(execute, { seed: SEED + 1, scale: SCALE, schema: 'other' });
      const unlike = async (schema: string) => {
        const names: string[] = [];
        for (const name of STAGING_TABLES) {
          const [left, right] = [`select * from staging.${name}`, `select * from ${schema}.${name}`] as const;
          if ((await differences(execute, left, right)) > 0) names.push(name);
        }
        return names;
      };
      expect(await unlike('again')).toEqual([]);
      const drawn = STAGING_TABLES.filter((name) => name !== 'countries' && name !== 'industries');
      expect(await unlike('other')).toEqual(drawn);
    });

    it('builds all twelve targets with rows', async () => {
      const { nodes } = await readBuild(engine);
      expect(nodes).toHaveLength(12);
      const empty: string[] = [];
      for (const { name } of nodes) {
        const [count] = await firstColumn(execute, `select count(*) from marts.${name}`);
        if (Number(count) === 0) empty.push(name);
      }
      expect(empty).toEqual([]);
    });

    it('builds beside, and from other tables than staging', async () => {
      await execute('create schema copied');
      for (const name of STAGING_TABLES)
        await execute(`create table copied.${name} as select * from staging.${name}`);
      await execute(`update copied.companies set name = 'renamed' where is_vendor`);
      await buildTargets(execute, { engine, readFrom: 'copied', buildInto: 'beside', only: ['fact_vendor'] });
      expect(await firstColumn(execute, 'select distinct vendor_name from beside.fact_vendor')).toEqual([
        'renamed',
      ]);
      expect(
        await firstColumn(execute, `select 1 from marts.fact_vendor where vendor_name = 'renamed'`),
      ).toEqual([]);
    });

    it('says the same in dbt models and in mappings', async () => {
      expect(await unlikeTheirMapping(execute)).toEqual({});
    });

    it('still says the same after 600 random changes, which all execute', async () => {
      const changes = shopChanges({ seed: SEED, scale: SCALE });
      for (let round = 0; round < 6; round += 1) {
        for (const { sql } of changes.next({ count: 100, moment: `2026-01-0${round + 1} 09:30:00.123456` })) {
          await execute(sql);
        }
      }
      await buildTargets(execute, { engine });
      expect(await unlikeTheirMapping(execute)).toEqual({});
      const keysTwice: string[] = [];
      for (const { target, key } of readMappings()) {
        const columns = [key].flat().join(', ');
        const twice = `select ${columns} from marts.${target} group by ${columns} having count(*) > 1`;
        if ((await firstColumn(execute, twice)).length > 0) keysTwice.push(target);
      }
      expect(keysTwice).toEqual([]);
    });
  });

  it(`makes benchmark data on ${engine} with the columns of dbt's fact_sales`, async () => {
    const { execute, close } = await open();
    try {
      await generateShop(execute, { seed: SEED, scale: SCALE });
      await buildTargets(execute, { engine });
      const byDbt = await declaredTypes(execute, 'marts', 'fact_sales');
      await generateBench(execute, { engine, scale: { companies: 30, sales: 70 } });
      expect(await declaredTypes(execute, 'marts', 'fact_sales')).toEqual(byDbt);
      expect(await firstColumn(execute, 'select count(distinct sale_id) from marts.fact_sales')).toEqual([
        '70',
      ]);
      expect(await firstColumn(execute, 'select count(*) from staging.companies')).toEqual(['30']);
    } finally {
      await close();
    }
  });
};

/** A fingerprint of all staging rows as text, for comparison between engines. */
export const stagingTexts = async (
  execute: Execute,
): Promise<Readonly<Record<string, readonly string[]>>> => {
  const texts: Record<string, readonly string[]> = {};
  for (const name of STAGING_TABLES)
    texts[name] = await rowTexts(execute, `staging.${name}`, stagingColumns(name));
  return texts;
};
