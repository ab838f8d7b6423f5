// Held rows in a freeze: what staging still says of changes that were undone is taken back out of the images, and
// the holds that end are kept for the commit to forget.
import {
  compareReleased,
  dropHeld,
  fillEnded,
  keepHeldRows,
  restoreHeld,
  type Holding,
} from '../../detect/holds.ts';
import type { Folding } from '../../detect/log/fold-images.ts';
import { dropHeldKeys, endContradicted, endTold } from '../../detect/log/held-keys.ts';
import { markHeld } from '../../detect/log/undone-rows.ts';
import type { Comparison } from '../../detect/mirror.ts';
import { renumber } from '../../detect/missing.ts';
import type { Source } from '../../dictionary/dictionary.ts';
import { sql, table } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import { stateTable } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';

/** Scratch for the keys of holds that end; made before the freeze, none where nothing is held. */
export const prepareEnded = async (
  context: BatchContext,
  session: Session,
  source: Source,
): Promise<TableName | undefined> => {
  if (!context.known.holds.has(source.name)) return undefined;
  const ended = context.scratch.name(`ended_${source.name}`);
  await session.execute(context.warehouse.dialect.createScratch(ended, [{ name: 'key', type: 'varchar' }]));
  return ended;
};

export interface HeldRows {
  readonly comparison: Comparison;
  readonly ended: TableName | undefined;
  readonly reading: 'bootstrap' | 'part' | 'all';
  /** Only these keys are looked at. */
  readonly keys: TableName | undefined;
  /** Another key, or other rows: what was held says nothing of the mirror that is to be made. */
  readonly remade: boolean;
}

/** Answers where the keys of ended holds are, if any ended. */
export const respectHolds = async (
  context: BatchContext,
  session: Session,
  { comparison, ended, reading, keys, remade }: HeldRows,
): Promise<TableName | undefined> => {
  if (ended === undefined) return undefined;
  const holds = stateTable(context.project.schemas.state, 'holds');
  const holding: Holding = { comparison, holds };
  const { name } = comparison.source;
  if (remade) {
    await session.execute(
      sql`insert into ${table(ended)} (key) select h.key from ${table(holds)} as h where h.source = ${name}`,
    );
    return ended;
  }
  if (reading === 'bootstrap') {
    for (const statement of keepHeldRows(holding)) await session.execute(statement);
    await session.execute(renumber({ comparison }));
  } else {
    const queued = context.known.holds.get(name)?.queued ?? 0;
    if (reading === 'part' && keys === undefined && queued > 0)
      await session.execute(compareReleased(holding));
    const dropped = await session.execute(dropHeld(holding));
    const isHealed = reading === 'all' && context.healing.mirrors.has(name);
    const restored = isHealed ? await session.execute(restoreHeld(holding)) : 0;
    if (dropped + restored > 0) await session.execute(renumber({ comparison }));
  }
  const count = await session.execute(fillEnded(holding, ended, keys));
  return count > 0 ? ended : undefined;
};

export interface HeldEvents {
  readonly folding: Folding;
  readonly ended: TableName | undefined;
}

/** The same of a log, once its images are there. */
export const respectLogHolds = async (
  context: BatchContext,
  session: Session,
  { folding, ended }: HeldEvents,
): Promise<TableName | undefined> => {
  if (ended === undefined) return undefined;
  const holds = stateTable(context.project.schemas.state, 'holds');
  const { known, mirror } = folding;
  const end = known.kind === 'nothing' ? endContradicted : endTold;
  const count = await session.execute(end(folding, holds, ended));
  const holding = { comparison: folding, holds };
  let changed = 0;
  if (known.kind !== 'nothing') changed = await session.execute(dropHeldKeys(folding, holds));
  else if (mirror !== undefined) changed = await session.execute(dropHeld(holding));
  else for (const statement of keepHeldRows(holding)) changed += await session.execute(statement);
  if (changed > 0) await session.execute(renumber({ comparison: folding }));
  if (known.kind === 'nothing')
    await session.execute(markHeld(folding, { holds, ended }, folding.source.name));
  return count > 0 ? ended : undefined;
};
