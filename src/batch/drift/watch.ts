// Notices what others did to the tables that we maintain, before a batch begins: by the engine's own marks where
// it keeps them, by reading the table where they moved or there are none.
import type { MirrorPlan } from '../../detect/mirror-plan.ts';
import type { Source, Target } from '../../dictionary/dictionary.ts';
import type { Graph } from '../../graph/graph.ts';
import { fedBy, sourcesOf } from '../../graph/graph.ts';
import { columnsReadOf } from '../../graph/reads.ts';
import { readFingerprint, type FingerprintShape } from '../../reconcile/fingerprint.ts';
import { imageShapeOf } from '../../reconcile/target-work.ts';
import { sql, unionAll } from '../../sql/fragment.ts';
import { showTable } from '../../sql/table-name.ts';
import type { Fingerprint } from '../../store/fingerprints.ts';
import { instantMs } from '../../store/state.ts';
import type { TableInfo, TableMark, Warehouse } from '../../warehouse/port.ts';
import type { KnownState } from '../known-state.ts';
import { readSourceMemory } from './mapping-hash.ts';
import { shapeHash } from './shape-hash.ts';
import { eventShapes } from './watch-events.ts';

export interface Observation {
  /** The table as it was when the batch began. */
  readonly fingerprint: Fingerprint;
  /** Somebody else wrote it since our last batch, or we cannot know that nobody did. */
  readonly moved: boolean;
  /** What we write into it may be changed by the table itself. */
  readonly rewrites?: boolean | undefined;
}

/** How long a table is believed to be untouched because its counters say so. */
const scanEveryMs = 24 * 60 * 60 * 1000;

interface Watched {
  readonly name: string;
  readonly shape: FingerprintShape;
  readonly hash: string;
}

interface Watching {
  readonly graph: Graph;
  readonly warehouse: Warehouse;
  readonly known: KnownState;
  readonly tables: ReadonlyMap<string, TableInfo>;
  readonly mirrors: ReadonlyMap<string, MirrorPlan>;
  /** Their tables are not what the mapping takes them for. */
  readonly refused: ReadonlyMap<string, unknown>;
}

/** A mirror as it was left: what changed in staging since is no sign that somebody wrote it. */
const mirrorShape = ({ known, tables, mirrors }: Watching, source: Source): FingerprintShape | undefined => {
  const mirror = tables.get(showTable(source.mirror));
  const plan = mirrors.get(source.name);
  if (mirror === undefined || plan?.rows === undefined) return undefined;
  const memory = readSourceMemory(known.relations.get(source.name)?.mapping);
  const names = memory?.columns.map(([name]) => name) ?? source.columns.map(({ name }) => name);
  const columns = names.flatMap((name) => mirror.columns.find((column) => column.name === name) ?? []);
  const key = (memory?.key ?? source.key.map(({ name }) => name)).map((name) => ({
    name,
    type: '',
    nullable: false,
  }));
  const whole = key.every(({ name }) => mirror.columns.some((column) => column.name === name));
  return whole ? { table: source.mirror, key, columns, reads: [] } : undefined;
};

/** Columns of a target that mappings read, its own or others, and that its images do not carry. */
export const readBesides = (graph: Graph, target: Target): readonly string[] => {
  const read = new Set(graph.order.flatMap((reader) => [...columnsReadOf(reader, target.name)]));
  const { key, columns } = imageShapeOf(target);
  const carried = new Set([...key, ...columns].map((column) => column.name));
  return target.tableColumns
    .map((column) => column.name)
    .filter((column) => read.has(column) && !carried.has(column));
};

const watchedTables = (watching: Watching): readonly Watched[] => {
  const { graph, refused } = watching;
  const shapes: { readonly name: string; readonly shape: FingerprintShape }[] = [];
  for (const source of graph.sources.values()) {
    const shape = mirrorShape(watching, source);
    if (shape !== undefined) shapes.push({ name: source.name, shape });
  }
  for (const target of graph.order) {
    if (!target.exists || refused.get(target.name) !== undefined) continue;
    const { key, columns } = imageShapeOf(target);
    const reads = readBesides(graph, target);
    shapes.push({ name: target.name, shape: { table: target.table, key, columns, reads } });
  }
  shapes.push(...eventShapes(watching));
  return shapes.map(({ name, shape }) => ({ name, shape, hash: shapeHash(shape) }));
};

