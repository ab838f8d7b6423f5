// Scratch of a log's freeze: its events, with what detection alone needs to know of them beside the columns that
// histories read.
import type { LogSource } from '../../dictionary/dictionary.ts';
import type { Dialect, ScratchColumn } from '../../sql/dialect.ts';
import { eventColumns, type EventTable } from '../../sql/events.ts';
import { id, sql, table, type Fragment } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';

/** - `n`: tells the rows apart;
 *  - `declared`: what the log calls the change (`I`, `U`, `D`; NULL: an upsert);
 *  - `flaw`: why the event cannot be taken: a code, the column, and its text;
 *  - `arrival`: where it stands in the log, as text, and `raw`: its row as JSON, both of flawed events only. */
const ownColumns: readonly ScratchColumn[] = [
  { name: 'n', type: 'bigint' },
  { name: 'declared', type: 'varchar' },
  { name: 'flaw', type: 'varchar' },
  { name: 'arrival', type: 'varchar' },
  { name: 'raw', type: 'varchar' },
];

export const eventTableOf = (source: LogSource, scratch: TableName): EventTable => ({
  table: scratch,
  key: source.key,
  columns: source.columns,
  sequence: source.detect.sequence.map(({ name, type }) => ({ name, type, nullable: false })),
});

const allColumns = (events: EventTable): readonly ScratchColumn[] => [...ownColumns, ...eventColumns(events)];

export const createEventTable = (dialect: Dialect, events: EventTable): Fragment =>
  dialect.createScratch(events.table, allColumns(events));

/** `insert into` it, with a value for each column by its name. */
export const fillEvents = (
  events: EventTable,
  value: (column: string) => Fragment,
  from: Fragment,
): Fragment => {
  const names = allColumns(events).map(({ name }) => name);
  return sql`insert into ${table(events.table)} (${sql.join(names.map((name) => id(name)))})
select ${sql.join(names.map(value))}
${from}`;
};
