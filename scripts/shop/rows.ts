// What each generated row holds: per table how many rows, and a SQL expression per column over `r.id`.
import { STAGING, type StagingTable } from './schema.ts';
import { literal, type SqlDraws } from './random.ts';
import * as words from './words.ts';

export interface Sizes {
  readonly companies: number;
  readonly users: number;
  readonly teams: number;
  readonly products: number;
  readonly orders: number;
  readonly sales: number;
  readonly invoices: number;
  readonly payments: number;
  readonly subscriptions: number;
}

const LINES_IN_THREE_ORDERS = 6;

/** How many rows each table gets. Three orders in turn have one, two and three lines. */
export const sizesFor = (companies: number, sales: number): Sizes => {
  const whole = Math.floor(sales / LINES_IN_THREE_ORDERS);
  const rest = sales % LINES_IN_THREE_ORDERS;
  const orders = whole * 3 + (rest === 0 ? 0 : rest === 1 ? 1 : rest <= 3 ? 2 : 3);
  const invoices = Math.floor(orders * 0.8);
  return {
    companies,
    users: Math.max(companies, 4),
    teams: Math.ceil(companies / 4),
    products: companies,
    orders,
    sales,
    invoices,
    payments: Math.floor(invoices * 0.75),
    subscriptions: Math.floor(companies / 3),
  };
};

/** Order and line of the n-th sale, n from 1: the inverse of the pattern in `sizesFor`. */
export const lineOfSale = (sale: number): readonly [orderId: number, lineNo: number] => {
  const step = (sale - 1) % LINES_IN_THREE_ORDERS;
  const base = (sale - 1 - step) / 2;
  if (step === 0) return [base + 1, 1];
  return step <= 2 ? [base + 2, step] : [base + 3, step - 2];
};

const stepOfSale = `((r.id - 1) % ${LINES_IN_THREE_ORDERS})`;
const saleOrder =
  `cast((r.id - 1 - ${stepOfSale}) / 2 as bigint) + ` +
  `case when ${stepOfSale} = 0 then 1 when ${stepOfSale} <= 2 then 2 else 3 end`;
const saleLine = `case when ${stepOfSale} = 0 then 1 when ${stepOfSale} <= 2 then ${stepOfSale} else ${stepOfSale} - 2 end`;

/** Members of a team and their users: four consecutive users each, so that no pair comes twice. */
export const MEMBERS_PER_TEAM = 4;

export interface TableRows {
  readonly count: number;
  readonly columns: Readonly<Record<string, string>>;
}

type Draw = SqlDraws;

const decimal = (draw: Draw, topic: string, below: number): string =>
  `cast(${draw.number(topic, below)} as numeric(18, 4)) * cast(0.0001 as numeric(5, 4))`;
const day = (draw: Draw, topic: string, from: string, days: number): string =>
  `date ${literal(from)} + cast(${draw.number(topic, days)} as integer)`;
const moment = (draw: Draw, topic: string): string =>
  `timestamp '2024-01-01 00:00:00' + ${draw.number(`${topic} minute`, 360 * 24 * 60)} * interval '1 minute' ` +
  `+ ${draw.number(`${topic} microsecond`, 1_000_000)} * interval '1 microsecond'`;
const reference = (draw: Draw, topic: string, count: number): string => `1 + ${draw.number(topic, count)}`;
const flag = (draw: Draw, topic: string): string => `${draw.number(topic, 2)} = 1`;

