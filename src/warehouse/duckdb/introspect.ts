// Tables and views of a DuckDB file, from its catalog functions.
import type { Column } from '../../sql/dialect.ts';
import { sql, type Fragment } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Session, TableInfo } from '../port.ts';

interface Wanted {
  readonly n: number;
}

interface TableRow extends Wanted {
  readonly kind: 'table' | 'view';
  readonly definition: string;
  readonly constrained: boolean;
}

interface ColumnRow extends Wanted {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly computed: string | null;
}

interface KeyRow extends Wanted {
  /** A JSON list of column names, or of index expressions. */
  readonly parts: string;
}

/** One parameter for all: a list of values with four each costs the planner more than the catalog costs to read.
 *  Names are compared without regard to case, as the engine does. */
const wanted = (tables: readonly TableName[]): Fragment => {
  const names = tables.map(({ database, schema, name }, n) => ({
    n,
    db: database ?? null,
    sch: schema,
    tab: name,
  }));
  return sql`wanted(n, db, sch, tab) as (
select w.n, lower(coalesce(w.db, current_database())), lower(w.sch), lower(w.tab)
from (select unnest(from_json(cast(${JSON.stringify(names)} as json), '[{"n":"integer","db":"varchar","sch":"varchar","tab":"varchar"}]')) as w))`;
};

const onTable = (alias: string, nameColumn: string): Fragment =>
  sql`lower(${sql.id(alias, 'database_name')}) = w.db and lower(${sql.id(alias, 'schema_name')}) = w.sch
 and lower(${sql.id(alias, nameColumn)}) = w.tab`;

const readTables = (session: Session, tables: readonly TableName[]): Promise<readonly TableRow[]> =>
  session.rows<TableRow>(sql`with ${wanted(tables)}
select w.n, 'table' as kind, t.sql as definition, (t.database_name, lower(t.table_name)) in (
  select (c.database_name, lower(c.referenced_table)) from duckdb_constraints() c
  where c.constraint_type = 'FOREIGN KEY') as constrained
from wanted w join duckdb_tables() t on ${onTable('t', 'table_name')}
union all
select w.n, 'view', v.sql, false from wanted w join duckdb_views() v on ${onTable('v', 'view_name')}`);

const readColumns = (session: Session, tables: readonly TableName[]): Promise<readonly ColumnRow[]> =>
  session.rows<ColumnRow>(sql`with ${wanted(tables)}
select w.n, c.column_name as name, c.data_type as type, c.is_nullable as nullable, c.column_default as computed
from wanted w join duckdb_columns() c on ${onTable('c', 'table_name')}
order by w.n, c.column_index`);

const readKeys = (session: Session, tables: readonly TableName[]): Promise<readonly KeyRow[]> =>
  session.rows<KeyRow>(sql`with ${wanted(tables)}
select w.n, cast(to_json(c.constraint_column_names) as varchar) as parts
from wanted w join duckdb_constraints() c on ${onTable('c', 'table_name')}
where c.constraint_type in ('PRIMARY KEY', 'UNIQUE')
union all
select w.n, cast(to_json(cast(i.expressions as varchar[])) as varchar)
from wanted w join duckdb_indexes() i on ${onTable('i', 'table_name')} where i.is_unique`);

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The catalog has no column that says so: the default is the formula, and the table's text says GENERATED. */
const isGenerated = (definition: string, column: ColumnRow): boolean =>
  column.computed !== null &&
  [column.name, quoted(column.name)].some((name) =>
    ['(', ', '].some((before) => definition.includes(`${before}${name} ${column.type} GENERATED ALWAYS AS(`)),
  );

const toColumn = (definition: string, column: ColumnRow): Column => {
  const { name, type, nullable, computed } = column;
  const facts = { name, type, nullable, hasDefault: computed !== null };
  if (computed === null) return facts;
  return isGenerated(definition, column) ? { ...facts, generated: true } : { ...facts, default: computed };
};

/** The columns of a key; undefined when a part of it is an expression. */
const keyColumns = (parts: readonly string[], columns: readonly Column[]): readonly string[] | undefined => {
  const names = parts.map(
    (part) => columns.find(({ name }) => name === part || quoted(name) === part)?.name ?? '',
  );
  return names.includes('') ? undefined : names;
};

export const introspectDuckDb = async (
  session: Session,
  tables: readonly TableName[],
): Promise<readonly TableInfo[]> => {
  if (tables.length === 0) return [];
  const found = await readTables(session, tables);
  const columns = await readColumns(session, tables);
  const keys = await readKeys(session, tables);
  return found.flatMap(({ n, kind, definition, constrained }) => {
    const table = tables[n];
    if (table === undefined) return [];
    const ofTable = columns.filter((column) => column.n === n).map((column) => toColumn(definition, column));
    const uniqueKeys = keys
      .filter((key) => key.n === n)
      .map(({ parts }) => keyColumns(JSON.parse(parts) as readonly string[], ofTable))
      .filter((key) => key !== undefined);
    const view = kind === 'view' ? { definition } : {};
    return [{ table, kind, columns: ofTable, uniqueKeys, constrained, ...view }];
  });
};
