// How far each source has been read: committed with the images it covers, never moved back.
import type { SchemaName } from '../project/project.ts';
import { commas, sql, type Fragment } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { instant, instantMs, state } from './state.ts';

export interface Position {
  readonly source: string;
  readonly watermark?: string | undefined;
  /** Milliseconds since the epoch, by the warehouse's clock. */
  readonly fullCompareAtMs?: number | undefined;
  readonly deleteCheckAtMs?: number | undefined;
}

interface PositionRow {
  readonly source: string;
  readonly watermark: string | null;
  readonly full_compare_at: string | null;
  readonly delete_check_at: string | null;
}

export const readPositions = async (
  session: Session,
  schema: SchemaName,
): Promise<ReadonlyMap<string, Position>> => {
  const rows = await session.rows<PositionRow>(
    sql`select source, watermark, full_compare_at, delete_check_at from ${state(schema, 'positions')}`,
  );
  return new Map(
    rows.map((row) => [
      row.source,
      {
        source: row.source,
        watermark: row.watermark ?? undefined,
        fullCompareAtMs: row.full_compare_at === null ? undefined : instantMs(row.full_compare_at),
        deleteCheckAtMs: row.delete_check_at === null ? undefined : instantMs(row.delete_check_at),
      },
    ]),
  );
};

export interface PositionAdvance {
  readonly source: string;
  readonly watermark: string | undefined;
  /** The freeze compared all rows, or looked for deleted keys, at this moment. */
  readonly fullCompareAt: string | undefined;
  readonly deleteCheckAt: string | undefined;
  readonly batch: number | undefined;
  /** The watermark that was kept is that of other rows: it goes, even without a new one. */
  readonly restart?: boolean | undefined;
}

const rowOf = (advance: PositionAdvance): Fragment => {
  const at = (text: string | undefined): Fragment => (text === undefined ? sql`null` : instant(text));
  return sql`(${advance.source}, ${advance.watermark ?? null}, ${at(advance.fullCompareAt)}, ${at(advance.deleteCheckAt)}, ${advance.batch ?? null})`;
};

/** The next freeze of these compares all rows. */
export const forgetFullCompare = async (
  session: Session,
  schema: SchemaName,
  sources: readonly string[],
): Promise<void> => {
  if (sources.length === 0) return;
  await session.execute(
    sql`update ${state(schema, 'positions')} set full_compare_at = null where source in (${commas(sources.map((name) => sql`${name}`))})`,
  );
};

/** Of sources that are read anew, and of those that go on: a statement each. */
export const advancePositions = async (
  session: Session,
  schema: SchemaName,
  advances: readonly PositionAdvance[],
): Promise<void> => {
  const positions = state(schema, 'positions');
  const save = async (some: readonly PositionAdvance[], watermark: Fragment): Promise<void> => {
    if (some.length === 0) return;
    await session.execute(sql`insert into ${positions} (source, watermark, full_compare_at, delete_check_at, batch)
values ${commas(some.map(rowOf))}
on conflict (source) do update set
  watermark = ${watermark},
  full_compare_at = coalesce(excluded.full_compare_at, positions.full_compare_at),
  delete_check_at = coalesce(excluded.delete_check_at, positions.delete_check_at),
  batch = coalesce(excluded.batch, positions.batch)`);
  };
  const isAnew = ({ restart }: PositionAdvance): boolean => restart === true;
  await save(advances.filter(isAnew), sql`excluded.watermark`);
  await save(
    advances.filter((each) => !isAnew(each)),
    sql`coalesce(excluded.watermark, positions.watermark)`,
  );
};
