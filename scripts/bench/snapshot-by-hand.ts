// What a dbt snapshot with the strategy `check` does to a table, in statements of our own words: current versions
// against staging column by column into a table of its own, then closing and inserting.
import type { Connection } from './place.ts';

export const attributes: readonly string[] = [
  'name',
  'city',
  'street',
  'phone',
  'email',
  'segment',
  'status',
  'manager',
];

const list = (alias: string): string => attributes.map((name) => `${alias}.${name}`).join(', ');

const changed = attributes
  .map(
    (name) =>
      `(c.${name} <> s.${name} or ((c.${name} is null and s.${name} is not null) or (c.${name} is not null and s.${name} is null)))`,
  )
  .join(' or ');

const identifier = (key: string, time: string): string =>
  `md5(coalesce(cast(${key} as varchar), '') || '|' || coalesce(cast(${time} as varchar), ''))`;

/** The same versions as those of our own history. */
export const prepareSnapshot = async ({ execute }: Connection): Promise<void> => {
  await execute('create schema by_hand');
  await execute(`create table by_hand.snapshot as
select h.id, ${list('h')}, ${identifier('h.id', 'h.valid_from')} as dbt_scd_id, h.valid_from as dbt_updated_at, h.valid_from as dbt_valid_from, h.valid_to as dbt_valid_to
from marts.people_scd as h`);
};

export const compareByDbt = async ({ execute }: Connection): Promise<void> => {
  await execute('drop table if exists by_hand.staged');
  await execute(`create table by_hand.staged as
with source_rows as (select p.*, cast(now() as timestamp) as taken_at from staging.people as p),
current_rows as (select v.* from by_hand.snapshot as v where v.dbt_valid_to is null)
select 'insert' as what, s.id, ${list('s')}, ${identifier('s.id', 's.taken_at')} as dbt_scd_id, s.taken_at as dbt_updated_at, s.taken_at as dbt_valid_from, cast(null as timestamp) as dbt_valid_to
from source_rows as s left join current_rows as c on c.id = s.id where c.id is null or ${changed}
union all
select 'update', s.id, ${list('s')}, c.dbt_scd_id, s.taken_at, s.taken_at, s.taken_at
from source_rows as s join current_rows as c on c.id = s.id where ${changed}`);
};

export const writeByDbt = async ({ execute }: Connection): Promise<void> => {
  await execute('begin');
  await execute(`update by_hand.snapshot as v set dbt_valid_to = t.dbt_valid_to from by_hand.staged as t
where v.dbt_scd_id = t.dbt_scd_id and t.what = 'update' and v.dbt_valid_to is null`);
  await execute(`insert into by_hand.snapshot (id, ${attributes.join(', ')}, dbt_scd_id, dbt_updated_at, dbt_valid_from, dbt_valid_to)
select t.id, ${list('t')}, t.dbt_scd_id, t.dbt_updated_at, t.dbt_valid_from, t.dbt_valid_to from by_hand.staged as t where t.what = 'insert'`);
  await execute('commit');
};
