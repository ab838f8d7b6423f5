// Random rows and random changes for the second dbt project, from a seed.
import { literal, type Random } from '../../../scripts/shop/random.ts';
import { sources } from './project.ts';

type Cell = string;

const number = (random: Random, below: number): Cell => String(1 + random.below(below));
const maybe = (random: Random, every: number, cell: Cell): Cell => (random.chance(every) ? 'null' : cell);
const word = (random: Random, words: readonly string[]): Cell => literal(random.oneOf(words));
const code = (random: Random): Cell => word(random, ['C1', 'C2', 'C3', 'C4', 'C5', 'C6']);
const moment = (random: Random): Cell =>
  `timestamp '2026-01-0${1 + random.below(5)} 1${random.below(9)}:00:00'`;

const labels = ['north', 'south', 'east', 'west'];

/** A value for each column; the key is drawn from a few values, so that keys meet. */
const cells: Readonly<Record<string, Readonly<Record<string, (random: Random) => Cell>>>> = {
  account_versions: {
    account_id: (random) => number(random, 7),
    version: (random) => number(random, 4),
    name: (random) => maybe(random, 6, word(random, ['Adler', 'Blanc', 'Conti', 'Dahl'])),
    tier: (random) => word(random, ['Gold', 'IRON', 'tin']),
    region_code: (random) => maybe(random, 5, code(random)),
  },
  regions: {
    code,
    label: (random) => maybe(random, 7, word(random, labels)),
    zone_code: (random) => maybe(random, 4, random.chance(5) ? `'-'` : code(random)),
  },
  zones: {
    code: (random) => (random.chance(6) ? `'-'` : code(random)),
    label: (random) => maybe(random, 7, word(random, labels)),
  },
  orders: {
    order_no: (random) => number(random, 14),
    account_id: (random) => maybe(random, 8, number(random, 8)),
    placed_at: moment,
    status: (random) => word(random, ['new', 'paid', 'void']),
    note: (random) => maybe(random, 2, word(random, labels)),
  },
  order_lines: {
    order_no: (random) => number(random, 15),
    line_no: (random) => number(random, 3),
    product_code: (random) => maybe(random, 8, code(random)),
    quantity: (random) => maybe(random, 9, number(random, 5)),
    unit_price: (random) => `${number(random, 20)}.25`,
  },
  products: {
    code,
    label: (random) => word(random, labels),
    category: (random) => maybe(random, 4, word(random, ['tools', 'toys', 'none'])),
  },
  payments: {
    payment_id: (random) => number(random, 12),
    order_no: (random) => number(random, 15),
    amount: (random) => `${number(random, 60)}.50`,
    paid_at: moment,
  },
};

const drawn = (
  random: Random,
  columns: Readonly<Record<string, (random: Random) => Cell>>,
  of?: readonly string[],
) =>
  Object.entries(columns)
    .filter(([name]) => of === undefined || of.includes(name))
    .map(([name, draw]) => [name, draw(random)] as const);

const where = (pairs: readonly (readonly [string, Cell])[]): string =>
  pairs.map(([name, cell]) => `${name} = ${cell}`).join(' and ');

/** Inserts only where the key is free. */
const insert = (random: Random, table: string): string => {
  const columns = cells[table] ?? {};
  const row = drawn(random, columns);
  const key = row.filter(([name]) => sources[table]?.key.includes(name) === true);
  return `insert into raw.${table} select ${row.map(([, cell]) => cell).join(', ')} where not exists (select 1 from raw.${table} where ${where(key)})`;
};

const update = (random: Random, table: string): string => {
  const columns = cells[table] ?? {};
  const key = sources[table]?.key ?? [];
  const name = random.oneOf(Object.keys(columns).filter((each) => !key.includes(each)));
  const value = columns[name]?.(random) ?? 'null';
  return `update raw.${table} set ${name} = ${value} where ${where(drawn(random, columns, key))}`;
};

const remove = (random: Random, table: string): string =>
  `delete from raw.${table} where ${where(drawn(random, cells[table] ?? {}, sources[table]?.key))}`;

const tables = Object.keys(sources);

export const firstRows = (random: Random): readonly string[] =>
  tables.flatMap((table) => Array.from({ length: 14 }, () => insert(random, table)));

export const changes = (random: Random): readonly string[] =>
  Array.from({ length: 1 + random.below(6) }, () => {
    const table = random.oneOf(tables);
    return random.oneOf([insert, insert, update, update, update, update, remove, remove])(random, table);
  });
