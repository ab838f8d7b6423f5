// Which batches undid which. A batch is undone while the rollback that took all of it back is in effect.
import type { SchemaName } from '../project/project.ts';
import { sql } from '../sql/fragment.ts';
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
  await session.execute(
    sql`update ${batches} set undone_by = null where undone_by in (${numbers}) and batch not in (${numbers})`,
  );
  await session.execute(
    sql`update ${batches} set undone_by = ${sql.lit(undo.batch)} where batch in (${numbers}) and undone_by is null`,
  );
};
