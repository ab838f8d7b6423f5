// New values for the columns of the staging tables: awkward ones on purpose, within what the targets can hold.
import type { LiveKeys, ShopKeys } from './keys.ts';
import { literal, type Random } from './random.ts';
import { STAGING, type StagingTable } from './schema.ts';
import * as words from './words.ts';

/** Columns that name a row of another table. */
export const REFERENCES: Readonly<Partial<Record<StagingTable, Readonly<Record<string, StagingTable>>>>> = {
  industries: { parent_id: 'industries' },
  companies: { country_id: 'countries', billing_country_id: 'countries', industry_id: 'industries' },
  users: { company_id: 'companies', country_id: 'countries' },
  teams: { company_id: 'companies', lead_user_id: 'users' },
  products: { vendor_id: 'companies' },
  orders: { buyer_id: 'companies', user_id: 'users' },
  order_items: { product_id: 'products' },
  invoices: { order_id: 'orders' },
  payments: { invoice_id: 'invoices', payer_id: 'companies' },
  subscriptions: { company_id: 'companies' },
};

const LISTS: Readonly<Record<string, readonly string[]>> = {
  'orders.status': words.ORDER_STATUSES,
  'invoices.status': words.INVOICE_STATUSES,
  'payments.method': words.PAYMENT_METHODS,
  'subscriptions.plan': words.PLANS,
  'team_members.role': words.ROLES,
  'industries.code': ['A', 'b', 'Ç', "d'"],
};

const AWKWARD_TEXTS = [
  '',
  ' ',
  '  padded  ',
  "it's",
  `say "hi"`,
  "''",
  `'; drop table x; --`,
  '/* not a comment */',
  '%_\\',
  'two\nlines',
  'tab\there',
  'NULL',
  'null',
  '$1 ? :name @p',
  '{{ ref("x") }}',
  '${HOME}',
  '{"json": [1]}',
  'Straße İI ıi ß',
  'e\u0301 is not \u00e9',
  'naïve café',
  '日本語テキスト',
  'مرحبا بالعالم',
  '🚀👩‍🚀',
  '\u200bzero width',
  '0012',
  '1e5',
  'true',
  '2024-01-01',
];

const MISSING_NUMBER = 9_000_000_000;
const MISSING_COUNTRY = 'ZZ';
const NULL_IN = 8;
const DANGLING_IN = 12;

export const keyLiteral = (value: string | number): string =>
  typeof value === 'number' ? String(value) : literal(value);

/** The key of a live row, now and then of one that does not exist. */
const referenceValue = (random: Random, keys: LiveKeys, to: StagingTable): string => {
  if (keys.count === 0 || random.chance(DANGLING_IN)) {
    return to === 'countries' ? literal(MISSING_COUNTRY) : String(MISSING_NUMBER + random.below(100));
  }
  const [value] = keys.pick(random);
  return value === undefined ? 'null' : keyLiteral(value);
};

/** Halves of the last digit that the narrower target keeps are where roundings disagree. */
const decimalText = (random: Random, below: number): string => {
  const sign = random.chance(10) ? '-' : '';
  const fraction = random.oneOf(['0000', '0050', '0049', '9950', '9999', String(random.below(9000) + 1000)]);
  return `${sign}${random.below(below)}.${fraction}`;
};

const dateText = (random: Random): string => {
  const day = new Date(Date.UTC(1996, 0, 1) + random.below(12_000) * 86_400_000);
  return day.toISOString().slice(0, 10);
};

const byType = (random: Random, type: string): string => {
  const [, base, size] = /^(\w+)(?:\((\d+))?/.exec(type) ?? [];
  switch (base) {
    case 'boolean':
      return random.oneOf(['true', 'false']);
    case 'integer':
      return String(random.oneOf([0, 1, 49, 50, 249, 250, random.below(900)]));
    case 'date':
      return `date '${dateText(random)}'`;
    case 'timestamp':
      return `timestamp '${dateText(random)} 23:59:59.${String(random.below(1_000_000)).padStart(6, '0')}'`;
    case 'numeric':
      if (type === 'numeric(5, 4)') return `0.${String(random.below(10_000)).padStart(4, '0')}`;
      return type === 'numeric(10, 3)'
        ? `${random.below(90_000)}.${random.below(1000)}`
        : decimalText(random, 500_000);
    case 'varchar': {
      const text = random.oneOf(AWKWARD_TEXTS);
      // Long enough for two texts, else one.
      return literal(Number(size) >= 80 && random.chance(2) ? `${text} ${random.below(1000)}` : text);
    }
    default:
      throw new Error(`no values for type ${type}`);
  }
};

/** A SQL literal for one column; NULL now and then. */
export const newValue = (random: Random, keys: ShopKeys, name: StagingTable, column: string): string => {
  if (random.chance(NULL_IN)) return 'null';
  const to = REFERENCES[name]?.[column];
  if (to !== undefined) return referenceValue(random, keys.of(to), to);
  const list = LISTS[`${name}.${column}`];
  if (list !== undefined) return literal(random.oneOf(list));
  const type = STAGING[name].columns[column];
  if (type === undefined) throw new Error(`no column ${name}.${column}`);
  return byType(random, type);
};
