// Pieces of the text of a script: names in quotes as they are stored, values as literals, expressions of the user. A script
// is read and run by people, so that nothing in it is bound; this file is the only one that quotes.
import type { ColumnRef, Expression } from '../dictionary/dictionary.ts';
import type { TableName } from '../sql/table-name.ts';

const part = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const quoted = (...parts: readonly string[]): string => parts.map(part).join('.');

export const quotedTable = ({ database, schema, name }: TableName): string =>
  database === undefined ? quoted(schema, name) : quoted(database, schema, name);

/** A column of an alias of our own, which is a bare lower-case word, or is quoted already. */
export const at = (alias: string, column: string): string => `${alias}.${part(column)}`;

/** Backslashes mean something in texts there. */
export const literal = (value: string | number | boolean | null): string => {
  if (value === null) return 'null';
  if (typeof value !== 'string') return String(value);
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
};

export const expressionText = (
  { parts }: Pick<Expression, 'parts'>,
  column: (ref: ColumnRef) => string = (ref) => quoted(ref.alias, ref.column),
): string => parts.map((each) => (typeof each === 'string' ? each : column(each))).join('');

export const indented = (text: string, by = 2): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : `${' '.repeat(by)}${line}`))
    .join('\n');

export const listed = (items: readonly string[]): string => items.join(', ');