const companies = (draw: Draw, sizes: Sizes): TableRows => {
  const country = (topic: string): string =>
    draw.oneOf(
      topic,
      words.COUNTRIES.map(([id]) => id),
    );
  const name = `${draw.oneOf('word', words.COMPANY_WORDS)} || ' ' || ${draw.oneOf('tail', words.COMPANY_TAILS)}`;
  return {
    count: sizes.companies,
    columns: {
      name: `${name} || ' ' || r.id`,
      legal_name: draw.sometimesNull(
        'legal',
        4,
        `${name} || ' ' || ${draw.oneOf('form', words.LEGAL_FORMS)}`,
      ),
      country_id: draw.sometimesNull('country', 25, country('country')),
      billing_country_id: draw.sometimesNull(
        'billing',
        10,
        `case when ${draw.number('abroad', 3)} = 0 then ${country('billing')} else ${country('country')} end`,
      ),
      industry_id: draw.sometimesNull('industry', 20, reference(draw, 'industry', words.INDUSTRIES.length)),
      is_vendor: draw.sometimesNull('vendor', 50, flag(draw, 'vendor')),
      is_buyer: flag(draw, 'buyer'),
      employee_count: draw.sometimesNull('employees', 12, draw.number('employees', 900)),
      annual_revenue: draw.sometimesNull('revenue', 8, decimal(draw, 'revenue', 900_000_000)),
      founded_on: draw.sometimesNull('founded', 9, day(draw, 'founded', '1950-01-01', 26_000)),
      website: draw.sometimesNull('website', 6, `'https://Company-' || r.id || '.example'`),
    },
  };
};

const people = (
  draw: Draw,
  sizes: Sizes,
): Readonly<Record<'users' | 'teams' | 'team_members', TableRows>> => ({
  users: {
    count: sizes.users,
    columns: {
      company_id: draw.sometimesNull('company', 15, reference(draw, 'company', sizes.companies)),
      email: draw.sometimesNull('email', 18, `'User.' || r.id || '@Example.com'`),
      name: `${draw.oneOf('first', words.FIRST_NAMES)} || ' ' || ${draw.oneOf('last', words.LAST_NAMES)}`,
      country_id: draw.sometimesNull(
        'home',
        11,
        draw.oneOf(
          'home',
          words.COUNTRIES.map(([id]) => id),
        ),
      ),
      opted_in: draw.sometimesNull('opted', 7, flag(draw, 'opted')),
      last_login_at: draw.sometimesNull('login', 5, moment(draw, 'login')),
    },
  },
  teams: {
    count: sizes.teams,
    columns: {
      company_id: reference(draw, 'company', sizes.companies),
      lead_user_id: draw.sometimesNull('lead', 5, `1 + ((r.id - 1) * ${MEMBERS_PER_TEAM}) % ${sizes.users}`),
      name: `${draw.oneOf('team', words.TEAM_WORDS)} || ' ' || r.id`,
      budget: draw.sometimesNull('budget', 9, decimal(draw, 'budget', 900_000_000)),
    },
  },
  team_members: {
    count: sizes.teams * MEMBERS_PER_TEAM,
    columns: {
      team_id: `cast((r.id - 1 - (r.id - 1) % ${MEMBERS_PER_TEAM}) / ${MEMBERS_PER_TEAM} as bigint) + 1`,
      user_id: `1 + (r.id - 1) % ${sizes.users}`,
      role: draw.sometimesNull('role', 6, draw.oneOf('role', words.ROLES)),
      allocation: draw.sometimesNull('allocation', 10, decimal(draw, 'allocation', 10_000)),
      joined_on: day(draw, 'joined', '2022-01-01', 900),
    },
  },
});

const trade = (
  draw: Draw,
  sizes: Sizes,
): Readonly<Record<'products' | 'orders' | 'order_items', TableRows>> => ({
  products: {
    count: sizes.products,
    columns: {
      vendor_id: draw.sometimesNull('vendor', 30, reference(draw, 'vendor', sizes.companies)),
      sku: `'sku-' || r.id`,
      name: `${draw.oneOf('product', words.PRODUCT_WORDS)} || ' no. ' || r.id`,
      list_price: draw.sometimesNull('price', 20, decimal(draw, 'price', 25_000_000)),
      weight_kg: draw.sometimesNull(
        'weight',
        9,
        `${draw.number('weight', 90_000)} * cast(0.001 as numeric(4, 3))`,
      ),
      is_active: draw.sometimesNull('active', 14, flag(draw, 'active')),
    },
  },
  orders: {
    count: sizes.orders,
    columns: {
      buyer_id: draw.sometimesNull('buyer', 40, reference(draw, 'buyer', sizes.companies)),
      user_id: draw.sometimesNull('user', 10, reference(draw, 'user', sizes.users)),
      status: draw.sometimesNull('status', 30, draw.oneOf('status', words.ORDER_STATUSES)),
      amount: draw.sometimesNull('amount', 50, decimal(draw, 'amount', 90_000_000)),
      discount_rate: draw.sometimesNull('discount', 3, decimal(draw, 'discount', 3000)),
      placed_at: moment(draw, 'placed'),
      due_on: draw.sometimesNull('due', 6, day(draw, 'due', '2025-01-15', 60)),
    },
  },
  order_items: {
    count: sizes.sales,
    columns: {
      order_id: saleOrder,
      line_no: saleLine,
      product_id: draw.sometimesNull('product', 60, reference(draw, 'product', sizes.products)),
      quantity: `1 + ${draw.number('quantity', 40)}`,
      unit_price: decimal(draw, 'unit price', 20_000_000),
    },
  },
});

