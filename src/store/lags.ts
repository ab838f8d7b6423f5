// What is kept of the times from change to commit: a row for each batch and relation, for thirty days.
import type { SchemaName } from '../project/project.ts';
import type { Dialect } from '../sql/dialect.ts';
import { commas, sql } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { lagsJson, lagsOfJson, type LagHistogram } from './lag-histogram.ts';
import { instant, instantMs, json, state } from './state.ts';

/** Our tables know of lags from this version on. */
export const versionWithLags = 9;

const keptMs = 30 * 24 * 60 * 60 * 1000;

export interface KnownLag {
  readonly relation: string;
  readonly batch: number;
  readonly committedAtMs: number;
  readonly histogram: LagHistogram;
}

interface LagRow {
  readonly relation: string;
  readonly batch: string;
  readonly committed_at: string;
  readonly buckets: string;
}

const lagOf = (row: LagRow): KnownLag => ({
  relation: row.relation,
  batch: Number(row.batch),
  committedAtMs: instantMs(row.committed_at),
  histogram: lagsOfJson(row.buckets),
});

const read = async (
  session: Session,
  schema: SchemaName,
  where: ReturnType<typeof sql>,
): Promise<readonly KnownLag[]> => {
  const rows = await session.rows<LagRow>(
    sql`select relation, batch, committed_at, buckets from ${state(schema, 'lags')} where ${where}`,
  );
  return rows.map(lagOf);
};

/** Of the last so many milliseconds. */
export const lagsWithin = (
  session: Session,
  schema: SchemaName,
  dialect: Dialect,
  ms: number,
): Promise<readonly KnownLag[]> =>
  read(session, schema, sql`committed_at >= ${dialect.minus(dialect.clock(), ms)}`);

/** Of the batches after this one. */
export const lagsAfter = (
  session: Session,
  schema: SchemaName,
  batch: number,
): Promise<readonly KnownLag[]> => read(session, schema, sql`batch > ${sql.lit(batch)}`);

export interface NewLags {
  readonly batch: number;
  readonly committedAt: string;
  readonly histograms: ReadonlyMap<string, LagHistogram>;
}

export const saveLags = async (
  session: Session,
  schema: SchemaName,
  dialect: Dialect,
  { batch, committedAt, histograms }: NewLags,
): Promise<void> => {
  const lags = state(schema, 'lags');
  const rows = [...histograms].map(
    ([relation, histogram]) =>
      sql`(${relation}, ${sql.lit(batch)}, ${instant(committedAt)}, ${json(lagsJson(histogram), dialect.jsonType)})`,
  );
  if (rows.length === 0) return;
  await session.execute(
    sql`insert into ${lags} (relation, batch, committed_at, buckets) values ${commas(rows)} on conflict (relation, batch) do nothing`,
  );
  // Now and then is enough.
  if (batch % 50 === 0)
    await session.execute(
      sql`delete from ${lags} where committed_at < ${dialect.minus(instant(committedAt), keptMs)}`,
    );
};
