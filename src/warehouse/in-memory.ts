// A DuckDB of its own that lives as long as the process: where mapping tests run unless they ask for the project's
// warehouse.
import { sql } from '../sql/fragment.ts';
import { openWarehouse } from './open.ts';
import type { Warehouse } from './port.ts';

/** A handful of rows gains nothing by threads, which cost more than the rows. */
export const openInMemory = async (): Promise<Warehouse> => {
  const warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  await warehouse.session((session) => session.execute(sql`set threads = 1`));
  return warehouse;
};

/** Types of other engines that DuckDB knows by another name, or would keep less of. */
const renamed: readonly (readonly [RegExp, string])[] = [
  [/^(jsonb|variant|object)$/i, 'json'],
  // Without a precision the others keep every digit, DuckDB three.
  [/^(numeric|decimal|number|dec)$/i, 'decimal(38,9)'],
  [/^number\s*(\(.*\))$/i, 'decimal$1'],
  [/^timestamp_?tz(\(\d+\))?$|^timestamp(\(\d+\))? with time zone$/i, 'timestamp with time zone'],
  [/^timestamp_?(ntz|ltz)?(\(\d+\))?$|^timestamp(\(\d+\))? without time zone$/i, 'timestamp'],
  [/^time(\(\d+\))?( without time zone)?$/i, 'time'],
  [
    /^(character varying|varchar|character|char|bpchar|text|citext|string|name|"char")(\s*\(\d+\))?$/i,
    'varchar',
  ],
  [/^(bytea|binary|varbinary)(\s*\(\d+\))?$/i, 'blob'],
  [/^interval .*$/i, 'interval'],
];

/** What the type of a column in the project's warehouse is called here. */
export const inMemoryType = (type: string): string => {
  const found = renamed.find(([pattern]) => pattern.test(type.trim()));
  return found === undefined ? type : type.trim().replace(found[0], found[1]);
};