const money = (
  draw: Draw,
  sizes: Sizes,
): Readonly<Record<'invoices' | 'payments' | 'subscriptions', TableRows>> => ({
  invoices: {
    count: sizes.invoices,
    columns: {
      order_id: reference(draw, 'order', sizes.orders),
      number: `'INV-' || r.id`,
      status: draw.sometimesNull('status', 40, draw.oneOf('status', words.INVOICE_STATUSES)),
      amount: decimal(draw, 'amount', 90_000_000),
      tax: draw.sometimesNull('tax', 12, decimal(draw, 'tax', 9_000_000)),
      issued_on: day(draw, 'issued', '2024-01-01', 300),
      paid_at: draw.sometimesNull('paid', 2, moment(draw, 'paid')),
    },
  },
  payments: {
    count: sizes.payments,
    columns: {
      invoice_id: reference(draw, 'invoice', sizes.invoices),
      payer_id: draw.sometimesNull('payer', 20, reference(draw, 'payer', sizes.companies)),
      method: draw.sometimesNull('method', 12, draw.oneOf('method', words.PAYMENT_METHODS)),
      amount: decimal(draw, 'amount', 90_000_000),
      is_refund: draw.sometimesNull('refund', 9, `${draw.number('refund', 10)} = 0`),
      received_at: moment(draw, 'received'),
    },
  },
  subscriptions: {
    count: sizes.subscriptions,
    columns: {
      company_id: reference(draw, 'company', sizes.companies),
      plan: draw.sometimesNull('plan', 20, draw.oneOf('plan', words.PLANS)),
      seats: draw.sometimesNull('seats', 25, `1 + ${draw.number('seats', 300)}`),
      monthly_price: decimal(draw, 'price', 900_000),
      starts_on: day(draw, 'starts', '2023-01-01', 500),
      ends_on: draw.sometimesNull('ends', 3, day(draw, 'ends', '2024-09-01', 300)),
      is_trial: draw.sometimesNull('trial', 8, flag(draw, 'trial')),
    },
  },
});

/** The tables whose rows are drawn; countries and industries are lists. */
export type DrawnTable = Exclude<StagingTable, 'countries' | 'industries'>;

/** Rows of one table; `draw` belongs to that table, so that equal topics give other numbers elsewhere. */
export const rowsOf = (name: DrawnTable, draw: Draw, sizes: Sizes): TableRows => {
  const drawn: Readonly<Record<DrawnTable, TableRows>> = {
    companies: companies(draw, sizes),
    ...people(draw, sizes),
    ...trade(draw, sizes),
    ...money(draw, sizes),
  };
  const rows = drawn[name];
  const withId = 'id' in STAGING[name].columns ? { id: 'r.id', ...rows.columns } : rows.columns;
  const created = moment(draw, 'created');
  // One row in two was never touched after it was made.
  const age = `${draw.number('touched', 2)} * ${draw.number('age', 30 * 24 * 3600)} * interval '1 second'`;
  return {
    count: rows.count,
    columns: { ...withId, created_at: created, updated_at: `${created} + ${age}` },
  };
};
