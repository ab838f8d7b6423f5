// Our own tables as they are when a batch or a report begins; empty where there are none yet.
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import { sql, verbatim } from '../sql/fragment.ts';
import { readCounters } from '../store/batches.ts';
import { withEvents } from '../store/event-marks.ts';
import { readFingerprints, type Fingerprint } from '../store/fingerprints.ts';
import { readHistories, type KnownHistory } from '../store/histories.ts';
import { holdsIn, type HoldCount } from '../store/holds.ts';
import { readParts, type PartsProgress } from '../store/parts.ts';
import { readPositions, type Position } from '../store/positions.ts';
import { readRelations, type KnownRelation } from '../store/relations.ts';
import { state } from '../store/state.ts';
import { refuseTorn } from '../store/torn.ts';
import type { Session, Warehouse } from '../warehouse/port.ts';

/** Our own tables as read at the start. */
export interface KnownState {
  /** 0: we have no tables here yet. */
  readonly version: number;
  readonly lastBatch: number;
  readonly positions: ReadonlyMap<string, Position>;
  readonly relations: ReadonlyMap<string, KnownRelation>;
  readonly fingerprints: ReadonlyMap<string, Fingerprint>;
  /** By target; those that never were in step are not among them. */
  readonly histories: ReadonlyMap<string, KnownHistory>;
  /** By target: what the table of its events was called, which somebody dropped. */
  readonly lost: ReadonlyMap<string, string>;
  /** By source; those without any are left out. */
  readonly holds: ReadonlyMap<string, HoldCount>;
  /** By target: those that are being compared in parts. */
  readonly parts: ReadonlyMap<string, PartsProgress>;
}

const nothingKnown: KnownState = {
  version: 0,
  lastBatch: 0,
  positions: new Map(),
  relations: new Map(),
  fingerprints: new Map(),
  histories: new Map(),
  lost: new Map(),
  holds: new Map(),
  parts: new Map(),
};

/** Our tables serve one project in one environment: another one pointed at them is refused, unless it takes them
 *  over (`rebind`). Answers whether they are known to be those of this project. */
export const refuseStranger = async (
  session: Session,
  project: Project,
  rebind = false,
): Promise<boolean> => {
  if (rebind) return false;
  const rows = await session.rows<{ name: string; environment: string }>(
    sql`select name, environment from ${state(project.schemas.state, 'project')} where id = 1`,
  );
  const [owner] = rows;
  if (owner === undefined) return false;
  if (owner.name === project.name && owner.environment === project.environment) return true;
  throw new TidemarkError('environment_mismatch', {
    message: `the tables in schema \`${project.schemas.state.schema}\` belong to project \`${owner.name}\`, environment \`${owner.environment}\`; this is project \`${project.name}\`, environment \`${project.environment}\``,
    hint: 'give each project and environment a state schema of its own (`schemas: { state: … }`), or correct `name:`; `tidemark run --rebind` makes them those of this project',
    details: { found: owner, expected: { name: project.name, environment: project.environment } },
  });
};

/** Writes whose tables these are, once, or anew when they are taken over. */
export const claim = async (warehouse: Warehouse, project: Project, rebind = false): Promise<void> => {
  await warehouse.session(async (session) => {
    if (await refuseStranger(session, project, rebind)) return;
    await session.execute(
      sql`insert into ${state(project.schemas.state, 'project')} (id, name, environment) values (1, ${project.name}, ${project.environment}) on conflict (id) do ${verbatim(rebind ? 'update set name = excluded.name, environment = excluded.environment' : 'nothing')}`,
    );
  });
};

export const readKnownState = async (
  warehouse: Warehouse,
  project: Project,
  version: number,
  rebind = false,
): Promise<KnownState> => {
  if (version === 0) return nothingKnown;
  const schema = project.schemas.state;
  const { histories, lost } = await readHistories(warehouse, schema, version);
  return warehouse.session(async (session) => {
    await refuseStranger(session, project, rebind);
    await refuseTorn(session, schema, version);
    const counters = await readCounters(session, schema);
    const positions = await readPositions(session, schema);
    const relations = await readRelations(session, schema);
    const fingerprints = withEvents(await readFingerprints(session, schema), histories);
    const holds = await holdsIn(session, schema, version);
    const parts = await readParts(session, schema, version);
    const { lastBatch } = counters;
    return { version, lastBatch, positions, relations, fingerprints, histories, lost, holds, parts };
  });
};
