// A run against building the same two targets anew, from the SQL that dbt compiled, with the indexes they have.
import { buildTargets, type ShopEngine } from '../../shop/build-targets.ts';
import { generateShop } from '../../shop/generate.ts';
import { sampleOf, takeTurns, timed, type Sample } from '../measure.ts';
import { engineName, type Connection } from '../place.ts';
import { expectStatus, runProgram } from '../program.ts';
import { count, sampleCells, sampleHead, times, type Section } from '../section.ts';
import type { Deletes, Shop } from '../shop.ts';

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
  const turn = (deletes: Deletes) => async () => {
    await shop.change(companies);
    return expectStatus(await runProgram(shop.project[deletes]), 'applied');
  };
  const samples = await takeTurns(
    {
      run: turn('every run'),
      rare: turn('24h'),
      build,
    },
    runs,
  );
  await shop.place.use((connection) => connection.execute('drop schema rebuilt cascade'));
  const tables = sampleOf(tablesAlone.slice(1));
  const ratio = samples.build.medianMs / samples.run.medianMs;
  const claim = (deletes: Deletes, { medianMs }: Sample): Section['claims'][number] => ({
    says: `at least ${promisedFactor}× faster than rebuilding, with \`deletes: ${deletes}\``,
    measured: `${times(samples.build.medianMs / medianMs)} (${times(tables.medianMs / medianMs)} without the indexes)`,
    met: samples.build.medianMs / medianMs >= promisedFactor,
  });
  return {
    title: `A run beside rebuilding the targets, ${engineName(engine)}`,
    text: `${count(companies)} renamed companies; \`fact_sales\` (${count(shop.scale.sales)} rows) and \`fact_vendor\` built by \`create table as\` from the SQL that dbt compiled${engine === 'postgres' ? ', then their indexes' : ''}, on an open connection and without dbt's own start, against the whole run, process start included.${engine === 'duckdb' ? ` A column store in the same process builds fast: ${times(ratio)}, shown, not promised.` : ''}`,
    head: ['', ...sampleHead],
    rows: [
      ['`tidemark run`, `deletes: every run`', ...sampleCells(samples.run)],
      ['`tidemark run`, `deletes: 24h`', ...sampleCells(samples.rare)],
      [engine === 'postgres' ? 'rebuilding, indexes included' : 'rebuilding', ...sampleCells(samples.build)],
      ...(engine === 'postgres' ? [['rebuilding, tables alone', ...sampleCells(tables)]] : []),
    ],
    claims: engine === 'postgres' ? [claim('every run', samples.run), claim('24h', samples.rare)] : [],
  };
};
