// The name of a table as the warehouse stores it, part by part; never a piece of SQL text.

export interface TableName {
  readonly database?: string | undefined;
  readonly schema: string;
  readonly name: string;
}

export const tableName = (schema: string, name: string, database?: string): TableName =>
  database === undefined ? { schema, name } : { database, schema, name };

/** How a table is named in messages, JSON and our own state tables: the parts as stored, joined by dots. */
export const showTable = (table: TableName): string =>
  [table.database, table.schema, table.name].filter((part) => part !== undefined).join('.');

export const sameTable = (left: TableName, right: TableName): boolean =>
  left.schema === right.schema && left.name === right.name && left.database === right.database;

/** The inverse of `showTable`, for names of ours and of tables without dots in their parts. */
export const readTable = (shown: string): TableName => {
  const parts = shown.split('.');
  const [name = '', schema = '', database] = parts.toReversed();
  return database === undefined ? { schema, name } : { database, schema, name };
};
