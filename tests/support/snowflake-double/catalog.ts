// What the server knows of its databases, schemas and tables; the rows themselves lie in DuckDB.
import { compilation, missingObject } from './failure.ts';
import { innerObject, shownObject, type ObjectName } from './names.ts';

export interface CatalogColumn {
  readonly name: string;
  /** NUMBER(38,0) */
  readonly declared: string;
  readonly nullable: boolean;
  readonly default?: string | undefined;
}

export interface CatalogTable {
  readonly object: ObjectName;
  readonly kind: 'BASE TABLE' | 'VIEW' | 'DYNAMIC TABLE';
  readonly transient: boolean;
  readonly columns: readonly CatalogColumn[];
  readonly definition?: string;
  readonly created: string;
}

export class Catalog {
  readonly databases = new Map<string, Set<string>>();
  readonly #tables = new Map<string, CatalogTable>();
  /** The number of the commit that last changed a table. */
  readonly #changed = new Map<string, number>();
  commits = 0;

  addDatabase(name: string): void {
    this.databases.set(name, new Set(['PUBLIC', 'INFORMATION_SCHEMA']));
  }

  schemas(database: string): Set<string> {
    const found = this.databases.get(database);
    if (found === undefined) throw missingObject('Database', `"${database}"`);
    return found;
  }

  needSchema(database: string, schema: string): void {
    if (!this.schemas(database).has(schema)) throw missingObject('Schema', `${database}.${schema}`);
  }

  find(object: ObjectName): CatalogTable | undefined {
    return this.#tables.get(innerObject(object));
  }

  need(object: ObjectName): CatalogTable {
    this.needSchema(object.database, object.schema);
    const found = this.find(object);
    if (found === undefined) throw missingObject('Object', shownObject(object));
    return found;
  }

  put(table: CatalogTable): void {
    this.#tables.set(innerObject(table.object), table);
  }

  drop(object: ObjectName): void {
    this.#tables.delete(innerObject(object));
  }

  dropSchema(database: string, schema: string): void {
    this.schemas(database).delete(schema);
    for (const { object } of this.tables(database)) if (object.schema === schema) this.drop(object);
  }

  tables(database: string): readonly CatalogTable[] {
    return [...this.#tables.values()].filter(({ object }) => object.database === database);
  }

  committed(objects: Iterable<string>): void {
    this.commits += 1;
    for (const object of objects) this.#changed.set(object, this.commits);
  }

  changedAt(object: string): number {
    return this.#changed.get(object) ?? 0;
  }
}

const text = (value: string | undefined): string =>
  value === undefined ? 'cast(null as varchar)' : `'${value.replaceAll("'", "''")}'`;

type Answer = (catalog: Catalog, database: string) => { readonly columns: string; readonly rows: string[] };

const numberOf = (declared: string): readonly [string, string, string] => {
  const found = /^(?:NUMBER)\((\d+),(\d+)\)$/.exec(declared);
  const length = /^(?:VARCHAR|BINARY)\((\d+)\)$/.exec(declared);
  const orNull = (digits: string | undefined): string => `cast(${digits ?? 'null'} as hugeint)`;
  return [orNull(found?.[1]), orNull(found?.[2]), orNull(length?.[1])];
};

const momentPrecision = (declared: string): string =>
  `cast(${/^TIME\w*\((\d+)\)$/.exec(declared)?.[1] ?? 'null'} as hugeint)`;

const answers: Readonly<Record<string, Answer>> = {
  SCHEMATA: (catalog, database) => ({
    columns: 'CATALOG_NAME, SCHEMA_NAME',
    rows: [...catalog.schemas(database)].map((schema) => `(${text(database)}, ${text(schema)})`),
  }),
  TABLES: (catalog, database) => ({
    columns: 'TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, IS_TRANSIENT, IS_DYNAMIC, CREATED, BYTES',
    rows: catalog
      .tables(database)
      .map(
        ({ object, kind, transient, created }) =>
          `(${text(object.database)}, ${text(object.schema)}, ${text(object.name)}, ${text(kind === 'DYNAMIC TABLE' ? 'BASE TABLE' : kind)}, ${text(transient ? 'YES' : 'NO')}, ${text(kind === 'DYNAMIC TABLE' ? 'YES' : 'NO')}, timestamptz ${text(created)}, cast(${kind === 'VIEW' ? 'null' : '1024'} as hugeint))`,
      ),
  }),
  VIEWS: (catalog, database) => ({
    columns: 'TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION',
    rows: catalog
      .tables(database)
      .filter(({ kind }) => kind === 'VIEW')
      .map(
        ({ object, definition }) =>
          `(${text(object.database)}, ${text(object.schema)}, ${text(object.name)}, ${text(definition)})`,
      ),
  }),
  COLUMNS: (catalog, database) => ({
    columns:
      'TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_DEFAULT, IS_NULLABLE, DATA_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE, CHARACTER_MAXIMUM_LENGTH, DATETIME_PRECISION, IS_IDENTITY',
    rows: catalog.tables(database).flatMap(({ object, columns }) =>
      columns.map((column, place) => {
        const { declared } = column;
        const [precision, scale, length] = numberOf(declared);
        const type = declared.startsWith('VARCHAR') ? 'TEXT' : declared.replace(/\(.*$/, '');
        return `(${[
          text(object.database),
          text(object.schema),
          text(object.name),
          text(column.name),
          `cast(${place + 1} as hugeint)`,
          text(column.default),
          text(column.nullable ? 'YES' : 'NO'),
          text(type),
          precision,
          scale,
          length,
          momentPrecision(declared),
          text('NO'),
        ].join(', ')})`;
      }),
    ),
  }),
};

/** A view of INFORMATION_SCHEMA as a query over its rows. */
export const informationSchema = (
  catalog: Catalog,
  { database, name }: ObjectName,
  quoted: (name: string) => string,
): string => {
  const answer = answers[name];
  if (answer === undefined) throw compilation(`Object '${name}' is none that the double models.`);
  const { columns, rows } = answer(catalog, database);
  const names = columns.split(', ').map(quoted);
  const none = `(${names.map(() => 'null').join(', ')})`;
  const list = rows.length === 0 ? none : rows.join(', ');
  return `(select * from (values ${list}) as rows_of(${names.join(', ')}) where ${rows.length > 0})`;
};
