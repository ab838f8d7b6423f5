// A run against building the same two targets anew, from the SQL that dbt compiled, with the indexes they have.
import { buildTargets, type ShopEngine } from '../../shop/build-targets.ts';
import { generateShop } from '../../shop/generate.ts';
import { sampleOf, takeTurns, timed } from '../measure.ts';
import { engineName, type Connection } from '../place.ts';
import { expectStatus, runProgram } from '../program.ts';
import { count, sampleCells, sampleHead, times, type Section } from '../section.ts';
import type { Shop } from '../shop.ts';

const promisedFactor = 20;
const only = ['fact_vendor', 'fact_sales'];

const indexes: Readonly<Record<ShopEngine, readonly string[]>> = {
  duckdb: [],
  postgres: [
    'create unique index on rebuilt.fact_sales (sale_id)',
    'create index on rebuilt.fact_sales (vendor_id)',
    'create unique index on rebuilt.fact_vendor (vendor_id)',
  ],
};

/** fact_sales is built from orders, their lines and products: the big shop is made without them. */
const addSources = async ({ execute }: Connection, shop: Shop): Promise<void> => {
  await generateShop(execute, { seed: 1, scale: shop.scale, tables: ['products', 'orders', 'order_items'] });
  if (shop.place.engine === 'postgres') await execute('analyze');
};

export const rebuild = async (shop: Shop, companies: number, runs: number): Promise<Section> => {
  const { engine } = shop.place;
  await shop.place.use((connection) => addSources(connection, shop));
  const tablesAlone: number[] = [];
  const build = (): Promise<number> =>
    shop.place.use(async ({ execute }) => {
      await execute('drop schema if exists rebuilt cascade');
      const tables = await timed(() => buildTargets(execute, { engine, buildInto: 'rebuilt', only }));
      const rest = await timed(async () => {
        for (const index of indexes[engine]) await execute(index);
        if (engine === 'duckdb') await execute('checkpoint');
      });
      tablesAlone.push(tables);
      return tables + rest;
    });
  const samples = await takeTurns(
    {
      run: async () => {
        await shop.change(companies);
        return expectStatus(await runProgram(shop.project['every run']), 'applied');
      },
      build,
    },
    runs,
  );
  await shop.place.use((connection) => connection.execute('drop schema rebuilt cascade'));
  const tables = sampleOf(tablesAlone.slice(1));
  const ratio = samples.build.medianMs / samples.run.medianMs;
  const measured = `${times(ratio)} (${times(tables.medianMs / samples.run.medianMs)} without the indexes)`;
  return {
    title: `A run beside rebuilding the targets, ${engineName(engine)}`,
    text: `${count(companies)} renamed companies; \`fact_sales\` (${count(shop.scale.sales)} rows) and \`fact_vendor\` built by \`create table as\` from the SQL that dbt compiled${engine === 'postgres' ? ', then their indexes' : ''}, on an open connection and without dbt's own start, against the whole run, process start included.${engine === 'duckdb' ? ` A column store in the same process builds fast: ${times(ratio)}, shown, not promised.` : ''}`,
    head: ['', ...sampleHead],
    rows: [
      ['`tidemark run`', ...sampleCells(samples.run)],
      [engine === 'postgres' ? 'rebuilding, indexes included' : 'rebuilding', ...sampleCells(samples.build)],
      ...(engine === 'postgres' ? [['rebuilding, tables alone', ...sampleCells(tables)]] : []),
    ],
    claims:
      engine === 'postgres'
        ? [
            {
              says: `at least ${promisedFactor}× faster than rebuilding`,
              measured,
              met: ratio >= promisedFactor,
            },
          ]
        : [],
  };
};
