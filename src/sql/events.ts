// The scratch table of a log source's events: every change that was read, in no particular order of rows. Detection
// fills it; histories read it. Net images (images.ts) say what a key became, events how it came to that.
import type { Column, ScratchColumn } from './dialect.ts';
import { id, sql, table, type Fragment } from './fragment.ts';
import { afterName, keyName, type ImageShape } from './images.ts';
import { joinTexts } from './json.ts';
import type { TableName } from './table-name.ts';

/** The columns beside those of key and image:
 *  - `op`: `U`, an upsert, with the columns after it, or `D`, a delete;
 *  - `change`: `seq` of the key's net image in the same batch; NULL where the key's net result is unchanged;
 *  - `at`: when it happened, where the source says so;
 *  - `tie`: settles equal sequences, whatever else is known: see event-order.ts, which also follows one image to the
 *    next where both are among the rows;
 *  - `identity`: equal for repetitions of one event;
 *  - `absent`: NULL where the event says something of every column, else a JSON array of the columns of which it
 *    says nothing. Absent is not NULL: the value before it holds on. */
export interface EventTable extends ImageShape {
  readonly table: TableName;
  /** What orders the events of a key, typed; never NULL in a row. */
  readonly sequence: readonly Column[];
}

export const sequenceName = (place: number): string => `s#${place}`;

export const eventColumns = (events: Omit<EventTable, 'table'>): readonly ScratchColumn[] => [
  { name: 'change', type: 'bigint' },
  { name: 'op', type: 'varchar' },
  { name: 'at', type: 'timestamptz' },
  ...events.sequence.map(({ type }, place) => ({ name: sequenceName(place), type })),
  { name: 'tie', type: 'varchar' },
  { name: 'identity', type: 'varchar' },
  { name: 'absent', type: 'varchar' },
  ...events.key.map(({ name, type }) => ({ name: keyName(events, name), type })),
  ...events.columns.map(({ name, type }) => ({ name: afterName(events, name), type })),
];

/** `insert into` an event table, with its columns in the order of `eventColumns`. */
export const insertEvents = (events: EventTable, rows: Fragment): Fragment =>
  sql`insert into ${table(events.table)} (${sql.join(eventColumns(events).map((column) => id(column.name)))})\n${rows}`;

/** The columns of which an event says nothing, as JSON; NULL where there is none. */
export const absentList = (
  columns: readonly { readonly name: string; readonly when: Fragment }[],
): Fragment => {
  if (columns.length === 0) return sql`cast(null as varchar)`;
  const names = columns.map(
    ({ name, when }) => sql`case when ${when} then ${sql.lit(JSON.stringify(name))} end`,
  );
  return sql`nullif('[' || ${joinTexts(names)} || ']', '[]')`;
};

/** Within a name every quote has a backslash before it: an opening quote stands after a bracket or a comma only. */
export const isAbsent = (absent: Fragment, column: string): Fragment => {
  const name = JSON.stringify(column);
  return sql`coalesce(starts_with(${absent}, ${sql.lit(`[${name}`)}) or strpos(${absent}, ${sql.lit(`,${name}`)}) > 0, false)`;
};
