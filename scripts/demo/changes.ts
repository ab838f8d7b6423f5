// What happens in staging between two runs of the demo: statements, and what a reader is told of them.
import type { Execute } from '../shop/schema.ts';

export interface StagingChange {
  readonly told: string;
  readonly statements: readonly string[];
}

/** A vendor whose products are sold, so that its name stands in several targets. */
const vendorQuery = `select c.id, c.name from staging.companies c
join staging.products p on p.vendor_id = c.id join staging.order_items i on i.product_id = p.id
join staging.users u on u.company_id = c.id
where c.is_vendor group by c.id, c.name order by count(distinct i.order_id) desc, c.id limit 1`;

const openOrderQuery = `select o.id, b.name from staging.orders o join staging.companies b on b.id = o.buyer_id order by o.id limit 1`;

const userQuery = `select id from staging.users where email is not null order by id limit 1`;

const paymentQuery = `select id from staging.payments order by id limit 1`;

type Rows = readonly Readonly<Record<string, unknown>>[];

const first = async (execute: Execute, query: string): Promise<Readonly<Record<string, unknown>>> => {
  const [row] = (await execute(query)) as Rows;
  if (row === undefined) throw new Error(`the shop holds no row for: ${query}`);
  return row;
};

const text = (value: unknown): string => `'${String(value).replaceAll("'", "''")}'`;

const stampNow = (): string => `timestamp '${new Date().toISOString().slice(0, 19).replace('T', ' ')}'`;

export const renamed = 'Northwind Trading';

export const changesFor = async (execute: Execute): Promise<readonly StagingChange[]> => {
  const vendor = await first(execute, vendorQuery);
  const order = await first(execute, openOrderQuery);
  const payment = await first(execute, paymentQuery);
  const user = await first(execute, userQuery);
  const now = stampNow();
  return [
    {
      told: `company ${String(vendor['id'])} is renamed: ${String(vendor['name'])} → ${renamed}`,
      statements: [
        `update staging.companies set name = ${text(renamed)}, updated_at = ${now} where id = ${String(vendor['id'])}`,
      ],
    },
    {
      told: 'two new orders arrive',
      statements: [1, 2].map(
        (place) => `insert into staging.orders by name
select max(id) + 1 as id, ${String(vendor['id'])} as buyer_id, ${place} as user_id, 'new' as status, ${place}250.00 as amount,
  0.1 as discount_rate, ${now} as placed_at, current_date + 30 as due_on, ${now} as created_at, ${now} as updated_at from staging.orders`,
      ),
    },
    {
      told: `order ${String(order['id'])} moves from ${String(order['name'])} to the renamed company`,
      statements: [
        `update staging.orders set buyer_id = ${String(vendor['id'])}, updated_at = ${now} where id = ${String(order['id'])}`,
      ],
    },
    {
      told: `user ${String(user['id'])} has another address: a new version in customers_scd`,
      statements: [
        `update staging.users set email = 'new.address@example.com', updated_at = ${now} where id = ${String(user['id'])}`,
      ],
    },
    {
      told: `payment ${String(payment['id'])} is deleted`,
      statements: [`delete from staging.payments where id = ${String(payment['id'])}`],
    },
  ];
};
