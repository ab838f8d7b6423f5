// Status: data as of when, the lag of each source and target, what is behind and why, who holds the lease.
import type { Project } from '../project/project.ts';
import { buildGraph, sourcesOf } from '../graph/graph.ts';
import { sql } from '../sql/fragment.ts';
import { readBatches } from '../store/batches.ts';
import { readHeals, type Heals } from '../store/heals.ts';
import { leaseHolder } from '../store/lease.ts';
import type { LeaseHolder } from '../store/lease-holder.ts';
import { stateVersion } from '../store/migrate.ts';
import { holdsIn, type HoldCount } from '../store/holds.ts';
import { readPositions } from '../store/positions.ts';
import { readRejected, type RejectedReason } from '../store/rejected.ts';
import { allColumns, readRelations, type KnownRelation } from '../store/relations.ts';
import { lastRuns, type LastRun } from '../store/runs.ts';
import { instantIso, instantMs } from '../store/state.ts';
import { readVerified, type KnownProgress } from '../store/verified.ts';
import type { Values } from '../sql/readable.ts';
import type { Session, Warehouse } from '../warehouse/port.ts';
import { policyOf } from '../errors/policy.ts';
import { refuseStranger } from './known-state.ts';
import { recentLags } from './lag/read-lags.ts';
import { checkDictionary, withWarehouse } from './open.ts';
import { mappingHash, proofOf } from './verify/proof.ts';
import type { TargetProof } from './verify/report.ts';
import type { LagSummary } from '../store/lag-histogram.ts';

export interface RelationStatus {
  readonly name: string;
  readonly status: 'in step' | 'behind' | 'new';
  /** The data it shows was read from staging at this moment. */
  readonly data_at: string | null;
  readonly lag_ms: number | null;
  /** Of a target: how long a change may take until it is here. */
  readonly target_lag_ms?: number;
  /** How long the changes of the last 24 hours took from source to commit. */
  readonly change_lag?: LagSummary;
  /** Later than the target allows. */
  readonly late?: boolean;
  readonly watermark?: string | null;
  /** Events of a log that were set aside, by reason. */
  readonly rejected?: readonly RejectedEvents[];
  readonly since?: number | null;
  readonly code?: string;
  readonly reason?: string;
  readonly retryable?: boolean;
  /** Of a source: rows whose change was undone and that staging still tells; released ones wait for the next run. */
  readonly holds?: { readonly rows: number; readonly released: number };
  /** Of a target: how far `verify --budget` has come. */
  readonly verified?: TargetProof;
  /** The last run set it right once more after somebody else had written it, as did the batches before. */
  readonly healed?: Heals;
  /** Mapped columns that are left as they are, until somebody looks. */
  readonly held?: readonly { readonly column: string; readonly since: number; readonly reason: string }[];
}

export interface RejectedEvents {
  readonly code: string;
  readonly field: string;
  readonly events: number;
  readonly keys: number;
  readonly since: string;
  /** Of one of them, as its key and where it stands in the log. */
  readonly reason: string;
  readonly key: Values | null;
  readonly arrival: string | null;
}

export interface StatusReport {
  readonly schema: 'tidemark/status/1';
  readonly project: string;
  readonly environment: string;
  readonly warehouse: string;
  readonly at: string;
  /** Of the oldest relation in step. */
  readonly data_at: string | null;
  readonly lag_ms: number | null;
  readonly sources: readonly RelationStatus[];
  readonly targets: readonly RelationStatus[];
  readonly lease: LeaseHolder | null;
  readonly last_batch: {
    readonly batch: number;
    readonly status: string;
    readonly committed_at: string;
    readonly rows: number;
    readonly cells: number;
  } | null;
  readonly last_run: LastRun | null;
}

export interface StatusOptions {
  readonly project: Project;
  readonly failIfLagMs?: number | undefined;
  readonly waitMs?: number | undefined;
}

export interface StatusResult {
  readonly report: StatusReport;
  /** 5 or 6 as long as something is behind; 3 when the data is older than allowed. */
  readonly exit: 0 | 3 | 5 | 6;
}

