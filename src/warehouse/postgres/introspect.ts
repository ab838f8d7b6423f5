// Tables and views of a Postgres database, from its catalog; works the same on 14 to 18.
import type { Column } from '../../sql/dialect.ts';
import { sql, type Fragment } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Session, TableInfo } from '../port.ts';

interface TableRow {
  readonly n: number;
  readonly kind: 'table' | 'view';
  readonly definition: string | null;
  readonly constrained: boolean;
  /** JSON: a list of lists of column names. */
  readonly keys: string;
}

interface ColumnRow {
  readonly n: number;
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly generated: boolean;
  readonly has_default: boolean;
  readonly default: string | null;
}

const wanted = (tables: readonly TableName[]): Fragment => {
  const list = tables.map(({ database, schema, name }, n) => ({
    n,
    db: database ?? null,
    sch: schema,
    tab: name,
  }));
  return sql`wanted as (
  select w.n, c.oid, c.relkind
  from json_to_recordset(cast(${JSON.stringify(list)} as json)) as w(n int, db text, sch text, tab text)
  join pg_namespace s on s.nspname = w.sch
  join pg_class c on c.relnamespace = s.oid and c.relname = w.tab and c.relkind in ('r', 'p', 'f', 'v', 'm')
  where w.db is null or w.db = current_database()
)`;
};

const readTables = (session: Session, tables: readonly TableName[]): Promise<readonly TableRow[]> =>
  session.rows<TableRow>(sql`with ${wanted(tables)}
select w.n,
  case when w.relkind in ('v', 'm') then 'view' else 'table' end as kind,
  case when w.relkind in ('v', 'm') then pg_get_viewdef(w.oid) end as definition,
  exists (select 1 from pg_constraint f where f.contype = 'f' and f.confrelid = w.oid) as constrained,
  coalesce((
    select json_agg((
      select json_agg(a.attname order by k.place)
      from unnest(cast(i.indkey as int2[])) with ordinality as k(attnum, place)
      join pg_attribute a on a.attrelid = w.oid and a.attnum = k.attnum
      where k.place <= i.indnkeyatts
    ) order by i.indisprimary desc, i.indexrelid)
    from pg_index i
    where i.indrelid = w.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
  ), '[]') as keys
from wanted w order by w.n`);

/** A domain is shown as the type under it: a cast to the domain would cut text in silence, and what it allows
 *  is checked when the column is written. */
const readColumns = (session: Session, tables: readonly TableName[]): Promise<readonly ColumnRow[]> =>
  session.rows<ColumnRow>(sql`with recursive ${wanted(tables)}, typed(n, attrelid, attnum, type, modifier, depth) as (
  select w.n, a.attrelid, a.attnum, a.atttypid, a.atttypmod, 0
  from wanted w join pg_attribute a on a.attrelid = w.oid
  where a.attnum > 0 and not a.attisdropped
  union all
  select d.n, d.attrelid, d.attnum, t.typbasetype, t.typtypmod, d.depth + 1
  from typed d join pg_type t on t.oid = d.type and t.typtype = 'd'
)
select distinct on (y.n, y.attnum) y.n, a.attname as name, format_type(y.type, y.modifier) as type,
  not (a.attnotnull or exists (
    select 1 from typed z join pg_type t on t.oid = z.type and t.typnotnull
    where z.n = y.n and z.attnum = y.attnum)) as nullable,
  (a.attgenerated <> '' or a.attidentity = 'a') as generated,
  (a.atthasdef or a.attidentity <> '') as has_default,
  case when a.attgenerated = '' then pg_get_expr(f.adbin, f.adrelid) end as "default"
from typed y join pg_attribute a on a.attrelid = y.attrelid and a.attnum = y.attnum
left join pg_attrdef f on f.adrelid = y.attrelid and f.adnum = y.attnum
order by y.n, y.attnum, y.depth desc`);

const toColumn = (column: ColumnRow): Column => {
  const { name, type, nullable, generated, has_default: hasDefault, default: text } = column;
  return {
    name,
    type,
    nullable,
    hasDefault,
    ...(generated ? { generated } : {}),
    ...(text === null ? {} : { default: text }),
  };
};

export const introspectPostgres = async (
  session: Session,
  tables: readonly TableName[],
): Promise<readonly TableInfo[]> => {
  if (tables.length === 0) return [];
  const found = await readTables(session, tables);
  const columns = await readColumns(session, tables);
  return found.flatMap(({ n, kind, definition, constrained, keys }) => {
    const table = tables[n];
    if (table === undefined) return [];
    return [
      {
        table,
        kind,
        columns: columns.filter((column) => column.n === n).map(toColumn),
        uniqueKeys: JSON.parse(keys) as readonly (readonly string[])[],
        constrained,
        ...(definition === null ? {} : { definition }),
      },
    ];
  });
};
