// The job of a run as one would write it by hand, for these tables alone, on an open connection: changed companies
// against the mirror, gone ones, both facts, an audit row per written row, the mirror, the ledger, the position.
import { stagingColumns } from '../shop/schema.ts';
import type { ShopEngine } from '../shop/build-targets.ts';
import { onlyText, type Connection } from './place.ts';

/** How changed rows of a big table are written: as most people do, or as a column store likes it. */
export type Form = 'update' | 'delete and insert';

export interface ByHand {
  readonly engine: ShopEngine;
  readonly form: Form;
  /** Off only to see what it costs. */
  readonly audit: boolean;
}

const columns = stagingColumns('companies');

const list = (alias: string): string => columns.map((column) => `${alias}.${column}`).join(', ');

const differ = (pairs: readonly (readonly [string, string])[]): string =>
  `(${pairs.map(([left, right]) => `${left} is distinct from ${right}`).join(' or ')})`;

/** Tables of ones own, made before anything is timed. */
export const prepareByHand = async ({ execute }: Connection, engine: ShopEngine): Promise<void> => {
  const json = engine === 'duckdb' ? 'json' : 'jsonb';
  await execute('create schema by_hand');
  await execute('create table by_hand.position (watermark timestamp)');
  await execute('insert into by_hand.position select max(updated_at) from staging_public.companies');
  await execute(`create table by_hand.ledger
    (change_id bigint primary key, source text, op text, key ${json}, before ${json}, after ${json})`);
  await execute(
    `create table by_hand.audit (target text, op text, key ${json}, before ${json}, after ${json})`,
  );
};

interface Words {
  readonly object: string;
  readonly row: string;
  readonly now: string;
  readonly scratch: (name: string, query: string) => readonly string[];
}

const wordsOf = (engine: ShopEngine): Words =>
  engine === 'duckdb'
    ? {
        object: 'json_object',
        row: 'to_json',
        now: 'cast(now() as timestamp)',
        scratch: (name, query) => [`create or replace temporary table ${name} as ${query}`],
      }
    : {
        object: 'jsonb_build_object',
        row: 'to_jsonb',
        now: `(now() at time zone 'utc')`,
        scratch: (name, query) => [
          `create temporary table ${name} on commit drop as ${query}`,
          `analyze ${name}`,
        ],
      };

const findChanges = ({ row, scratch }: Words, from: string): readonly string[] => {
  const pairs = columns.map((column) => [`s.${column}`, `m.${column}`] as const);
  return scratch(
    'changed',
    `select case when m.id is null then 'I' else 'U' end as op, ${list('s')}, case when m.id is not null then ${row}(m) end as before, ${row}(s) as after
from staging.companies as s left join staging_public.companies as m on m.id = s.id
where (s.updated_at >= timestamp '${from}' - interval '15 minutes' or s.updated_at is null) and (m.id is null or ${differ(pairs)})
union all
select 'D', ${list('m')}, ${row}(m), null from staging_public.companies as m
where not exists (select 1 from staging.companies as s where s.id = m.id)`,
  );
};

const writeSales = (words: Words, { form, audit }: ByHand): readonly string[] => {
  const { object, now, scratch } = words;
  const find = scratch(
    'sales',
    `select f.*, c.name as new_name, c.country_id as new_country, ${now} as new_updated_at
from marts.fact_sales as f join changed as c on f.vendor_id = c.id and c.op <> 'D'
where f.vendor_name is distinct from c.name or f.vendor_country_id is distinct from c.country_id`,
  );
  const told = `insert into by_hand.audit
select 'fact_sales', 'U', ${object}('sale_id', sale_id),
  ${object}('vendor_name', vendor_name, 'vendor_country_id', vendor_country_id, '_updated_at', _updated_at),
  ${object}('vendor_name', new_name, 'vendor_country_id', new_country, '_updated_at', new_updated_at) from sales`;
  const update = [
    `update marts.fact_sales as f set vendor_name = s.new_name, vendor_country_id = s.new_country, _updated_at = s.new_updated_at
from sales as s where f.sale_id = s.sale_id`,
  ];
  const rewrite = [
    'delete from marts.fact_sales as f using sales as s where f.sale_id = s.sale_id',
    `insert into marts.fact_sales select * exclude (new_name, new_country, new_updated_at)
  replace (new_name as vendor_name, new_country as vendor_country_id, new_updated_at as _updated_at) from sales`,
  ];
  return [...find, ...(audit ? [told] : []), ...(form === 'update' ? update : rewrite)];
};

