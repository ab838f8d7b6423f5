// Where DDL ends a transaction, tables are made and changed before it begins: empty, or with what they hold. Whoever dies
// in between leaves tables that are on record as ours, and positions that make the next run compare in full.
import { mirrorRowsOf } from '../../detect/mirror-plan.ts';
import { sql, table } from '../../sql/fragment.ts';
import { showTable } from '../../sql/table-name.ts';
import { forgetFullCompare } from '../../store/positions.ts';
import type { Lease } from '../../store/lease.ts';
import { announceTables, type AnnouncedTable } from '../../store/relations.ts';
import type { Session } from '../../warehouse/port.ts';
import type { Computed } from '../compute/compute.ts';
import type { ComputedTarget } from '../compute/compute-target.ts';
import type { BatchContext } from '../context.ts';
import { blameMirror } from '../drift/apply-drift.ts';
import type { FrozenSource } from '../freeze/freeze-source.ts';
import { createMirror, createTarget } from './create-tables.ts';

interface Defining {
  readonly made: readonly FrozenSource[];
  readonly changed: readonly FrozenSource[];
  readonly targets: readonly ComputedTarget[];
}

const definingOf = (computed: Computed, written: readonly ComputedTarget[]): Defining => ({
  made: computed.frozen.sources.filter(({ reading }) => reading.kind === 'bootstrap'),
  changed: computed.frozen.sources.filter(
    ({ reading, plan }) => reading.kind !== 'bootstrap' && plan.changes.length > 0,
  ),
  targets: written.filter(({ target }) => !target.exists),
});

const announced = ({ made, targets }: Defining): readonly AnnouncedTable[] => [
  ...made.map(({ source }) => ({
    name: source.name,
    kind: 'source' as const,
    table: showTable(source.table),
    mirror: showTable(source.mirror),
  })),
  ...targets.map(({ target }) => ({
    name: target.name,
    kind: 'target' as const,
    table: showTable(target.table),
  })),
];

/** All changes of a mirror at once: a table is replaced by what it will be, or stays. */
const changeAtOnce = (session: Session, { source, plan }: FrozenSource): Promise<void> => {
  const rows = mirrorRowsOf(source, plan.changes, plan.kept);
  return blameMirror(session, source, [
    sql`create or replace table ${table(source.mirror)} COPY GRANTS as select * from ${rows} as m`,
  ]);
};

/** Nothing to do where DDL is part of the transaction. Else the lease is asked first: DDL asks nobody, and whoever lost
 *  it must not touch tables that another run fills. */
export const defineFirst = async (
  context: BatchContext,
  computed: Computed,
  { written, lease }: { readonly written: readonly ComputedTarget[]; readonly lease: Lease },
): Promise<void> => {
  const { warehouse, project, known } = context;
  if (warehouse.dialect.capabilities.transactionalDdl) return;
  const defining = definingOf(computed, written);
  const { made, changed, targets } = defining;
  if (made.length + changed.length + targets.length === 0) return;
  await warehouse.transaction((session) => lease.check(session));
  await warehouse.session(async (session) => {
    await announceTables(session, project.schemas.state, announced(defining));
    await forgetFullCompare(
      session,
      project.schemas.state,
      changed.map(({ source }) => source.name),
    );
    for (const { source, plan } of made) {
      const relation = known.relations.get(source.name);
      const isBegun = relation?.madeByUs === true && relation.firstBatch === undefined;
      await createMirror(session, warehouse.dialect, source, {
        replacing: plan.remake || isBegun,
      });
    }
    for (const frozen of changed) await changeAtOnce(session, frozen);
    for (const { target } of targets) await createTarget(session, warehouse.dialect, target);
  });
};
