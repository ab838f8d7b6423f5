// Tables and views of a DuckDB file, from its catalog functions.
import type { Column } from '../../sql/dialect.ts';
import { sql, type Fragment } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Session, TableInfo } from '../port.ts';

/** A relation by the names that the catalog has for it. */
interface Named {
  readonly db: string;
  /** In the database that names without one mean. */
  readonly here: boolean;
  readonly sch: string;
  readonly tab: string;
}

interface TableRow extends Named {
  readonly kind: 'table' | 'view';
  readonly definition: string;
}

interface ColumnRow extends Named {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly computed: string | null;
}

interface KeyRow extends Omit<Named, 'sch'> {
  /** Of a table that others refer to the catalog does not say it. */
  readonly sch: string | null;
  readonly kind: 'key' | 'reference';
  /** A JSON list of column names, or of index expressions; of a reference none. */
  readonly parts: string;
}

/** A filter over each function of the catalog, which is read whole whatever is asked: a join with a list of names costs
 *  the planner more than all the rest. It may let too much through, as tables of other databases. */
const among = (tables: readonly TableName[]): ((nameColumn: string) => Fragment) => {
  const names = `;${tables.map(({ schema, name }) => `${schema}.${name}`).join(';')};`;
  return (nameColumn) =>
    sql`contains(lower(${names}), ';' || lower(schema_name) || '.' || lower(${sql.id(nameColumn)}) || ';')`;
};

const named = (nameColumn: string): Fragment =>
  sql`database_name as db, database_name = current_database() as here, schema_name as sch, ${sql.id(nameColumn)} as tab`;

const readTables = (session: Session, tables: readonly TableName[]): Promise<readonly TableRow[]> => {
  const asked = among(tables);
  return session.rows<TableRow>(sql`select ${named('table_name')}, 'table' as kind, sql as definition
from duckdb_tables() where ${asked('table_name')}
union all
select ${named('view_name')}, 'view', sql from duckdb_views() where ${asked('view_name')}`);
};

const readColumns = (session: Session, tables: readonly TableName[]): Promise<readonly ColumnRow[]> =>
  session.rows<ColumnRow>(sql`select ${named('table_name')}, column_name as name, data_type as type,
  is_nullable as nullable, column_default as computed
from duckdb_columns() where ${among(tables)('table_name')} order by column_index`);

const readKeys = (session: Session, tables: readonly TableName[]): Promise<readonly KeyRow[]> => {
  const asked = among(tables);
  return session.rows<KeyRow>(sql`select ${named('table_name')}, 'key' as kind, cast(to_json(constraint_column_names) as varchar) as parts
from duckdb_constraints() where constraint_type in ('PRIMARY KEY', 'UNIQUE') and ${asked('table_name')}
union all
select database_name, database_name = current_database(), null, referenced_table, 'reference', '[]'
from duckdb_constraints() where constraint_type = 'FOREIGN KEY'
union all
select ${named('table_name')}, 'key', cast(to_json(cast(expressions as varchar[])) as varchar)
from duckdb_indexes() where is_unique and ${asked('table_name')}`);
};

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

const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

export const introspectDuckDb = async (
  session: Session,
  tables: readonly TableName[],
): Promise<readonly TableInfo[]> => {
  if (tables.length === 0) return [];
  const found = await readTables(session, tables);
  const columns = await readColumns(session, tables);
  const keys = await readKeys(session, tables);
  return tables.flatMap((table) => {
    /** Without regard to case, as the engine has it. */
    const isIt = ({ db, here, sch, tab }: Omit<Named, 'sch'> & Pick<KeyRow, 'sch'>): boolean =>
      same(tab, table.name) &&
      same(sch ?? table.schema, table.schema) &&
      (table.database === undefined ? here : same(db, table.database));
    const it = found.find(isIt);
    if (it === undefined) return [];
    const { kind, definition } = it;
    const ofTable = columns.filter(isIt).map((column) => toColumn(definition, column));
    const ofKeys = keys.filter(isIt);
    const uniqueKeys = ofKeys
      .filter((key) => key.kind === 'key')
      .map(({ parts }) => keyColumns(JSON.parse(parts) as readonly string[], ofTable))
      .filter((key) => key !== undefined);
    const constrained = ofKeys.some((key) => key.kind === 'reference');
    const view = kind === 'view' ? { definition } : {};
    return [{ table, kind, columns: ofTable, uniqueKeys, constrained, ...view }];
  });
};
