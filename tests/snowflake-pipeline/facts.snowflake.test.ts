// The facts of the pipeline on the double, after random batches of late, repeated and missing events, against the joins of the
// rows as they are in the end, made in TypeScript; and what a routine refuses, or sets aside.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { literal, seededRandom, type Random } from '../../scripts/shop/random.ts';
import { tableOf } from '../dictionary/shop.ts';
import { openDouble, openRunner, type Runner } from '../support/pipeline-runner.ts';
import type { Double } from '../support/snowflake-double/server.ts';
import { land, logSource, rawChanges, type Told } from './landing.ts';
import { pipelineOf } from './pipelines.ts';

let double: Double;
let runner: Runner | undefined;
beforeEach(async () => {
  double = await openDouble();
});
afterEach(async () => {
  await runner?.close();
  runner = undefined;
  await double.stop();
});

const seed = Number(process.env['TIDEMARK_TEST_SEED'] ?? 20261201);

const sources = `sources:
${logSource('orders', 'id: varchar, customer_id: varchar, state: varchar')}${logSource('customers', 'id: varchar, country_id: varchar, name: varchar')}${logSource('countries', 'id: varchar, name: varchar')}`;

const fact = `target: FACT_ORDER
key: ORDER_ID
from: orders
join:
  customers: orders.customer_id = customers.id
  countries: { on: customers.country_id = countries.id, type: left }
where: orders.state <> 'void'
columns: { ORDER_ID: orders.id, CUSTOMER: customers.name, COUNTRY: countries.name, STATE: orders.state }
`;

/** Rows of dbt: two columns are ours, and keep their values when the customer is gone. */
const others = `target: FACT_VISIT
key: VISIT_ID
join: { customers: this.CUSTOMER_ID = customers.id, countries: customers.country_id = countries.id }
columns: { CUSTOMER: customers.name, COUNTRY: countries.name }
`;

const tables = [
  rawChanges,
  tableOf('MARTS.FACT_VISIT', [
    'VISIT_ID VARCHAR',
    'CUSTOMER_ID VARCHAR',
    'CUSTOMER VARCHAR',
    'COUNTRY VARCHAR',
  ]),
];

type Cells = Readonly<Record<string, string | null>>;
type World = Record<
  'orders' | 'customers' | 'countries',
  Map<string, { sequence: number; cells: Cells | undefined }>
>;

const draw: Readonly<Record<keyof World, (random: Random) => Cells>> = {
  orders: (random) => ({
    customer_id: random.oneOf(['c0', 'c1', 'c2', 'c3', null]),
    state: random.oneOf(['new', 'void', null, "o'pen"]),
  }),
  customers: (random) => ({
    country_id: random.oneOf(['n0', 'n1', 'n2', null]),
    name: random.oneOf(['ann', 'ben', null]),
  }),
  countries: (random) => ({ name: random.oneOf(['at', 'de', null]) }),
};
const keys = { orders: ['o', 8], customers: ['c', 4], countries: ['n', 3] } as const;
const relations = ['orders', 'customers', 'countries'] as const;

const drawBatch = (random: Random, world: World): Readonly<Record<string, readonly Told[]>> =>
  Object.fromEntries(
    relations.map((relation) => {
      const told = Array.from({ length: random.below(6) }, (): Told => {
        const [letter, count] = keys[relation];
        const key = `${letter}${random.below(count)}`;
        const sequence = 1 + random.below(1000);
        const cells = random.chance(4) ? undefined : draw[relation](random);
        const known = world[relation].get(key);
        if (known === undefined || known.sequence < sequence) world[relation].set(key, { sequence, cells });
        return { key, event: { op: cells === undefined ? 'D' : 'U', at: 1, sequence, cells: cells ?? {} } };
      });
      // Equal sequences of a key are settled by what the events say, which the reference does not repeat.
      const once = told.filter(
        ({ key, event }, place) =>
          told.findIndex((each) => each.key === key && each.event.sequence === event.sequence) === place,
      );
      return [relation, once];
    }),
  );

const at = (world: World, relation: keyof World, key: string | null | undefined): Cells | undefined =>
  key === null || key === undefined ? undefined : world[relation].get(key)?.cells;

const wanted = (world: World): readonly string[] =>
  [...world.orders].flatMap(([key, { cells }]) => {
    if (cells === undefined || cells['state'] === 'void' || cells['state'] === null) return [];
    const customer = at(world, 'customers', cells['customer_id']);
    const country = at(world, 'countries', customer?.['country_id']);
    return [JSON.stringify([key, customer?.['name'] ?? null, country?.['name'] ?? null, cells['state']])];
  });

const held = async (from: Runner): Promise<readonly string[]> => {
  const rows = await from.rows('select "ORDER_ID", "CUSTOMER", "COUNTRY", "STATE" from "MARTS"."FACT_ORDER"');
  return rows.map((row) => JSON.stringify([row['ORDER_ID'], row['CUSTOMER'], row['COUNTRY'], row['STATE']]));
};

const parse = async (from: Runner, names: readonly string[] = relations): Promise<void> => {
  for (const name of names) await from.routine(`PARSE_${name.toUpperCase()}`);
};

const start = async (mappings: Readonly<Record<string, string>>): Promise<Runner> => {
  const pipeline = await pipelineOf({ 'sources.yml': sources, ...mappings }, tables);
  runner = await openRunner(double, pipeline, tables);
  return runner;
};

const upsert = (key: string, sequence: number, cells: Cells): Told => ({
  key,
  event: { op: 'U', at: 1, sequence, cells },
});

