// Which batches undid which. A batch is undone while the rollback that took all of it back is in effect.
import type { SchemaName } from '../project/project.ts';
import type { UndoneEvents } from '../reconcile/history/history-work.ts';
import { sql, type Fragment } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { state } from './state.ts';

export interface Undo {
  readonly batch: number;
  readonly undone: number;
  /** All of it, not just some sources or keys. */
  readonly whole: boolean;
}

/** A reader does not migrate: our tables may be older than this program. */
export const versionWithUndos = 2;

export const readUndos = async (session: Session, schema: SchemaName): Promise<readonly Undo[]> => {
  const rows = await session.rows<{ batch: string; undone: string; whole: boolean }>(
    sql`select batch, undone, whole from ${state(schema, 'undos')}`,
  );
  return rows.map(({ batch, undone, whole }) => ({ batch: Number(batch), undone: Number(undone), whole }));
};

/** The batches that this one undid, oldest first. */
export const undoneBy = async (
  session: Session,
  schema: SchemaName,
  batch: number,
): Promise<readonly number[]> => {
  const rows = await session.rows<{ undone: string }>(
    sql`select undone from ${state(schema, 'undos')} where batch = ${sql.lit(batch)} order by undone`,
  );
  return rows.map(({ undone }) => Number(undone));
};

/** These batches, and those that one of them brought back by undoing their rollback: what is undone with it is undone again.
 *  Where both took back all there was; of a part of it nobody can say whose events they are. */
const withThoseBroughtBack = (undos: readonly Undo[], batches: readonly number[]): readonly number[] => {
  const found = new Set(batches);
  const undoneWhole = (batch: number): readonly number[] =>
    undos.filter((undo) => undo.batch === batch && undo.whole).map(({ undone }) => undone);
  // A set hands out what is added while it is walked.
  for (const batch of found)
    for (const rollback of undoneWhole(batch)) for (const again of undoneWhole(rollback)) found.add(again);
  return [...found];
};

const rollbacksOf = (undos: readonly Undo[], batch: number): readonly number[] =>
  undos.filter(({ undone, whole }) => whole && undone === batch).map((undo) => undo.batch);

/** Whose events an undo of these batches takes back. Where one of them is a rollback whose rollback was undone, what it
 *  set aside was set aside anew by that last one. */
export const eventsUndoneWith = (undos: readonly Undo[], batches: readonly number[]): UndoneEvents => {
  const rollbacks = new Set(batches);
  for (const batch of rollbacks)
    for (const rollback of rollbacksOf(undos, batch))
      for (const again of rollbacksOf(undos, rollback)) rollbacks.add(again);
  const undone = undos.filter(({ batch, whole }) => whole && batches.includes(batch));
  return {
    batches: withThoseBroughtBack(undos, batches),
    again: {
      batches: withThoseBroughtBack(
        undos,
        undone.map((undo) => undo.undone),
      ),
      by: [...rollbacks].filter((batch) => !batches.includes(batch)),
    },
  };
};

/** An undone rollback gives back what it had taken: the batches it undid count as done again. */
export const recordUndo = async (
  session: Session,
  schema: SchemaName,
  undo: { readonly batch: number; readonly undone: readonly number[]; readonly whole: boolean },
): Promise<void> => {
  const batches = state(schema, 'batches');
  const numbers = sql.join(undo.undone.map((each) => sql.lit(each)));
  for (const undone of undo.undone) {
    await session.execute(
      sql`insert into ${state(schema, 'undos')} (batch, undone, whole) values (${sql.lit(undo.batch)}, ${sql.lit(undone)}, ${undo.whole})`,
    );
  }
  if (!undo.whole) return;
  const givenBack = async (by: Fragment): Promise<readonly number[]> => {
    const rows = await session.rows<{ batch: string }>(
      sql`select batch from ${batches} where undone_by in (${by}) and batch not in (${by})`,
    );
    await session.execute(
      sql`update ${batches} set undone_by = null where undone_by in (${by}) and batch not in (${by})`,
    );
    return rows.map(({ batch }) => Number(batch));
  };
  let inEffect = await givenBack(numbers);
  await session.execute(
    sql`update ${batches} set undone_by = ${sql.lit(undo.batch)} where batch in (${numbers}) and undone_by is null`,
  );
  // A rollback that is in effect again has its batches undone again; those of them that are rollbacks give theirs back.
  while (inEffect.length > 0) {
    const taken: number[] = [];
    for (const batch of inEffect) {
      const own = sql`undone_by is null and batch in (select u.undone from ${state(schema, 'undos')} as u where u.batch = ${sql.lit(batch)} and u.whole)`;
      const rows = await session.rows<{ batch: string }>(sql`select batch from ${batches} where ${own}`);
      await session.execute(sql`update ${batches} set undone_by = ${sql.lit(batch)} where ${own}`);
      taken.push(...rows.map((row) => Number(row.batch)));
    }
    inEffect = taken.length === 0 ? [] : await givenBack(sql.join(taken.map((each) => sql.lit(each))));
  }
};
