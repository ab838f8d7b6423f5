// The staging tables of the sample shop: one DDL text that DuckDB and Postgres both take.

/** Runs one SQL statement on any connection. */
export type Execute = (sql: string) => Promise<unknown>;

export const STAGING_TABLES = [
  'countries',
  'industries',
  'companies',
  'users',
  'teams',
  'team_members',
  'products',
  'orders',
  'order_items',
  'invoices',
  'payments',
  'subscriptions',
] as const;

export type StagingTable = (typeof STAGING_TABLES)[number];

export interface StagingShape {
  readonly key: readonly string[];
  /** Name and type of every column but `created_at` and `updated_at`, which all tables have. */
  readonly columns: Readonly<Record<string, string>>;
}

export const STAGING: Readonly<Record<StagingTable, StagingShape>> = {
  countries: {
    key: ['id'],
    columns: {
      id: 'varchar(2)',
      name: 'varchar(80)',
      region: 'varchar(40)',
      vat_rate: 'numeric(5, 4)',
      is_eu: 'boolean',
    },
  },
  industries: {
    key: ['id'],
    columns: { id: 'bigint', code: 'varchar(20)', name: 'varchar(80)', parent_id: 'bigint' },
  },
  companies: {
    key: ['id'],
    columns: {
      id: 'bigint',
      name: 'varchar(120)',
      legal_name: 'varchar(160)',
      country_id: 'varchar(2)',
      billing_country_id: 'varchar(2)',
      industry_id: 'bigint',
      is_vendor: 'boolean',
      is_buyer: 'boolean',
      employee_count: 'integer',
      annual_revenue: 'numeric(18, 4)',
      founded_on: 'date',
      website: 'varchar(120)',
    },
  },
  users: {
    key: ['id'],
    columns: {
      id: 'bigint',
      company_id: 'bigint',
      email: 'varchar(160)',
      name: 'varchar(120)',
      country_id: 'varchar(2)',
      opted_in: 'boolean',
      last_login_at: 'timestamp',
    },
  },
  teams: {
    key: ['id'],
    columns: {
      id: 'bigint',
      company_id: 'bigint',
      lead_user_id: 'bigint',
      name: 'varchar(120)',
      budget: 'numeric(14, 4)',
    },
  },
  team_members: {
    key: ['team_id', 'user_id'],
    columns: {
      team_id: 'bigint',
      user_id: 'bigint',
      role: 'varchar(20)',
      allocation: 'numeric(5, 4)',
      joined_on: 'date',
    },
  },
  products: {
    key: ['id'],
    columns: {
      id: 'bigint',
      vendor_id: 'bigint',
      sku: 'varchar(40)',
      name: 'varchar(120)',
      list_price: 'numeric(12, 4)',
      weight_kg: 'numeric(10, 3)',
      is_active: 'boolean',
    },
  },
  orders: {
    key: ['id'],
    columns: {
      id: 'bigint',
      buyer_id: 'bigint',
      user_id: 'bigint',
      status: 'varchar(20)',
      amount: 'numeric(14, 4)',
      discount_rate: 'numeric(5, 4)',
      placed_at: 'timestamp',
      due_on: 'date',
    },
  },
  order_items: {
    key: ['order_id', 'line_no'],
    columns: {
      order_id: 'bigint',
      line_no: 'integer',
      product_id: 'bigint',
      quantity: 'integer',
      unit_price: 'numeric(12, 4)',
    },
  },
  invoices: {
    key: ['id'],
    columns: {
      id: 'bigint',
      order_id: 'bigint',
      number: 'varchar(40)',
      status: 'varchar(20)',
      amount: 'numeric(14, 4)',
      tax: 'numeric(14, 4)',
      issued_on: 'date',
      paid_at: 'timestamp',
    },
  },
  payments: {
    key: ['id'],
    columns: {
      id: 'bigint',
      invoice_id: 'bigint',
      payer_id: 'bigint',
      method: 'varchar(20)',
      amount: 'numeric(14, 4)',
      is_refund: 'boolean',
      received_at: 'timestamp',
    },
  },
  subscriptions: {
    key: ['id'],
    columns: {
      id: 'bigint',
      company_id: 'bigint',
      plan: 'varchar(20)',
      seats: 'integer',
      monthly_price: 'numeric(12, 4)',
      starts_on: 'date',
      ends_on: 'date',
      is_trial: 'boolean',
    },
  },
};

/** All columns of a staging table, in its order. */
export const stagingColumns = (name: StagingTable): readonly string[] => [
  ...Object.keys(STAGING[name].columns),
  'created_at',
  'updated_at',
];

const createTable = (schema: string, name: StagingTable): string => {
  const { key, columns } = STAGING[name];
  const lines = Object.entries(columns).map(([column, type]) => `  ${column} ${type}`);
  const stamps = ['  created_at timestamp', '  updated_at timestamp'];
  const body = [...lines, ...stamps, `  primary key (${key.join(', ')})`].join(',\n');
  return `create table "${schema}"."${name}" (\n${body}\n)`;
};

export interface SchemaOptions {
  readonly schema?: string;
  readonly tables?: readonly StagingTable[];
}

/** Makes the staging tables anew, empty. */
export const createStaging = async (execute: Execute, options: SchemaOptions = {}): Promise<void> => {
  const schema = options.schema ?? 'staging';
  await execute(`create schema if not exists "${schema}"`);
  for (const name of options.tables ?? STAGING_TABLES) {
    await execute(`drop table if exists "${schema}"."${name}"`);
    await execute(createTable(schema, name));
  }
};
