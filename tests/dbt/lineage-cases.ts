// Queries whose column lineage somebody worked out by hand. Per column: the mark, then the columns it is made of.
//   `=` as it stands, `~` cast, `*` an expression, `?` unknown and rightly so.
import type { SqlDialect } from '../../src/dbt/lineage/names.ts';

export interface LineageCase {
  readonly title: string;
  readonly dialect?: SqlDialect;
  readonly sql: string;
  readonly expect: Readonly<Record<string, string>>;
  /** Where they are worth a look: `how table.column`. */
  readonly deciders?: readonly string[];
}

/** What the cases read; `raw.mystery` is a table whose columns nobody knows. */
export const tables: Readonly<Record<string, readonly string[]>> = {
  'raw.orders': ['id', 'customer_id', 'status', 'amount', 'placed_at', 'tags'],
  'raw.customers': ['id', 'name', 'email', 'region_id'],
  'raw.regions': ['id', 'name', 'parent_id'],
  'raw.payments': ['id', 'order_id', 'amount', 'method'],
};

export const cases: readonly LineageCase[] = [
  {
    title: 'a chain of CTEs with stars',
    sql: `with source as (select * from "db"."raw"."orders"),
      renamed as (select id as order_id, customer_id, cast(amount as numeric(10, 2)) as amount, status from source),
      final as (select *, upper(status) as status_code from renamed)
      select * from final`,
    expect: {
      order_id: '= orders.id',
      customer_id: '= orders.customer_id',
      amount: '~ orders.amount',
      status: '= orders.status',
      status_code: '* orders.status',
    },
  },
  {
    title: 'joins, one without qualifiers',
    sql: `select o.id, name as customer, r.name as region, o.amount * 2 as twice, email
      from raw.orders o left join raw.customers c on o.customer_id = c.id join raw.regions r on r.id = c.region_id
      where o.status <> 'void'`,
    expect: {
      id: '= orders.id',
      customer: '?',
      region: '= regions.name',
      twice: '* orders.amount',
      email: '= customers.email',
    },
    deciders: [
      'join orders.customer_id',
      'join customers.id',
      'join regions.id',
      'join customers.region_id',
      'filter orders.status',
    ],
  },
  {
    title: 'grouped rows',
    sql: `select customer_id, count(*) as orders, sum(amount) filter (where status = 'paid') as paid,
        max(placed_at) as last_at, count(distinct status) as statuses
      from raw.orders group by 1 having count(*) > 1`,
    expect: {
      customer_id: '= orders.customer_id',
      orders: '* ',
      paid: '* orders.amount orders.status',
      last_at: '* orders.placed_at',
      statuses: '* orders.status',
    },
    deciders: ['group orders.customer_id'],
  },
  {
    title: 'windows, one with a name',
    sql: `select id, row_number() over (partition by customer_id order by placed_at desc) as place,
        sum(amount) over w as running, lag(status) over (w rows between 1 preceding and current row) as before
      from raw.orders window w as (partition by customer_id order by placed_at)
      qualify place = 1`,
    expect: {
      id: '= orders.id',
      place: '* orders.customer_id orders.placed_at',
      running: '* orders.amount orders.customer_id orders.placed_at',
      before: '* orders.status orders.customer_id orders.placed_at',
    },
  },
  {
    title: 'a union of two arms, a literal in one',
    sql: `with people as (select id, name, 'customer' as kind, email as contact from raw.customers
        union all select id, name, 'region', null from raw.regions)
      select id, name, kind, contact, coalesce(contact, name) as label from people`,
    expect: {
      id: '* customers.id regions.id',
      name: '* customers.name regions.name',
      kind: '* ',
      contact: '* customers.email',
      label: '* customers.email customers.name regions.name',
    },
  },
  {
    title: 'sub-queries that are values',
    sql: `select o.id, (select max(p.amount) from raw.payments p where p.order_id = o.id) as largest,
        exists (select 1 from raw.payments p where p.order_id = o.id) as is_paid,
        o.customer_id in (select id from raw.customers where region_id = 3) as is_local
      from raw.orders o`,
    expect: {
      id: '= orders.id',
      largest: '* payments.amount payments.order_id orders.id',
      is_paid: '* payments.order_id orders.id',
      is_local: '* orders.customer_id customers.id customers.region_id',
    },
  },
  {
    title: 'using, and a star over it',
    sql: `with a as (select id as customer_id, name from raw.customers), b as (select customer_id, amount from raw.orders)
      select * from b left join a using (customer_id)`,
    expect: { customer_id: '= orders.customer_id', amount: '= orders.amount', name: '= customers.name' },
    deciders: ['join orders.customer_id', 'join customers.id'],
  },
  {
    title: 'a full join by using has the column of both',
    sql: `with a as (select id as customer_id, name from raw.customers), b as (select customer_id, amount from raw.orders)
      select customer_id, amount, name from b full join a using (customer_id)`,
    expect: {
      customer_id: '* orders.customer_id customers.id',
      amount: '= orders.amount',
      name: '= customers.name',
    },
  },
  {
    title: 'stars that leave out, replace and rename',
    sql: `select * exclude (tags, placed_at) replace (lower(status) as status) from raw.orders`,
    expect: {
      id: '= orders.id',
      customer_id: '= orders.customer_id',
      status: '* orders.status',
      amount: '= orders.amount',
    },
  },
  {
    title: 'stars on Snowflake',
    dialect: 'snowflake',
    sql: `select * exclude (email) rename (name as customer_name) from raw.customers`,
    expect: { ID: '= customers.ID', CUSTOMER_NAME: '= customers.NAME', REGION_ID: '= customers.REGION_ID' },
  },
  {
    title: 'a recursive query',
    sql: `with recursive tree as (
        select id, name, parent_id, name as path, 1 as depth from raw.regions where parent_id is null
        union all
        select r.id, r.name, r.parent_id, t.path || '/' || r.name, t.depth + 1 from raw.regions r join tree t on r.parent_id = t.id)
      select id, path, depth from tree`,
    expect: { id: '= regions.id', path: '* regions.name', depth: '* ' },
  },
  {
    title: 'a name that means another thing further in',
    sql: `with orders as (select id, amount as total from raw.orders),
        totals as (with orders as (select order_id as id, amount as total from raw.payments) select id, total from orders)
      select o.total as ordered, t.total as paid from orders o join totals t on t.id = o.id`,
    expect: { ordered: '= orders.amount', paid: '= payments.amount' },
  },
  {
    title: 'a column of the same list',
    sql: `select amount * 2 as twice, twice + 1 as more, id as number, number as again from raw.orders`,
    expect: {
      twice: '* orders.amount',
      more: '* orders.amount',
      number: '= orders.id',
      again: '* orders.id',
    },
  },
  {
    title: 'case, casts and operators',
    dialect: 'postgres',
    sql: `select id::text, case when status = 'x' then amount else 0 end as due, placed_at::date as day,
        extract(year from placed_at) as year, coalesce(tags ->> 'source', status) as origin, "status" as "Status"
      from raw.orders`,
    expect: {
      id: '~ orders.id',
      due: '* orders.status orders.amount',
      day: '~ orders.placed_at',
      year: '* orders.placed_at',
      origin: '* orders.tags orders.status',
      Status: '= orders.status',
    },
  },
  {
    title: 'rows of a table function, lateral',
    dialect: 'postgres',
    sql: `select o.id, t.tag, l.top from raw.orders o cross join lateral unnest(o.tags) as t(tag)
      left join lateral (select max(p.amount) as top from raw.payments p where p.order_id = o.id) l on true`,
    expect: { id: '= orders.id', tag: '* orders.tags', top: '* payments.amount' },
  },
  {
    title: 'values, and other names for the columns of a table',
    sql: `select v.code, c.customer, c.mail from (values ('a', 1), ('b', 2)) as v(code, place)
      cross join raw.customers as c(number, customer, mail)`,
    expect: { code: '* ', customer: '= customers.name', mail: '= customers.email' },
  },
  {
    title: 'a table whose columns nobody knows',
    sql: `select m.a, b, m.a + 1 as c from raw.mystery m`,
    expect: { a: '= mystery.a', b: '= mystery.b', c: '* mystery.a' },
  },
  {
    title: 'and beside another: a bare name that only it can have',
    sql: `select o.id, secret from raw.orders o join raw.mystery m on m.id = o.id`,
    expect: { id: '= orders.id', secret: '= mystery.secret' },
  },
  {
    title: 'but not where a query around it may have it as well',
    sql: `select o.id, (select max(x) from raw.mystery m where m.id = customer_id) as most from raw.orders o`,
    expect: { id: '= orders.id', most: '?' },
  },
  {
    title: 'lambdas',
    sql: `select list_transform(tags, t -> t || status) as marked, list_filter(tags, x -> x <> 'q') as kept from raw.orders`,
    expect: { marked: '* orders.tags orders.status', kept: '* orders.tags' },
  },
  {
    title: 'distinct rows, the latest of each',
    dialect: 'postgres',
    sql: `select distinct on (customer_id) customer_id, id as last_order, amount from raw.orders order by customer_id, placed_at desc`,
    expect: { customer_id: '= orders.customer_id', last_order: '= orders.id', amount: '= orders.amount' },
    deciders: ['group orders.customer_id', 'order orders.customer_id', 'order orders.placed_at'],
  },
  {
    title: 'joins in brackets',
    sql: `select o.id, r.name from raw.orders o left join (raw.customers c join raw.regions r on r.id = c.region_id) on c.id = o.customer_id`,
    expect: { id: '= orders.id', name: '= regions.name' },
    deciders: ['join regions.id', 'join customers.region_id', 'join customers.id', 'join orders.customer_id'],
  },
  {
    title: 'semi and anti joins',
    sql: `select o.* exclude (tags, placed_at, status, amount) from raw.orders o semi join raw.payments p on p.order_id = o.id`,
    expect: { id: '= orders.id', customer_id: '= orders.customer_id' },
    deciders: ['join payments.order_id', 'join orders.id'],
  },
  {
    title: 'a self join',
    sql: `select r.id, p.name as parent, r.name || ' in ' || p.name as label from raw.regions r left join raw.regions p on p.id = r.parent_id`,
    expect: { id: '= regions.id', parent: '= regions.name', label: '* regions.name' },
  },
  {
    title: 'three parts in a column name',
    sql: `select raw.orders.id, orders.amount from raw.orders`,
    expect: { id: '* orders.id', amount: '= orders.amount' },
  },
  {
    title: 'a surrogate key, and what is made of it',
    dialect: 'postgres',
    sql: `with keyed as (select md5(cast(coalesce(cast(id as text), '_null_') || '-' || coalesce(status, '_null_') as text)) as order_key, * from raw.orders)
      select order_key, left(order_key, 8) as short_key from keyed`,
    expect: { order_key: '* orders.id orders.status', short_key: '* orders.id orders.status' },
  },
  {
    title: 'except and intersect read both sides',
    sql: `select id from raw.orders except select order_id from raw.payments`,
    expect: { id: '* orders.id payments.order_id' },
    deciders: ['group orders.id', 'group payments.order_id'],
  },
  {
    title: 'what cannot be traced says so: pivots',
    sql: `select * from raw.payments pivot (sum(amount) for method in ('card', 'cash'))`,
    expect: {},
  },
  {
    title: 'columns by pattern',
    sql: `select columns('a.*') from raw.orders`,
    expect: { '': '?' },
  },
  {
    title: 'a whole row, and words of the engine',
    dialect: 'postgres',
    sql: `select o as whole, current_date as today, user as who, o.id from raw.orders o`,
    expect: { whole: '?', today: '* ', who: '?', id: '= orders.id' },
  },
];
