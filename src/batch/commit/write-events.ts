// The events that a batch found, written beside the versions that follow from them: in the same transaction, so that
// a history and its events never tell different stories.
import { eventStoreColumns } from '../../reconcile/history/event-store.ts';
import { setAside } from '../../reconcile/history/set-aside.ts';
import { rememberNumbers } from '../../reconcile/history/numbers.ts';
import { changedRows } from '../../reconcile/relation-view.ts';
import type { ScratchColumn } from '../../sql/dialect.ts';
import { commas, id, sql, table, verbatim } from '../../sql/fragment.ts';
import { saveHistory } from '../../store/histories.ts';
import { stateTable } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { Computed } from '../compute/compute.ts';
import type { HistoryPlace } from '../compute/history-work.ts';
import type { TakenEvents } from '../compute/take-events.ts';
import { indexEvents } from './create-tables.ts';
import type { Writing } from './write-target.ts';

/** Of the batch that took the event, and of the undo that set it aside. */
const bookkeeping: readonly ScratchColumn[] = [
  { name: 'batch', type: 'bigint' },
  { name: 'set_aside', type: 'bigint' },
];

const create = async ({ context, session }: Writing, { store }: HistoryPlace): Promise<void> => {
  const columns = [...bookkeeping, ...eventStoreColumns(store)];
  const definitions = columns.map(({ name, type }) => sql`${id(name)} ${verbatim(type)}`);
  await session.execute(sql`create table ${table(store.table)} (${commas(definitions)})`);
  if (context.warehouse.dialect.capabilities.indexesMirrors) await indexEvents(session, store);
};

/** The mapping reads a column that it did not read before, or one whose type was widened. */
const follow = async (session: Session, { store, known }: HistoryPlace): Promise<void> => {
  for (const { name, type } of eventStoreColumns(store)) {
    const stored = known?.columns.find((column) => column.name === name);
    if (stored === undefined)
      await session.execute(sql`alter table ${table(store.table)} add column ${id(name)} ${verbatim(type)}`);
    else if (store.raw.some((raw) => raw.name === name) && stored.type !== type)
      await session.execute(
        sql`alter table ${table(store.table)} alter column ${id(name)} type ${verbatim(type)}`,
      );
  }
};

const store = async (writing: Writing, { place, rows }: TakenEvents): Promise<void> => {
  const { session, batch } = writing;
  if (place.known === undefined) await create(writing, place);
  if (rows === 0) return;
  if (place.known !== undefined) await follow(session, place);
  const names = eventStoreColumns(place.store).map(({ name }) => id(name));
  await session.execute(
    sql`insert into ${table(place.store.table)} (batch, ${commas(names)}) select ${sql.lit(batch)}, ${commas(names)} from ${table(place.scratch.fresh)} as f`,
  );
};

export const writeEvents = async (writing: Writing, computed: Computed): Promise<void> => {
  const schema = writing.context.project.schemas.state;
  for (const taken of computed.events) {
    const { place, rows } = taken;
    const { target } = place.work;
    const versions = computed.targets.find((each) => each.target.name === target.name);
    const aside = setAside(place, writing.batch);
    if (aside !== undefined && taken.affected) await writing.session.execute(aside);
    if (rows > 0) await store(writing, taken);
    const nextNumber = versions?.nextNumber ?? place.known?.nextNumber ?? 1;
    const isNew = rows > 0 && place.known === undefined;
    if (isNew || (place.known !== undefined && nextNumber !== place.known.nextNumber)) {
      await saveHistory(writing.session, schema, {
        target: target.name,
        events: place.store.table.name,
        shape: place.shape,
        nextNumber,
      });
    }
    if (versions?.nextNumber !== undefined && changedRows(versions.summary) > 0)
      await writing.session.execute(rememberNumbers(place, stateTable(schema, 'version_keys')));
  }
};
