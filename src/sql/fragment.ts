// The one way SQL is written here: Kysely's `sql` template. Names enter through `id` and `table`,
// values as bound parameters; only text that a user wrote as SQL is passed on verbatim, by `userSql`.
import { sql, type Compilable, type RawBuilder } from 'kysely';
import type { TableName } from './table-name.ts';

export { sql };

/** A piece of SQL, with its parameters, that can stand inside another. */
export type Fragment = RawBuilder<unknown>;

/** Anything a session can run; `R` is the shape of its rows. */
export type Statement<R = unknown> = RawBuilder<R> | Compilable<R>;

/** A quoted identifier; several parts are joined by dots (`"alias"."column"`). */
export const id = (...parts: readonly string[]): Fragment => sql.id(...parts);

/** A quoted table name with its schema. */
export const table = (name: TableName): Fragment =>
  name.database === undefined
    ? sql.id(name.schema, name.name)
    : sql.id(name.database, name.schema, name.name);

/** Text that is SQL already: a type as the warehouse names it, or an expression its user wrote. */
export const verbatim = (text: string): Fragment => sql.raw(text);

export const commas = (items: readonly Fragment[]): Fragment => sql.join(items, sql`, `);
export const ands = (items: readonly Fragment[]): Fragment =>
  items.length === 0 ? sql`true` : sql.join(items, sql` and `);
export const ors = (items: readonly Fragment[]): Fragment =>
  items.length === 0 ? sql`false` : sql`(${sql.join(items, sql` or `)})`;
export const unionAll = (items: readonly Fragment[]): Fragment => sql.join(items, sql`\nunion all\n`);