interface Stored {
  readonly relations: ReadonlyMap<string, KnownRelation>;
  readonly watermarks: ReadonlyMap<string, string | undefined>;
  readonly lease: LeaseHolder | undefined;
  readonly last: StatusReport['last_batch'];
  readonly run: LastRun | undefined;
  readonly rejected: readonly RejectedReason[];
  readonly holds: ReadonlyMap<string, HoldCount>;
  readonly verified: ReadonlyMap<string, KnownProgress>;
  readonly lags: ReadonlyMap<string, LagSummary>;
  readonly heals: ReadonlyMap<string, Heals>;
  /** The newest moment at which staging was read and everything found was committed. */
  readonly readAt: string | undefined;
}

const readStored = async (
  session: Session,
  warehouse: Warehouse,
  project: Project,
  version: number,
): Promise<Stored> => {
  const schema = project.schemas.state;
  await refuseStranger(session, project);
  const positions = await readPositions(session, schema);
  const [batch] = await readBatches(session, schema, { limit: 1 });
  const runs = await lastRuns(session, schema, 1);
  const [run] = runs;
  // An idle run proves that the targets are as of its own start.
  const succeeded = run !== undefined && ['idle', 'applied', 'partial'].includes(run.status);
  const readAt = succeeded
    ? run.status === 'idle'
      ? (run.finishedAt ?? run.startedAt)
      : run.startedAt
    : batch?.moment;
  return {
    relations: await readRelations(session, schema),
    watermarks: new Map([...positions].map(([name, position]) => [name, position.watermark])),
    lease: await leaseHolder(session, warehouse, schema),
    last:
      batch === undefined
        ? null
        : {
            batch: batch.batch,
            status: batch.status,
            committed_at: batch.committedAt,
            rows: batch.rows,
            cells: batch.cells,
          },
    run,
    rejected: await readRejected(session, schema, version),
    holds: await holdsIn(session, schema, version),
    verified: await readVerified(session, schema, version),
    lags: await recentLags(session, warehouse, project, version),
    // A run since then found it as it was left.
    heals: succeeded && run.batch === batch?.batch ? await readHeals(session, schema, batch) : new Map(),
    readAt,
  };
};

const nothingStored: Stored = {
  relations: new Map(),
  watermarks: new Map(),
  lease: undefined,
  last: null,
  run: undefined,
  rejected: [],
  holds: new Map(),
  verified: new Map(),
  lags: new Map(),
  heals: new Map(),
  readAt: undefined,
};

const relationStatus = (name: string, stored: Stored, nowMs: number): RelationStatus => {
  const known = stored.relations.get(name);
  if (known === undefined) return { name, status: 'new', data_at: null, lag_ms: null };
  const { behind } = known;
  const dataAt = behind === undefined ? (stored.readAt ?? null) : behind.at;
  const lag = dataAt === null ? null : Math.max(0, nowMs - Date.parse(dataAt));
  const held = known.held
    .filter(({ column, released }) => column !== allColumns && released !== true)
    .map(({ column, since, reason }) => ({ column, since, reason }));
  const facts = { name, data_at: dataAt, lag_ms: lag, ...(held.length === 0 ? {} : { held }) };
  if (behind === undefined) return { ...facts, status: 'in step' };
  const { since, code, reason, retryable } = behind;
  return { ...facts, status: 'behind', since: since ?? null, code, reason, retryable };
};

const rejectedOf = (name: string, stored: Stored): Pick<RelationStatus, 'rejected'> => {
  const own = stored.rejected.filter(({ source }) => source === name);
  return own.length === 0 ? {} : { rejected: own.map(({ source: _, ...rest }) => rest) };
};

const holdsOf = (name: string, { holds }: Stored): Pick<RelationStatus, 'holds'> => {
  const own = holds.get(name);
  return own === undefined ? {} : { holds: { rows: own.held, released: own.queued } };
};

/** What was proved of another mapping counts no more. */
const verifiedOf = (name: string, { verified, relations }: Stored): Pick<RelationStatus, 'verified'> => {
  const proof = verified.get(name);
  if (proof === undefined || proof.mapping !== mappingHash(relations.get(name)?.mapping)) return {};
  return { verified: proofOf(proof, proof.pass === null) };
};

