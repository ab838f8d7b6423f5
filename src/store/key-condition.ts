// Records of one row: its key, as our JSON keeps it, compared as the type that the column has.
import type { Dialect } from '../sql/dialect.ts';
import { ands, sql, type Fragment } from '../sql/fragment.ts';

export interface KeyPart {
  readonly name: string;
  readonly type: string;
  /** As text. */
  readonly value: string | null;
}

/** `json` is the column that holds the key. */
export const keyIs = (dialect: Dialect, json: Fragment, parts: readonly KeyPart[]): Fragment =>
  ands(
    parts.map(({ name, type, value }) => {
      const stored = dialect.fromJsonText(dialect.jsonText(json, name), type);
      return sql`${stored} is not distinct from ${dialect.fromJsonText(sql`cast(${value} as varchar)`, type)}`;
    }),
  );

/** The row of a table with this key, under an alias. */
export const rowIs = (
  dialect: Dialect,
  column: (name: string) => Fragment,
  parts: readonly KeyPart[],
): Fragment =>
  ands(
    parts.map(({ name, type, value }) =>
      value === null
        ? sql`${column(name)} is null`
        : sql`${column(name)} = ${dialect.fromJsonText(sql`cast(${value} as varchar)`, type)}`,
    ),
  );
