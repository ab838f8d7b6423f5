// Values that were recorded before their column was redacted, hidden where they stand: as they would have been recorded
// had it been redacted then.
import type { Column, Dialect } from '../sql/dialect.ts';
import { commas, id, ors, sql, table, type Fragment } from '../sql/fragment.ts';
import { asRecorded, redactedMark } from '../sql/redacted.ts';
import type { TableName } from '../sql/table-name.ts';

export interface Hiding {
  readonly dialect: Dialect;
  readonly records: TableName;
  /** Which of its rows, under the alias `r`. */
  readonly where: Fragment;
  /** The redacted ones. */
  readonly columns: readonly Column[];
  readonly redactKey: string;
}

type Side = 'before' | 'after';

const text = ({ dialect }: Hiding, side: Side, name: string): Fragment =>
  dialect.jsonText(id('r', side), name);

const isOpen = (hiding: Hiding, side: Side, { name }: Column): Fragment => {
  const value = text(hiding, side, name);
  return sql`(${value} is not null and coalesce(strpos(${value}, ${redactedMark}), 0) <> 1)`;
};

const someOpen = (hiding: Hiding): Fragment =>
  ors(
    hiding.columns.flatMap((column) => [isOpen(hiding, 'before', column), isOpen(hiding, 'after', column)]),
  );

export const countOpen = (hiding: Hiding): Fragment =>
  sql`select count(*) as rows from ${table(hiding.records)} as r where ${hiding.where} and ${someOpen(hiding)}`;

/** One of the columns. `typed`: its type is the one that it was recorded with; else the hash is of the text. */
export const hideOpen = (hiding: Hiding, column: Column, typed: boolean): Fragment => {
  const { dialect, redactKey } = hiding;
  const hidden = (side: Side): Fragment => {
    const value = text(hiding, side, column.name);
    const shown = typed ? dialect.fromJsonText(value, column.type) : value;
    const type = typed ? column.type : 'varchar';
    const hash = asRecorded(dialect, { type, redacted: true }, shown, redactKey);
    return sql`case when ${isOpen(hiding, side, column)} then ${dialect.jsonWith(id(side), column.name, hash)} else ${id(side)} end`;
  };
  const own = someOpen({ ...hiding, columns: [column] });
  return sql`update ${table(hiding.records)} as r set ${commas((['before', 'after'] as const).map((side) => sql`${id(side)} = ${hidden(side)}`))}
where ${hiding.where} and ${own}`;
};
