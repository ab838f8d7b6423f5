// How far a target has been compared that is compared in parts, a batch each.
import type { SchemaName } from '../project/project.ts';
import { sql } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { state } from './state.ts';

/** The version of our tables that brought them. */
const since = 8;

export interface PartsProgress {
  /** Of the mapping under which the parts were compared. */
  readonly mapping: string;
  /** Columns that they are narrowed to; none: all. */
  readonly columns: readonly string[];
  /** The last key of each part but the last one, its columns as text. */
  readonly bounds: readonly (readonly string[])[];
  readonly done: number;
}

export const readParts = async (
  session: Session,
  schema: SchemaName,
  version: number,
): Promise<ReadonlyMap<string, PartsProgress>> => {
  if (version < since) return new Map();
  const rows = await session.rows<{ target: string; progress: string }>(
    sql`select target, progress from ${state(schema, 'parts')}`,
  );
  return new Map(rows.map(({ target, progress }) => [target, JSON.parse(progress) as PartsProgress]));
};

/** No progress: it is compared whole. */
export const saveParts = async (
  session: Session,
  schema: SchemaName,
  target: string,
  progress: PartsProgress | undefined,
): Promise<void> => {
  await session.execute(sql`delete from ${state(schema, 'parts')} where target = ${target}`);
  if (progress === undefined) return;
  await session.execute(
    sql`insert into ${state(schema, 'parts')} (target, progress) values (${target}, ${JSON.stringify(progress)})`,
  );
};
