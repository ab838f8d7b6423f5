// The scratch table of a log source's events: every change that was read, in no particular order of rows. Detection
// fills it; histories read it. Net images (images.ts) say what a key became, events how it came to that.
import type { Column, ScratchColumn } from './dialect.ts';
import { id, sql, table, type Fragment } from './fragment.ts';
import { afterName, keyName, type ImageShape } from './images.ts';
import type { TableName } from './table-name.ts';

/** The columns beside those of key and image:
 *  - `op`: `U`, an upsert, with the columns after it, or `D`, a delete;
 *  - `change`: `seq` of the key's net image in the same batch; NULL where the key's net result is unchanged;
 *  - `at`: when it happened, where the source says so;
 *  - `tie`: settles equal sequences; by (sequence, tie) the events of a key are in one order, however they arrived;
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

/** The order of a key's events, as an `order by` list over rows of the table under `alias`. */
export const eventOrder = (events: EventTable, alias: string): Fragment =>
  sql.join([...events.sequence.map((_, place) => id(alias, sequenceName(place))), id(alias, 'tie')]);