const lagOf = (name: string, { lags }: Stored): Pick<RelationStatus, 'change_lag'> => {
  const lag = lags.get(name);
  return lag === undefined ? {} : { change_lag: lag };
};

const ofTarget = (name: string, stored: Stored, nowMs: number): RelationStatus => {
  const healed = stored.heals.get(name);
  const facts = {
    ...relationStatus(name, stored, nowMs),
    ...lagOf(name, stored),
    ...verifiedOf(name, stored),
  };
  return healed === undefined ? facts : { ...facts, healed };
};

const judgedLag = (target: RelationStatus, wantedMs: number | undefined): RelationStatus => {
  if (wantedMs === undefined) return target;
  const late = (target.lag_ms ?? 0) > wantedMs || (target.change_lag?.p95_ms ?? 0) > wantedMs;
  return { ...target, target_lag_ms: wantedMs, late };
};

const exitFor = (relations: readonly RelationStatus[], stored: Stored): 0 | 5 | 6 => {
  const codes = relations.flatMap(({ name }) => stored.relations.get(name)?.behind?.code ?? []);
  const causes = codes.filter((code) => !['upstream_behind', 'paused', 'set_back'].includes(code));
  if (causes.length === 0) return 0;
  return causes.some((code) => policyOf(code).exit === 5) ? 5 : 6;
};

export const status = (options: StatusOptions): Promise<StatusResult> =>
  withWarehouse(options.project, { readOnly: true, waitMs: options.waitMs ?? 10_000 }, async (warehouse) => {
    const { project } = options;
    const { dictionary } = await checkDictionary(warehouse, project);
    const version = await stateVersion(warehouse, project.schemas.state);
    const { clock, stored } = await warehouse.session(async (session) => {
      const rows = await session.rows<{ now: string }>(
        sql`select cast(${warehouse.dialect.clock()} as varchar) as now`,
      );
      return {
        clock: rows[0]?.now ?? '',
        stored: version === 0 ? nothingStored : await readStored(session, warehouse, project, version),
      };
    });
    const nowMs = instantMs(clock);
    const graph = buildGraph(dictionary);
    const sources = dictionary.sources.map((source) => ({
      ...relationStatus(source.name, stored, nowMs),
      watermark: stored.watermarks.get(source.name) ?? null,
      ...lagOf(source.name, stored),
      ...rejectedOf(source.name, stored),
      ...holdsOf(source.name, stored),
    }));
    const lagging = new Map(sources.map((source) => [source.name, source]));
    const targets = graph.order.map((target) =>
      judgedLag(
        olderSource(
          ofTarget(target.name, stored, nowMs),
          [...sourcesOf(graph, target)].flatMap((name) => lagging.get(name) ?? []),
        ),
        target.targetLagMs,
      ),
    );
    const all = [...sources, ...targets];
    const lags = all.flatMap(({ lag_ms: lag }) => (lag === null ? [] : [lag]));
    const worst = lags.length === 0 ? null : Math.max(...lags);
    const oldest = all.flatMap(({ data_at: at }) => (at === null ? [] : [at])).toSorted()[0] ?? null;
    const tooOld = options.failIfLagMs !== undefined && (worst === null || worst > options.failIfLagMs);
    return {
      report: {
        schema: 'tidemark/status/1',
        project: project.name,
        environment: project.environment,
        warehouse: warehouse.description,
        at: instantIso(clock),
        data_at: oldest,
        lag_ms: worst,
        sources,
        targets,
        lease: stored.lease ?? null,
        last_batch: stored.last,
        last_run: stored.run ?? null,
      },
      exit: tooOld ? 3 : exitFor(all, stored),
    };
  });

/** A target is no newer than the oldest source that it reads. */
const olderSource = (target: RelationStatus, sources: readonly RelationStatus[]): RelationStatus => {
  const oldest = sources.reduce<RelationStatus | undefined>(
    (worst, source) => ((source.lag_ms ?? 0) > (worst?.lag_ms ?? -1) ? source : worst),
    undefined,
  );
  if (oldest === undefined || target.lag_ms === null || (oldest.lag_ms ?? 0) <= target.lag_ms) return target;
  return { ...target, data_at: oldest.data_at, lag_ms: oldest.lag_ms };
};
