// Prune: ledger and audit of old batches are dropped, some batches a transaction, each under the lease by itself, so that
// a run that waits has its turn in between. Events of histories are no records of batches: they stay.
import { randomUUID } from 'node:crypto';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { Project, Retention } from '../../project/project.ts';
import { sql } from '../../sql/fragment.ts';
import { readBatches, type BatchRecord } from '../../store/batches.ts';
import type { LeaseHolder } from '../../store/lease-holder.ts';
import { takeLease } from '../../store/lease.ts';
import { migrate, stateVersion } from '../../store/migrate.ts';
import { lastNumbered, pruneUpTo, recordSizes, type RecordSize } from '../../store/prune.ts';
import { instantMs } from '../../store/state.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { refuseStranger } from '../known-state.ts';
import { withWarehouse } from '../open.ts';
import { choosePruned, steps, undoableAmong, type Chosen } from './choose.ts';

export interface PruneOptions {
  readonly project: Project;
  /** Instead of what the project file says. */
  readonly retention?: Retention | undefined;
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
}

interface Found {
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

const noRetention = (): TidemarkError =>
  new TidemarkError('usage', {
    message: 'how much is to stay? neither a flag nor the project file says it; nothing was pruned',
    hint: '`--older-than 90d`, `--keep-size 5GB`, or `retention: { age: 90d }` in tidemark.yml',
  });

const findOld = async (warehouse: Warehouse, project: Project, retention: Retention): Promise<Found> => {
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

const reportOf = (
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

const dropRecords = async (warehouse: Warehouse, options: PruneOptions, found: Found): Promise<void> => {
  const { project, waitMs = 90_000, onWait, signal } = options;
  const schema = project.schemas.state;
  for (const upTo of steps(found.chosen.batches, found.sizes)) {
    if (signal?.aborted === true)
      throw new TidemarkError('interrupted', {
        message: 'interrupted; what was pruned so far stays pruned',
        hint: '`tidemark prune` goes on',
      });
    const lease = await takeLease(warehouse, schema, {
      owner: randomUUID(),
      command: 'prune',
      waitMs,
      onWait,
      signal,
    });
    try {
      await warehouse.transaction(async (session) => {
        await lease.check(session);
        await pruneUpTo(session, schema, warehouse.dialect, upTo);
        await lease.check(session);
      });
    } finally {
      // Where it cannot be given back it expires by itself.
      await lease.release().catch(() => undefined);
    }
  }
};

export const prune = (options: PruneOptions): Promise<PruneReport> => {
  const { project, retention = project.retention ?? {}, dryRun = false, waitMs = 90_000 } = options;
  if (retention.ageMs === undefined && retention.bytes === undefined) return Promise.reject(noRetention());
  return withWarehouse(project, { readOnly: dryRun, waitMs }, async (warehouse) => {
    const schema = project.schemas.state;
    if ((await stateVersion(warehouse, schema)) === 0)
      return reportOf(project, retention, undefined, 'pending');
    const found = await findOld(warehouse, project, retention);
    const planned = reportOf(project, retention, found, 'pending');
    if (dryRun || planned.status === 'nothing') return planned;
    options.onPlan?.(planned);
    await migrate(warehouse, schema);
    await dropRecords(warehouse, options, found);
    return { ...planned, status: 'pruned' };
  });
};
