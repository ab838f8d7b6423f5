// `prune --redacted`: what was recorded of columns before they were redacted is hidden in ledger, audit and the events that
// were set aside. No record is dropped: the batches are undone as those are that came later.
import { randomUUID } from 'node:crypto';
import { dictionaryInvalid } from '../../dictionary/problems.ts';
import { countOpen, hideOpen, type Hiding } from '../../reconcile/hide-records.ts';
import type { Project } from '../../project/project.ts';
import type { Column } from '../../sql/dialect.ts';
import { sql } from '../../sql/fragment.ts';
import { isTidemarkError } from '../../errors/tidemark-error.ts';
import { takeLease, type Lease } from '../../store/lease.ts';
import { migrate, stateVersion } from '../../store/migrate.ts';
import { hideRejected, openRejected, rejectedSince } from '../../store/rejected.ts';
import { stateTable } from '../../store/state.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { refuseStranger } from '../known-state.ts';
import { checkDictionary, withWarehouse } from '../open.ts';
import {
  findOld,
  reportOf,
  type HiddenFigures,
  type PruneOptions,
  type PruneReport,
} from './prune-report.ts';

interface Relation {
  readonly name: string;
  readonly records: 'changes' | 'audit';
  readonly columns: readonly Column[];
}

const redactedIn = async (warehouse: Warehouse, project: Project): Promise<readonly Relation[]> => {
  const { dictionary, problems } = await checkDictionary(warehouse, project);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw dictionaryInvalid(errors);
  const relation =
    (records: Relation['records']) =>
    (each: { readonly name: string; readonly columns: readonly Column[] }): readonly Relation[] => {
      const columns = each.columns.filter(({ redacted }) => redacted === true);
      return columns.length === 0 ? [] : [{ name: each.name, records, columns }];
    };
  return [
    ...dictionary.sources.flatMap(relation('changes')),
    ...dictionary.targets.flatMap(relation('audit')),
  ];
};

const hidingOf = (warehouse: Warehouse, project: Project, { name, records, columns }: Relation): Hiding => ({
  dialect: warehouse.dialect,
  records: stateTable(project.schemas.state, records),
  where: records === 'changes' ? sql`r.source = ${name}` : sql`r.target = ${name}`,
  columns,
  redactKey: project.redactKey ?? '',
});

const countAll = (
  warehouse: Warehouse,
  project: Project,
  relations: readonly Relation[],
  version: number,
): Promise<HiddenFigures> =>
  warehouse.session(async (session) => {
    await refuseStranger(session, project);
    const found = { changes: 0, audit: 0 };
    for (const relation of relations) {
      const [row] = await session.rows<{ rows: string }>(countOpen(hidingOf(warehouse, project, relation)));
      found[relation.records] += Number(row?.rows ?? 0);
    }
    const sources = relations.filter(({ records }) => records === 'changes').map(({ name }) => name);
    const rejected =
      version < rejectedSince ? 0 : await openRejected(session, project.schemas.state, sources);
    return { ...found, rejected };
  });

const hideColumn = async (
  warehouse: Warehouse,
  lease: Lease,
  hiding: Hiding,
  column: Column,
): Promise<void> => {
  const hide = (typed: boolean): Promise<void> =>
    warehouse.transaction(async (session) => {
      await lease.check(session);
      await session.execute(hideOpen(hiding, column, typed));
      await lease.check(session);
    });
  // What was recorded under another type is hidden as well, as the text that it is.
  await hide(true).catch((error: unknown) => {
    if (isTidemarkError(error) && error.code === 'sql_failed') return hide(false);
    throw error;
  });
};

const hideAll = async (
  warehouse: Warehouse,
  { project, waitMs = 90_000, onWait, signal }: PruneOptions,
  relations: readonly Relation[],
): Promise<void> => {
  const schema = project.schemas.state;
  const taking = { owner: randomUUID(), command: 'prune', waitMs, onWait, signal };
  const lease = await takeLease(warehouse, schema, taking);
  try {
    for (const relation of relations) {
      const hiding = hidingOf(warehouse, project, relation);
      for (const column of relation.columns) await hideColumn(warehouse, lease, hiding, column);
    }
    const sources = relations.filter(({ records }) => records === 'changes').map(({ name }) => name);
    await warehouse.transaction(async (session) => {
      await lease.check(session);
      await hideRejected(session, schema, sources, warehouse.dialect.jsonType);
      await lease.check(session);
    });
  } finally {
    // Where it cannot be given back it expires by itself.
    await lease.release().catch(() => undefined);
  }
};

export const hideRedacted = (options: PruneOptions): Promise<PruneReport> => {
  const { project, dryRun = false, waitMs = 90_000 } = options;
  return withWarehouse(project, { readOnly: dryRun, waitMs }, async (warehouse) => {
    const schema = project.schemas.state;
    const none = { changes: 0, audit: 0, rejected: 0 };
    const version = await stateVersion(warehouse, schema);
    if (version === 0) return { ...reportOf(project, {}, undefined, 'pending'), redacted: none };
    const newest = dryRun ? version : await migrate(warehouse, schema);
    const relations = await redactedIn(warehouse, project);
    const redacted = await countAll(warehouse, project, relations, newest);
    const told = { ...reportOf(project, {}, await findOld(warehouse, project, {}), 'pending'), redacted };
    if (redacted.changes + redacted.audit + redacted.rejected === 0) return told;
    if (dryRun) return { ...told, status: 'pending' };
    await hideAll(warehouse, options, relations);
    return { ...told, status: 'pruned' };
  });
};
