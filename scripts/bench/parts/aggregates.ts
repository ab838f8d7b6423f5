// Groups brought in step after a few rows moved between them, beside grouping everything anew.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { takeTurns, timed } from '../measure.ts';
import { engineName, type Connection, type Lab } from '../place.ts';
import { expectStatus, runProgram } from '../program.ts';
import { count, sampleCells, sampleHead, times, type Section } from '../section.ts';
import { projectFile } from '../shop.ts';

const mapping = `target: customer_metrics
key: customer_id
from: customers
join: { orders: { on: orders.customer_id = customers.id, many: true } }
columns:
  customer_id: customers.id
  orders: count(orders.id)
  spent: coalesce(sum(orders.amount), 0)
  last_at: max(orders.ordered_at)
  kinds: count(distinct orders.kind)
`;

const sources = `sources:
  customers: { key: id, updated_at: updated_at, deletes: 24h }
  orders: { key: id, updated_at: updated_at, deletes: 24h }
`;

const makeTables = async ({ execute }: Connection, customers: number): Promise<void> => {
  const series = (to: number): string => `generate_series(1, ${to}) as series(k)`;
  await execute('create schema staging');
  await execute('create schema marts');
  await execute(
    `create table staging.customers as select cast(k as bigint) as id, timestamp '2025-01-01' as updated_at from ${series(customers)}`,
  );
  await execute(
    `create table staging.orders as select cast(k as bigint) as id, 1 + (cast(k as bigint) * 7919) % ${customers} as customer_id, cast(k % 1000 as decimal(12,2)) as amount, 'kind ' || (k % 7) as kind, timestamp '2024-01-01' + (k % 500000) * interval '1 minute' as ordered_at, timestamp '2025-01-01' as updated_at from ${series(customers * 5)}`,
  );
};

const move = (customers: number, rows: number, round: number): string =>
  `update staging.orders set customer_id = 1 + (customer_id + ${round}) % ${customers}, updated_at = timestamp '2025-06-01' + ${round} * interval '1 hour' where id in (select 1 + (k * 7919 + ${round} * 104729) % ${customers * 5} from generate_series(1, ${rows}) as series(k))`;

const anew = `create table rebuilt.customer_metrics as
select c.id as customer_id, count(o.id) as orders, coalesce(sum(o.amount), 0) as spent, max(o.ordered_at) as last_at, count(distinct o.kind) as kinds
from staging.customers as c left join staging.orders as o on o.customer_id = c.id group by c.id`;

export const aggregates = async (
  lab: Lab,
  folder: string,
  customers: number,
  runs: number,
): Promise<Section> => {
  const place = await lab.make('aggregates');
  const project = join(folder, `${lab.engine}-aggregates`);
  const rows = Math.max(1, Math.round(customers / 200));
  try {
    await place.use((connection) => makeTables(connection, customers));
    await mkdir(join(project, 'mappings'), { recursive: true });
    await writeFile(join(project, 'tidemark.yml'), projectFile(place));
    await writeFile(join(project, 'mappings', 'sources.yml'), sources);
    await writeFile(join(project, 'mappings', 'customer_metrics.yml'), mapping);
    expectStatus(await runProgram(project), 'applied');
    if (lab.engine === 'postgres') await place.use(({ execute }) => execute('vacuum analyze'));
    let round = 0;
    const samples = await takeTurns(
      {
        run: async () => {
          round += 1;
          await place.use(async ({ execute }) => {
            await execute(move(customers, rows, round));
            await execute('checkpoint');
          });
          return expectStatus(await runProgram(project), 'applied');
        },
        build: () =>
          place.use(async ({ execute }) => {
            await execute('drop schema if exists rebuilt cascade');
            await execute('create schema rebuilt');
            return timed(() => execute(anew));
          }),
      },
      runs,
    );
    return {
      title: `An aggregate beside grouping anew, ${engineName(lab.engine)}`,
      text: `${count(customers)} groups of ${count(customers * 5)} rows, of which ${count(rows)} move to another group; the whole run, process start included, against \`create table as\` of the same query on an open connection: ${times(samples.build.medianMs / samples.run.medianMs)}, shown, not promised.`,
      head: ['', ...sampleHead],
      rows: [
        ['`tidemark run`', ...sampleCells(samples.run)],
        ['grouping everything anew', ...sampleCells(samples.build)],
      ],
      claims: [],
    };
  } finally {
    await place.drop();
  }
};
