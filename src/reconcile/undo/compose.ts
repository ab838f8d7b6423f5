// What batches did to the rows of a relation, read back from our own records (ledger or audit) and typed again: of
// several changes of a row, the state before the first of them and the state after the last.
import { call } from '../../sql/call.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { commas, id, sql, table, type Fragment } from '../../sql/fragment.ts';
import { keyName } from '../../sql/images.ts';
import type { TableName } from '../../sql/table-name.ts';
import { undoneColumns, type UndoneTable } from '../../sql/undone.ts';

export interface Records {
  readonly dialect: Dialect;
  /** The ledger or the audit. */
  readonly from: TableName;
  /** Which of its rows, under the alias `r`. */
  readonly where: Fragment;
  /** The column that orders the records of one row. */
  readonly order: string;
}

/** Fills `into` from the records. */
export const composeUndone = ({ dialect, from, where, order }: Records, into: UndoneTable): Fragment => {
  const names = undoneColumns(into, dialect.jsonType).map(({ name }) => id(name));
  const keys = into.key.map(
    ({ name, type }) =>
      sql`${dialect.fromJsonText(dialect.jsonText(id('r', 'key'), name), type)} as ${id(keyName(into, name))}`,
  );
  const grouped = commas(into.key.map(({ name }) => id('g', keyName(into, name))));
  const at = id('g', order);
  /** Of the records that say something of the column. */
  const end = (side: 'before' | 'after', name: string, type: string): Fragment => {
    const json = id('g', side);
    const text = dialect.jsonText(json, name);
    const of = { where: dialect.jsonHas(json, name), order: at };
    const said = side === 'before' ? dialect.first(text, of) : dialect.last(text, 'varchar', of);
    return dialect.fromJsonText(said, type);
  };
  const said = (name: string): Fragment =>
    sql`coalesce(${call('bool_or', [dialect.jsonHas(id('g', 'before'), name)])}, false) or coalesce(${call('bool_or', [dialect.jsonHas(id('g', 'after'), name)])}, false)`;
  const values = [
    sql`${dialect.first(sql`g.operation`, { order: at })} <> 'I'`,
    sql`${dialect.last(sql`g.operation`, 'varchar', { where: sql`true`, order: at })} <> 'D'`,
    dialect.first(sql`g.before`, { where: sql`g.operation = 'D'`, order: at }),
    ...into.key.map(({ name }) => id('g', keyName(into, name))),
    ...into.columns.map(({ name, type }) => end('before', name, type)),
    ...into.columns.map(({ name, type }) => end('after', name, type)),
    ...into.columns.map(({ name }) => said(name)),
  ];
  return sql`insert into ${table(into.table)} (${commas(names)})
select ${commas(values)}
from (select ${commas([...keys, id('r', order), id('r', 'operation'), id('r', 'before'), id('r', 'after')])}
  from ${table(from)} as r where ${where}) as g
group by ${grouped}`;
};
