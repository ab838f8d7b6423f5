// The columns of an event table, by name: what detection writes and histories read.
import { expect, test } from 'vitest';
import { eventOrder } from '../../src/sql/event-order.ts';
import { eventColumns, insertEvents, sequenceName, type EventTable } from '../../src/sql/events.ts';
import { sql } from '../../src/sql/fragment.ts';
import { duckDbDialect } from '../../src/warehouse/duckdb/dialect.ts';

const long = 'a_column_whose_name_is_as_long_as_postgres_lets_any_name_be_here';

const events: EventTable = {
  table: { schema: 'scratch', name: 'events' },
  key: [{ name: 'id', type: 'bigint', nullable: false }],
  columns: [
    { name: 'id', type: 'bigint', nullable: false },
    { name: long, type: 'varchar(3)', nullable: true },
  ],
  sequence: [
    { name: 'ts_ms', type: 'bigint', nullable: false },
    { name: 'lsn', type: 'varchar', nullable: false },
  ],
};

test('the columns of an event table', () => {
  expect(eventColumns(events).map(({ name, type }) => `${name} ${type}`)).toEqual([
    'change bigint',
    'op varchar',
    'at timestamptz',
    's#0 bigint',
    's#1 varchar',
    'tie varchar',
    'identity varchar',
    'absent varchar',
    'k_id bigint',
    'a_id bigint',
    'a#1 varchar(3)',
  ]);
});

test('sequence columns are named by their place: their own names may be anything', () => {
  expect(events.sequence.map((_, place) => sequenceName(place))).toEqual(['s#0', 's#1']);
});

test('rows are inserted by name and ordered by sequence and tie', () => {
  const statement = insertEvents(events, sql`select 1 order by ${eventOrder(events, 'e')}`);
  expect(duckDbDialect.compile(statement).sql).toBe(
    `insert into "scratch"."events" ("change", "op", "at", "s#0", "s#1", "tie", "identity", "absent", "k_id", "a_id", "a#1")
select 1 order by "e"."s#0" asc, "e"."s#1" asc, substr("e"."tie", 1, 1) asc, "e"."turn" asc, "e"."tie" asc`,
  );
});
