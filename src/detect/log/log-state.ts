// What is kept of a log's events so that later ones, however late, lead to the same rows: per key the newest, with
// all that share its sequence, and where it leaves columns out those that speak of them. A delete stays as such a row,
// so that a late update does not bring the row back. Values stand here only where the mirror cannot have them.
import type { Column } from '../../sql/dialect.ts';
import { sequenceName, type EventTable } from '../../sql/events.ts';
import { commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { keyName } from '../../sql/images.ts';
import type { TableName } from '../../sql/table-name.ts';

export const keyNames = (events: EventTable): readonly string[] =>
  events.key.map(({ name }) => keyName(events, name));

export const sequenceNames = (events: EventTable): readonly string[] =>
  events.sequence.map((_, place) => sequenceName(place));

/** `op`: as of events, and `T` of a truncate, which has no key; `said`: the values of the columns that it speaks of,
 *  as JSON, or NULL where the mirror has them; of a truncate when it happened. */
export const stateColumns = (events: EventTable): readonly Column[] => [
  ...events.key.map(({ name, type }) => ({ name: keyName(events, name), type, nullable: true })),
  ...events.sequence.map(({ type }, place) => ({ name: sequenceName(place), type, nullable: false })),
  ...['tie', 'op', 'absent', 'said'].map((name) => ({ name, type: 'varchar', nullable: true })),
];

export const listed = (names: readonly string[], alias?: string): Fragment =>
  commas(names.map((name) => (alias === undefined ? id(name) : id(alias, name))));

/** The columns that make an event what it is, but for its values. */
export const eventNames = (events: EventTable): readonly string[] => [
  ...keyNames(events),
  ...sequenceNames(events),
  'tie',
  'op',
  'absent',
];

export const createState = (state: TableName, events: EventTable): Fragment =>
  sql`create table ${table(state)} (${commas(
    stateColumns(events).map((column) => sql`${id(column.name)} ${verbatim(column.type)}`),
  )})`;

/** Compares rows by sequence. */
export const isLater = (events: EventTable, left: string, right: string): Fragment => {
  const [only, ...more] = sequenceNames(events);
  if (only !== undefined && more.length === 0) return sql`${id(left, only)} > ${id(right, only)}`;
  const row = (alias: string): Fragment => sql`row(${listed(sequenceNames(events), alias)})`;
  return sql`${row(left)} > ${row(right)}`;
};

/** An event after which nothing before it matters. */
export const isReset = (alias: string): Fragment =>
  sql`(${id(alias, 'op')} = 'D' or ${id(alias, 'absent')} is null)`;
