// What the stored events of histories are once a batch has written them: as observed before it, with those it brought.
import { moved, readFingerprint } from '../../reconcile/fingerprint.ts';
import { id, sql, table, verbatim } from '../../sql/fragment.ts';
import { eventsName } from '../../store/event-marks.ts';
import type { Fingerprint } from '../../store/fingerprints.ts';
import { instantMs } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { Computed } from '../compute/compute.ts';
import type { TakenEvents } from '../compute/take-events.ts';
import type { BatchContext } from '../context.ts';
import { eventsShape } from '../drift/watch-events.ts';
import { shapeHash } from '../drift/shape-hash.ts';

/** As they are found, so that they are known from now on. */
export const eventsFound = (context: BatchContext): readonly (readonly [string, Fingerprint])[] =>
  [...context.known.histories.keys()].flatMap((target) => {
    const name = eventsName(target);
    const seen = context.observed.get(name);
    return seen === undefined ? [] : [[name, seen.fingerprint] as const];
  });

const brought = async (
  context: BatchContext,
  session: Session,
  { place }: TakenEvents,
  batch: number,
): Promise<string | undefined> => {
  const values = eventsShape(place.store.table, context.warehouse).columns.map(({ name }) => {
    if (name === 'batch') return sql`cast(${sql.lit(batch)} as bigint)`;
    return name === 'set_aside' ? verbatim('cast(null as bigint)') : id('f', name);
  });
  const [row] = await session.rows<{ cells: string }>(
    sql`select ${context.warehouse.dialect.digest(values)} as cells from ${table(place.scratch.fresh)} as f`,
  );
  return row?.cells;
};

/** After they were written, in the same transaction. */
export const eventsAfter = async (
  context: BatchContext,
  session: Session,
  computed: Computed,
  batch: number,
): Promise<ReadonlyMap<string, Fingerprint>> => {
  const after = new Map(eventsFound(context));
  for (const taken of computed.events) {
    const { place, rows } = taken;
    if (rows === 0 && place.undone === undefined) continue;
    if (rows === 0 && place.known === undefined) continue;
    const name = eventsName(place.work.target.name);
    const shape = eventsShape(place.store.table, context.warehouse);
    const before = place.known === undefined ? undefined : after.get(name);
    if (before === undefined || place.undone !== undefined) {
      // Made by this batch, or events of any batch were set aside.
      const [row] = await session.rows<{ cells: string }>(readFingerprint(context.warehouse.dialect, shape));
      if (row === undefined) continue;
      const scannedAtMs = instantMs(computed.frozen.moment);
      after.set(name, { shape: shapeHash(shape), cells: row.cells, reads: '', scannedAtMs });
      continue;
    }
    const added = await brought(context, session, taken, batch);
    if (added === undefined) continue;
    const writes = before.writes === undefined ? undefined : before.writes + rows;
    after.set(name, { ...before, cells: moved(before.cells, { taken: '0:0', added }), writes });
  }
  return after;
};