describe('a fact in the warehouse (I1)', () => {
  it('is its query after every batch, whatever the order of events', async () => {
    const random = seededRandom(seed);
    const world: World = { orders: new Map(), customers: new Map(), countries: new Map() };
    const used = new Set<string>();
    const from = await start({ 'f.yml': fact });
    for (let batch = 0; batch < 4; batch += 1) {
      const drawn = drawBatch(random, world);
      const fresh = Object.fromEntries(
        Object.entries(drawn).map(([name, told]) => [
          name,
          told.filter(({ key, event }) => {
            const place = `${key}/${event.sequence}`;
            return !used.has(place) && used.add(place) !== undefined;
          }),
        ]),
      );
      await land(from, fresh);
      await parse(from);
      await from.routine('APPLY_FACT_ORDER');
      expect((await held(from)).toSorted(), `seed ${seed}, batch ${batch}`).toEqual(wanted(world).toSorted());
    }
    await from.run(`update "MARTS"."FACT_ORDER" set "CUSTOMER" = 'edited'`);
    await from.routine('RECONCILE_FACT_ORDER');
    expect((await held(from)).toSorted()).toEqual(wanted(world).toSorted());
    await from.routine('HOUSEKEEPING');
    expect(await from.rows('select 1 from "TIDEMARK_PIPELINE"."CHANGES_ORDERS"')).toEqual([]);
  });

  it('keeps what a look-up that is gone left in rows of others', async () => {
    const from = await start({ 'v.yml': others });
    await from.run(
      `insert into "MARTS"."FACT_VISIT" values ('v1', 'c1', 'old', null), ('v2', 'c2', 'old', null)`,
    );
    const customer = (name: string): Cells => ({ name, country_id: 'n1' });
    const visits = 'select "VISIT_ID", "CUSTOMER", "COUNTRY" from "MARTS"."FACT_VISIT" order by 1';
    await land(from, {
      customers: [upsert('c1', 1, customer('ann'))],
      countries: [upsert('n1', 1, { name: 'at' })],
    });
    await parse(from, ['customers', 'countries']);
    await from.routine('APPLY_FACT_VISIT');
    expect(await from.rows(visits)).toEqual([
      { VISIT_ID: 'v1', CUSTOMER: 'ann', COUNTRY: 'at' },
      { VISIT_ID: 'v2', CUSTOMER: 'old', COUNTRY: null },
    ]);
    await land(from, {
      customers: [
        { key: 'c1', event: { op: 'D', at: 1, sequence: 2, cells: {} } },
        upsert('c2', 2, customer('ben')),
      ],
    });
    await parse(from, ['customers', 'countries']);
    await from.routine('APPLY_FACT_VISIT');
    expect(await from.rows(visits)).toEqual([
      { VISIT_ID: 'v1', CUSTOMER: 'ann', COUNTRY: 'at' },
      { VISIT_ID: 'v2', CUSTOMER: 'ben', COUNTRY: 'at' },
    ]);
  });

  it('refuses a key of several rows, and does both batches the next time', async () => {
    const doubled = fact.replace('orders.customer_id = customers.id', 'orders.customer_id = customers.name');
    const from = await start({ 'f.yml': doubled });
    const twin = (key: string, sequence: number): Told =>
      upsert(key, sequence, { name: 'c1', country_id: null });
    await land(from, {
      orders: [upsert('o1', 1, { customer_id: 'c1', state: 'new' })],
      customers: [twin('k1', 1), twin('k2', 1)],
    });
    await parse(from);
    await expect(from.routine('APPLY_FACT_ORDER')).rejects.toThrow('a key would have several rows');
    expect(await held(from)).toEqual([]);
    await land(from, { customers: [{ key: 'k2', event: { op: 'D', at: 1, sequence: 2, cells: {} } }] });
    await parse(from);
    await from.routine('APPLY_FACT_ORDER');
    expect(await held(from)).toEqual(['["o1","c1",null,"new"]']);
  });
});

describe('what cannot be taken', () => {
  it('is set aside with its reason, and the rest goes on', async () => {
    const from = await start({ 'f.yml': fact });
    await land(from, {
      orders: [upsert('o1', 1, { customer_id: null, state: 'new' }), upsert('o2', 2, { state: 'new' })],
    });
    const raw = (sequence: string, op: string, after: string): string =>
      `select 1, cast('2026-02-01' as timestamp_ntz(6)), 'INSERT', ${sequence}, ${literal(op)}, 'orders', cast(null as variant), ${after}, 1`;
    const whole = `parse_json('{"id": "o9", "customer_id": null, "state": "new"}')`;
    await from.run(
      `insert into "TIDEMARK_PIPELINE"."LANDED_ORDERS" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", "SEQ", "OPERATION", "TABLE_NAME", "BEFORE", "AFTER", "TS_MS") ${[
        raw('3', 'x', whole),
        raw('4', 't', whole),
        raw('cast(null as number(38,0))', 'u', whole),
        raw('5', 'u', `parse_json('{"id": null, "customer_id": null, "state": "new"}')`),
        raw(
          '6',
          'u',
          `parse_json('{"id": "o7", "customer_id": "__debezium_unavailable_value", "state": "new"}')`,
        ),
        raw('7', 'u', 'cast(null as variant)'),
      ].join(' union all ')}`,
    );
    await parse(from);
    await from.routine('APPLY_FACT_ORDER');
    expect(await held(from)).toEqual(['["o1",null,null,"new"]']);
    const reasons = await from.rows('select "REASON" from "TIDEMARK_PIPELINE"."REJECTED" order by 1');
    expect(reasons.map(({ REASON }) => REASON)).toEqual([
      'a column of the key is NULL',
      'a truncate, which is not carried out here',
      'an operation that nobody declared',
      'the image says nothing of customer_id',
      'the sequence is NULL',
      'the value of customer_id is not told',
      'there is no image that is JSON',
    ]);
  });
});