const untouched = (
  stored: Fingerprint | undefined,
  watched: Watched,
  mark: TableMark | undefined,
  nowMs: number,
): boolean =>
  stored !== undefined &&
  mark !== undefined &&
  stored.shape === watched.hash &&
  stored.identity === mark.identity &&
  stored.writes === mark.writes &&
  nowMs - stored.scannedAtMs < scanEveryMs;

interface Scanned {
  readonly n: number;
  readonly cells: string;
  readonly reads: string;
}

/** All tables in one statement: most of them are small, and each round trip costs more than its table. */
const scan = async (warehouse: Warehouse, watched: readonly Watched[]): Promise<readonly Scanned[]> => {
  if (watched.length === 0) return [];
  const arms = watched.map(
    ({ shape }, n) =>
      sql`select ${sql.lit(n)} as n, s.cells, s.reads from (${readFingerprint(warehouse.dialect, shape)}) as s`,
  );
  return warehouse.session((session) => session.rows<Scanned>(unionAll(arms)));
};

export const observe = async (watching: Watching): Promise<ReadonlyMap<string, Observation>> => {
  const { warehouse, known } = watching;
  const watched = watchedTables(watching);
  const marks = new Map(
    (await warehouse.marks(watched.map(({ shape }) => shape.table))).map((mark) => [
      showTable(mark.table),
      mark,
    ]),
  );
  const [clock] = await warehouse.session((session) =>
    session.rows<{ now: string }>(sql`select cast(${warehouse.dialect.clock()} as varchar) as now`),
  );
  const nowMs = instantMs(clock?.now ?? '');
  const observed = new Map<string, Observation>();
  const toScan: Watched[] = [];
  for (const each of watched) {
    const stored = known.fingerprints.get(each.name);
    const mark = marks.get(showTable(each.shape.table));
    if (stored !== undefined && untouched(stored, each, mark, nowMs)) {
      observed.set(each.name, { fingerprint: stored, moved: false, rewrites: mark?.rewrites });
    } else toScan.push(each);
  }
  for (const { n, cells, reads } of await scan(warehouse, toScan)) {
    const each = toScan[n];
    if (each === undefined) continue;
    const stored = known.fingerprints.get(each.name);
    const mark = marks.get(showTable(each.shape.table));
    observed.set(each.name, {
      fingerprint: {
        shape: each.hash,
        cells,
        reads,
        identity: mark?.identity,
        writes: mark?.writes,
        scannedAtMs: nowMs,
      },
      moved: stored?.shape !== each.hash || stored.cells !== cells || stored.reads !== reads,
      rewrites: mark?.rewrites,
    });
  }
  return observed;
};

export interface Healing {
  /** Targets that are compared in full: they were written by others, or what they read was. */
  readonly targets: ReadonlySet<string>;
  /** Sources that are compared in full first, so that the mirrors are no older than what the others had read. */
  readonly sources: ReadonlySet<string>;
  /** Those whose own mirrors others wrote. */
  readonly mirrors: ReadonlySet<string>;
}

/** `suspects` are relations found to be written by somebody else in the middle of a batch. */
export const healingOf = (
  { graph, known }: Pick<Watching, 'graph' | 'known'>,
  observed: ReadonlyMap<string, Observation>,
  suspects: ReadonlySet<string>,
): Healing => {
  const inStep = (name: string): boolean => known.relations.get(name)?.firstBatch !== undefined;
  const moved = [...observed].filter(([name, { moved: away }]) => away && inStep(name)).map(([name]) => name);
  const names = [...new Set([...moved, ...suspects])];
  const targets = new Set(
    names.flatMap((name) => [
      ...(graph.targets.has(name) ? [name] : []),
      ...fedBy(graph, name).map((target) => target.name),
    ]),
  );
  const mirrors = new Set(names.filter((name) => graph.sources.has(name)));
  const sources = new Set(mirrors);
  for (const name of targets) {
    const target = graph.targets.get(name);
    if (target !== undefined) for (const source of sourcesOf(graph, target)) sources.add(source);
  }
  return { targets, sources, mirrors };
};
