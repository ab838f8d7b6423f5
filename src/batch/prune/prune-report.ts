// What prune is asked for, what it finds, and what it says of it.
import type { Project, Retention } from '../../project/project.ts';
import { sql } from '../../sql/fragment.ts';
import { readBatches, type BatchRecord } from '../../store/batches.ts';
import type { LeaseHolder } from '../../store/lease-holder.ts';
import { lastNumbered, recordSizes, type RecordSize } from '../../store/prune.ts';
import { instantMs } from '../../store/state.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { refuseStranger } from '../known-state.ts';
import { choosePruned, undoableAmong, type Chosen } from './choose.ts';

export interface PruneOptions {
  readonly project: Project;
  /** Instead of what the project file says. */
  readonly retention?: Retention | undefined;
  /** Nothing is dropped: values that were recorded before their columns were redacted are hidden. */
  readonly redacted?: boolean | undefined;
  /** Only say what would go. */
  readonly dryRun?: boolean | undefined;
  readonly waitMs?: number | undefined;
  /** Told what will go before anything does. */
  readonly onPlan?: ((planned: PruneReport) => void) | undefined;
  readonly onWait?: ((holder: LeaseHolder) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Figures {
  readonly batches: number;
  readonly first: number | null;
  readonly last: number | null;
}

export interface PruneReport {
  readonly schema: 'tidemark/prune/1';
  readonly project: string;
  readonly environment: string;
  readonly status: 'pending' | 'pruned' | 'nothing';
  readonly older_than_ms: number | null;
  readonly keep_bytes: number | null;
  /** Whose records go. */
  readonly pruned: Figures & {
    readonly changes: number;
    readonly audit: number;
    readonly bytes: number;
    readonly committed_before: string | null;
  };
  /** Those of them that could be undone until now. */
  readonly no_longer_undoable: Figures;
  /** Whose records stay. */
  readonly kept: Figures & { readonly bytes: number };
  /** Stays though it is old: changes are numbered on from it. */
  readonly spared: number | null;
  /** Of `--redacted`: records that held values of redacted columns, by where they stand. */
  readonly redacted?: HiddenFigures | undefined;
}

export interface HiddenFigures {
  readonly changes: number;
  readonly audit: number;
  readonly rejected: number;
}

export interface Found {
  readonly records: readonly BatchRecord[];
  readonly sizes: ReadonlyMap<number, RecordSize>;
  readonly chosen: Chosen;
}

const figuresOf = (batches: readonly BatchRecord[]): Figures => {
  const numbers = batches.map(({ batch }) => batch);
  return {
    batches: numbers.length,
    first: numbers.length === 0 ? null : Math.min(...numbers),
    last: numbers.length === 0 ? null : Math.max(...numbers),
  };
};

const sum = (batches: readonly BatchRecord[], sizes: Found['sizes'], of: keyof RecordSize): number =>
  batches.reduce((total, { batch }) => total + (sizes.get(batch)?.[of] ?? 0), 0);

export const findOld = async (
  warehouse: Warehouse,
  project: Project,
  retention: Retention,
): Promise<Found> => {
  const schema = project.schemas.state;
  return warehouse.session(async (session) => {
    await refuseStranger(session, project);
    const records = await readBatches(session, schema, {});
    const sizes = await recordSizes(session, schema);
    const [clock] = await session.rows<{ now: string }>(
      sql`select cast(${warehouse.dialect.clock()} as varchar) as now`,
    );
    const known = {
      records,
      sizes,
      nowMs: instantMs(clock?.now ?? ''),
      lastNumbered: await lastNumbered(session, schema),
    };
    return { records, sizes, chosen: choosePruned(known, retention) };
  });
};

export const reportOf = (
  { name, environment }: Project,
  { ageMs, bytes }: Retention,
  found: Found | undefined,
  status: 'pending' | 'pruned',
): PruneReport => {
  const gone = found?.chosen.batches ?? [];
  const sizes: Found['sizes'] = found?.sizes ?? new Map();
  const left = (found?.records ?? []).filter((each) => each.prunedAt === undefined && !gone.includes(each));
  return {
    schema: 'tidemark/prune/1',
    project: name,
    environment,
    status: gone.length === 0 ? 'nothing' : status,
    older_than_ms: ageMs ?? null,
    keep_bytes: bytes ?? null,
    pruned: {
      ...figuresOf(gone),
      changes: sum(gone, sizes, 'changes'),
      audit: sum(gone, sizes, 'audit'),
      bytes: sum(gone, sizes, 'bytes'),
      committed_before: gone.at(-1)?.committedAt ?? null,
    },
    no_longer_undoable: figuresOf(undoableAmong(gone)),
    kept: { ...figuresOf(left), bytes: sum(left, sizes, 'bytes') },
    spared: found?.chosen.spared ?? null,
  };
};