const writeVendors = ({ row, object, scratch }: Words, { audit }: ByHand): readonly string[] => {
  const find = scratch(
    'vendors',
    `select c.id as vendor_id, c.name as vendor_name, coalesce(countries.name, 'unknown') as country, c.employee_count,
  c.op <> 'D' and c.is_vendor is true as sells
from changed as c left join staging_public.countries as countries on countries.id = c.country_id`,
  );
  const differs = differ([
    ['t.vendor_name', 'v.vendor_name'],
    ['t.country', 'v.country'],
    ['t.employee_count', 'v.employee_count'],
  ]);
  const told = `insert into by_hand.audit
select 'fact_vendor', case when not v.sells then 'D' when t.vendor_id is null then 'I' else 'U' end,
  ${object}('vendor_id', v.vendor_id), case when t.vendor_id is not null then ${row}(t) end, case when v.sells then ${row}(v) end
from vendors as v left join marts.fact_vendor as t on t.vendor_id = v.vendor_id
where (v.sells and (t.vendor_id is null or ${differs})) or (not v.sells and t.vendor_id is not null)`;
  return [
    ...find,
    ...(audit ? [told] : []),
    'delete from marts.fact_vendor as t using vendors as v where t.vendor_id = v.vendor_id and not v.sells',
    `update marts.fact_vendor as t set vendor_name = v.vendor_name, country = v.country, employee_count = v.employee_count
from vendors as v where t.vendor_id = v.vendor_id and v.sells and ${differs}`,
    `insert into marts.fact_vendor (vendor_id, vendor_name, country, employee_count)
select v.vendor_id, v.vendor_name, v.country, v.employee_count from vendors as v
where v.sells and not exists (select 1 from marts.fact_vendor as t where t.vendor_id = v.vendor_id)`,
  ];
};

const writeMirror = (form: Form): readonly string[] => {
  const names = columns.join(', ');
  const set = columns.filter((column) => column !== 'id').map((column) => `${column} = c.${column}`);
  const insert = (ops: string): string =>
    `insert into staging_public.companies (${names}) select ${names} from changed where op in (${ops})`;
  if (form === 'delete and insert') {
    return [
      `delete from staging_public.companies as m using changed as c where m.id = c.id`,
      insert(`'U', 'I'`),
    ];
  }
  return [
    `delete from staging_public.companies as m using changed as c where m.id = c.id and c.op = 'D'`,
    `update staging_public.companies as m set ${set.join(', ')} from changed as c where m.id = c.id and c.op = 'U'`,
    insert(`'I'`),
  ];
};

const remember = ({ object }: Words): readonly string[] => [
  `insert into by_hand.ledger
select (select coalesce(max(change_id), 0) from by_hand.ledger) + row_number() over (), 'companies', c.op,
  ${object}('id', c.id), c.before, c.after from changed as c`,
  `update by_hand.position set watermark = greatest(watermark, (select max(updated_at) from changed))`,
];

/** All of it in one transaction. */
export const runByHand = async (connection: Connection, job: ByHand): Promise<void> => {
  const { execute } = connection;
  const words = wordsOf(job.engine);
  const from = await onlyText(connection, 'select cast(watermark as varchar) from by_hand.position');
  await execute('begin');
  for (const statement of [
    ...findChanges(words, from),
    ...writeSales(words, job),
    ...writeVendors(words, job),
    ...writeMirror(job.form),
    ...remember(words),
  ]) {
    await execute(statement);
  }
  await execute('commit');
};
