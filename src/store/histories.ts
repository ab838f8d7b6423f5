// What we keep of each history beside its table: its events, and the numbers of its versions.
import type { SchemaName } from '../project/project.ts';
import type { Column } from '../sql/dialect.ts';
import { sql } from '../sql/fragment.ts';
import type { TableName } from '../sql/table-name.ts';
import type { Session, Warehouse } from '../warehouse/port.ts';
import type { Fingerprint } from './fingerprints.ts';
import { state } from './state.ts';

/** The version of our tables that brought histories. */
const since = 4;

/** The one that brought what their events were when we left them. */
const marksSince = 10;

export interface KnownHistory {
  readonly events: TableName;
  /** What the events are of: of another root or key they say nothing. */
  readonly shape: string;
  readonly nextNumber: number;
  readonly columns: readonly Column[];
  /** The events as we left them. */
  readonly fingerprint?: Fingerprint | undefined;
}

export const knowsHistories = (version: number): boolean => version >= since;

interface StoredHistory {
  readonly target: string;
  readonly events: string;
  readonly shape: string;
  readonly next_number: string | number;
  readonly fingerprint: string | null;
}

export interface StoredHistories {
  /** By target. */
  readonly histories: ReadonlyMap<string, KnownHistory>;
  /** By target: what the table of its events was called, which somebody dropped. */
  readonly lost: ReadonlyMap<string, string>;
}

const noHistories: StoredHistories = { histories: new Map(), lost: new Map() };

export const readHistories = async (
  warehouse: Warehouse,
  schema: SchemaName,
  version: number,
): Promise<StoredHistories> => {
  if (!knowsHistories(version)) return noHistories;
  const rows = await warehouse.session((session) =>
    session.rows<StoredHistory>(
      sql`select target, events, shape, next_number, ${version < marksSince ? sql`null` : sql`fingerprint`} as fingerprint from ${state(schema, 'histories')}`,
    ),
  );
  if (rows.length === 0) return noHistories;
  const tables = await warehouse.introspect(rows.map(({ events }) => ({ ...schema, name: events })));
  const isThere = (events: string): boolean => tables.some(({ table }) => table.name === events);
  const histories = new Map(
    rows.flatMap(({ target, events, shape, next_number, fingerprint }): readonly [string, KnownHistory][] => {
      const found = tables.find(({ table }) => table.name === events);
      if (found === undefined) return [];
      const known = {
        shape,
        nextNumber: Number(next_number),
        columns: found.columns,
        ...(fingerprint === null ? {} : { fingerprint: JSON.parse(fingerprint) as Fingerprint }),
      };
      return [[target, { ...known, events: { ...schema, name: events } }]];
    }),
  );
  const lost = rows.filter(({ events }) => !isThere(events));
  return { histories, lost: new Map(lost.map(({ target, events }) => [target, events])) };
};

export interface HistoryNow {
  readonly target: string;
  readonly events: string;
  readonly shape: string;
  readonly nextNumber: number;
}

export const saveHistory = async (session: Session, schema: SchemaName, now: HistoryNow): Promise<void> => {
  await session.execute(sql`insert into ${state(schema, 'histories')} (target, events, shape, next_number)
values (${now.target}, ${now.events}, ${now.shape}, ${sql.lit(now.nextNumber)})
on conflict (target) do update set events = excluded.events, shape = excluded.shape, next_number = greatest(histories.next_number, excluded.next_number)`);
};
