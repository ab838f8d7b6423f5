// The stored events of histories are ours alone and nothing else tells what they tell: where they are not as we left
// them, an older copy was put back or they were lost, and what would follow from them is refused.
import type { Graph } from '../../graph/graph.ts';
import { readFingerprint, type FingerprintShape } from '../../reconcile/fingerprint.ts';
import { sql } from '../../sql/fragment.ts';
import { showTable, type TableName } from '../../sql/table-name.ts';
import { eventsName, historyOfEvents, storedEventMark } from '../../store/event-marks.ts';
import type { Fingerprint } from '../../store/fingerprints.ts';
import { tornEvents } from '../../store/torn.ts';
import type { Project } from '../../project/project.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import type { KnownState } from '../known-state.ts';
import { shapeHash } from './shape-hash.ts';

/** Which batch brought an event and which set it aside, and which event it is; not what it says. */
const watchedColumns = ['batch', 'set_aside', 'op', 'at', 'tie', 'identity'].map((name) => ({
  name,
  type: '',
  nullable: true,
}));

/** The engine's hashes are its own affair: after another release took over, events are known as they are found. */
export const eventsShape = (
  events: TableName,
  { release }: Pick<Warehouse, 'release'>,
): FingerprintShape => ({
  table: events,
  key: [],
  columns: watchedColumns,
  reads: [],
  release,
});

export const eventShapes = ({
  graph,
  known: { histories },
  warehouse,
}: {
  readonly graph: Graph;
  readonly known: KnownState;
  readonly warehouse: Warehouse;
}): readonly { readonly name: string; readonly shape: FingerprintShape }[] =>
  [...histories].flatMap(([target, { events }]) =>
    graph.targets.has(target) ? [{ name: eventsName(target), shape: eventsShape(events, warehouse) }] : [],
  );

interface Seen {
  readonly fingerprint: Fingerprint;
  readonly moved: boolean;
}

/** Looked at once more, both sides at one moment: a batch may have been committed since our tables were read. */
const isTorn = async (
  warehouse: Warehouse,
  project: Project,
  target: string,
  shape: FingerprintShape,
): Promise<boolean> => {
  const rows = await warehouse.session((session) =>
    session.rows<{ stored: string | null; cells: string }>(
      sql`select (${storedEventMark(project.schemas.state, target)}) as stored, s.cells from (${readFingerprint(warehouse.dialect, shape)}) as s`,
    ),
  );
  const [now] = rows;
  if (now === undefined || now.stored === null) return false;
  const stored = JSON.parse(now.stored) as Fingerprint;
  return stored.shape === shapeHash(shape) && stored.cells !== now.cells;
};

export const refuseTornEvents = async (
  { warehouse, project, known }: { warehouse: Warehouse; project: Project; known: KnownState },
  observed: ReadonlyMap<string, Seen>,
): Promise<void> => {
  for (const [name, { fingerprint, moved }] of observed) {
    const target = historyOfEvents(name);
    const stored = known.fingerprints.get(name);
    const history = target === undefined ? undefined : known.histories.get(target);
    if (target === undefined || history === undefined || !moved) continue;
    if (stored === undefined || stored.shape !== fingerprint.shape) continue;
    if (await isTorn(warehouse, project, target, eventsShape(history.events, warehouse)))
      throw tornEvents(project.schemas.state, target, showTable(history.events));
  }
};
