// Tables and views of a Snowflake database, from INFORMATION_SCHEMA, in two queries at once whatever their number.
import type { Column } from '../../sql/dialect.ts';
import { commas, id, sql, type Fragment } from '../../sql/fragment.ts';
import { sameTable, showTable, type TableName } from '../../sql/table-name.ts';
import type { Session, TableInfo } from '../port.ts';

interface TableRow {
  readonly sch: string;
  readonly tab: string;
  readonly kind: string;
  readonly definition: string | null;
}

interface ColumnRow {
  readonly sch: string;
  readonly tab: string;
  readonly name: string;
  readonly type: string;
  readonly digits: number | string | null;
  readonly scale: number | string | null;
  readonly longest: number | string | null;
  readonly fraction: number | string | null;
  readonly nullable: string;
  readonly filled: string | null;
  readonly identity: string;
}

const catalog = (database: string | undefined, view: string): Fragment =>
  database === undefined ? id('INFORMATION_SCHEMA', view) : id(database, 'INFORMATION_SCHEMA', view);

const column = (name: string): Fragment => id('c', name);

/** A list of pairs, and not of names alone: two schemas may have tables of one name. */
const wanted = (tables: readonly TableName[]): Fragment =>
  sql`(${sql.join(
    tables.map(
      ({ schema, name }) =>
        sql`(${column('TABLE_SCHEMA')} = ${schema} and ${column('TABLE_NAME')} = ${name})`,
    ),
    sql` or `,
  )})`;

const readTables = (
  session: Session,
  tables: readonly TableName[],
  database: string | undefined,
): Promise<readonly TableRow[]> =>
  session.rows<TableRow>(sql`select ${commas([
    sql`${column('TABLE_SCHEMA')} as ${id('sch')}`,
    sql`${column('TABLE_NAME')} as ${id('tab')}`,
    sql`${column('TABLE_TYPE')} as ${id('kind')}`,
    sql`${id('v', 'VIEW_DEFINITION')} as ${id('definition')}`,
  ])}
from ${catalog(database, 'TABLES')} as c
left join ${catalog(database, 'VIEWS')} as v
  on ${id('v', 'TABLE_SCHEMA')} = ${column('TABLE_SCHEMA')} and ${id('v', 'TABLE_NAME')} = ${column('TABLE_NAME')}
where ${wanted(tables)}`);

const readColumns = (
  session: Session,
  tables: readonly TableName[],
  database: string | undefined,
): Promise<readonly ColumnRow[]> =>
  session.rows<ColumnRow>(sql`select ${commas([
    sql`${column('TABLE_SCHEMA')} as ${id('sch')}`,
    sql`${column('TABLE_NAME')} as ${id('tab')}`,
    sql`${column('COLUMN_NAME')} as ${id('name')}`,
    sql`${column('DATA_TYPE')} as ${id('type')}`,
    sql`${column('NUMERIC_PRECISION')} as ${id('digits')}`,
    sql`${column('NUMERIC_SCALE')} as ${id('scale')}`,
    sql`${column('CHARACTER_MAXIMUM_LENGTH')} as ${id('longest')}`,
    sql`${column('DATETIME_PRECISION')} as ${id('fraction')}`,
    sql`${column('IS_NULLABLE')} as ${id('nullable')}`,
    sql`${column('COLUMN_DEFAULT')} as ${id('filled')}`,
    sql`${column('IS_IDENTITY')} as ${id('identity')}`,
  ])}
from ${catalog(database, 'COLUMNS')} as c
where ${wanted(tables)}
order by ${column('ORDINAL_POSITION')}`);

const typeOf = ({ type, digits, scale, longest, fraction }: ColumnRow): string => {
  switch (type) {
    case 'NUMBER':
      return `NUMBER(${digits ?? 38},${scale ?? 0})`;
    case 'TEXT':
      return `VARCHAR(${longest ?? 16_777_216})`;
    case 'BINARY':
      return `BINARY(${longest ?? 8_388_608})`;
    case 'TIME':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return `${type}(${fraction ?? 9})`;
    default:
      return type;
  }
};

const toColumn = (row: ColumnRow): Column => {
  const isIdentity = row.identity === 'YES';
  return {
    name: row.name,
    type: typeOf(row),
    nullable: row.nullable === 'YES',
    hasDefault: isIdentity || row.filled !== null,
    ...(row.filled === null || isIdentity ? {} : { default: row.filled }),
  };
};

const ofDatabase = async (
  session: Session,
  tables: readonly TableName[],
  database: string | undefined,
): Promise<readonly TableInfo[]> => {
  const found = await readTables(session, tables, database);
  if (found.length === 0) return [];
  const columns = await readColumns(session, tables, database);
  return found.flatMap(({ sch, tab, kind, definition }) => {
    const table = tables.find((each) => each.schema === sch && each.name === tab);
    if (table === undefined) return [];
    const isView = kind.endsWith('VIEW');
    const own = columns.filter((each) => each.sch === sch && each.tab === tab).map(toColumn);
    return [
      {
        table,
        kind: isView ? ('view' as const) : ('table' as const),
        columns: own,
        // Keys are declared here and kept by nobody, and no other table holds on to a row.
        uniqueKeys: [],
        constrained: false,
        ...(isView ? { definition: definition ?? undefined } : {}),
      },
    ];
  });
};

export const introspectSnowflake = async (
  session: Session,
  tables: readonly TableName[],
): Promise<readonly TableInfo[]> => {
  const distinct = tables.filter(
    (each, place) => tables.findIndex((other) => sameTable(each, other)) === place,
  );
  const databases = [...new Set(distinct.map(({ database }) => database))];
  const found: TableInfo[] = [];
  for (const database of databases) {
    const some = distinct.filter((each) => each.database === database);
    found.push(...(await ofDatabase(session, some, database)));
  }
  return found;
};

/** By shown name; of views nothing is said. */
export const readSizes = async (
  session: Session,
  tables: readonly TableName[],
): Promise<ReadonlyMap<string, number>> => {
  const sizes = new Map<string, number>();
  for (const database of new Set(tables.map((each) => each.database))) {
    const some = tables.filter((each) => each.database === database);
    const rows = await session.rows<{ sch: string; tab: string; bytes: string | number | null }>(
      sql`select ${column('TABLE_SCHEMA')} as ${id('sch')}, ${column('TABLE_NAME')} as ${id('tab')}, ${column('BYTES')} as ${id('bytes')} from ${catalog(database, 'TABLES')} as c where ${wanted(some)}`,
    );
    for (const { sch, tab, bytes } of rows) {
      const name = some.find(({ schema, name: own }) => schema === sch && own === tab);
      if (name !== undefined && bytes !== null) sizes.set(showTable(name), Number(bytes));
    }
  }
  return sizes;
};

export const tablesInSchema = async (
  session: Session,
  { schema, database }: { readonly schema: string; readonly database?: string | undefined },
): Promise<readonly string[]> => {
  const rows = await session.rows<{ name: string }>(
    sql`select ${column('TABLE_NAME')} as ${id('name')} from ${catalog(database, 'TABLES')} as c where ${column('TABLE_SCHEMA')} = ${schema} order by 1`,
  );
  return rows.map(({ name }) => name);
};
