// Freeze: the only step that reads staging. Every source's images are put into scratch under one snapshot;
// a source that cannot be read, or whose keys are no keys, is left out whole.
import {
  compareAll,
  compareWindow,
  createImageTable,
  duplicateKeys,
  findDeleted,
  imageTableOf,
  nextWatermark,
  nullKeys,
  type Comparison,
} from '../detect/mirror.ts';
import type { Source } from '../dictionary/dictionary.ts';
import { changedRows, type ImageSummary } from '../reconcile/relation-view.ts';
import { readSummary, summarize, type SummaryRow } from '../reconcile/summary.ts';
import { sql, verbatim, type Fragment } from '../sql/fragment.ts';
import { showTable } from '../sql/table-name.ts';
import { instantMs } from '../store/state.ts';
import type { Row, Session } from '../warehouse/port.ts';
import { tableInfo, type BatchContext } from './context.ts';
import { guard } from './guards.ts';
import { leaveOut, pausedBy, refusal, type LeftOut } from './left-out.ts';

export type Reading =
  /** First run of a source: every row, no ledger. */
  | { readonly kind: 'bootstrap' }
  | { readonly kind: 'all' }
  | { readonly kind: 'window'; readonly from: string; readonly deletes: boolean };

export interface FrozenSource {
  readonly source: Source;
  readonly reading: Reading;
  readonly images: Comparison['images'];
  readonly summary: ImageSummary;
  readonly watermark: string | undefined;
}

export interface Frozen {
  /** The warehouse's clock just before the snapshot, as text. */
  readonly moment: string;
  readonly sources: readonly FrozenSource[];
  readonly leftOut: readonly LeftOut[];
}

/** How many keys a message names. */
const named = 5;

const readingOf = (context: BatchContext, source: Source, nowMs: number): Reading => {
  if (tableInfo(context, source.mirror) === undefined) return { kind: 'bootstrap' };
  const behind = context.known.relations.get(source.name)?.behind !== undefined;
  if (behind || context.healing.sources.has(source.name)) return { kind: 'all' };
  const position = context.known.positions.get(source.name);
  const { watermark, fullCompareAtMs, deleteCheckAtMs } = position ?? {};
  if (source.watermark === undefined || watermark === undefined || fullCompareAtMs === undefined) return { kind: 'all' };
  if (nowMs - fullCompareAtMs >= source.fullCompareMs) return { kind: 'all' };
  const due =
    source.deletes.kind === 'every run' ||
    (source.deletes.kind === 'every' && nowMs - (deleteCheckAtMs ?? 0) >= source.deletes.ms);
  return { kind: 'window', from: watermark, deletes: due };
};

const showKeys = (source: Source, rows: readonly Row[]): string =>
  rows
    .map((row) => source.key.map((column) => `${column.name}=${row[column.name] === null ? 'NULL' : String(row[column.name])}`).join(', '))
    .map((key) => `(${key})`)
    .join(', ');

const refuseBadKeys = async (session: Session, comparison: Comparison): Promise<void> => {
  const { source, images } = comparison;
  const nulls = nullKeys(images, named);
  const withNull = nulls === undefined ? [] : await session.rows(nulls);
  if (withNull.length > 0) {
    throw refusal(
      'null_key',
      `\`${showTable(source.table)}\` has rows whose key is NULL: ${showKeys(source, withNull)}; the source was left out`,
      'mend the rows in staging, or declare the key column with `{ column: …, nullable: true }`',
      { source: source.name, keys: withNull },
    );
  }
  if (source.keyIsEnforced) return;
  const twice = await session.rows(duplicateKeys(comparison, named));
  if (twice.length > 0) {
    throw refusal(
      'duplicate_row',
      `\`${showTable(source.table)}\` holds a key more than once: ${showKeys(source, twice)}; the source was left out`,
      'mend the rows in staging, or name all columns of the key under `key:`',
      { source: source.name, keys: twice.map(({ 'tidemark.rows': rows, ...key }) => ({ key, rows })) },
    );
  }
};

/** The loader says whether its load is complete. */
const refuseUnready = async (session: Session, source: Source): Promise<void> => {
  if (source.ready === undefined) return;
  const rows = await session.rows<Row>(verbatim(source.ready));
  const [first] = rows;
  if (first !== undefined && Object.values(first)[0] === true) return;
  throw refusal(
    'not_ready',
    `source \`${source.name}\` is not ready: \`${source.ready.trim()}\` did not return true; it was left out`,
    'the next run looks again',
  );
};

const windowStart = (context: BatchContext, source: Source, from: string): Fragment => {
  const type = source.columns.find((column) => column.name === source.watermark)?.type ?? 'timestamptz';
  return context.warehouse.dialect.minus(sql`cast(${from} as ${verbatim(type)})`, source.overlapMs);
};

const freezeOne = async (
  context: BatchContext,
  session: Session,
  comparison: Comparison,
  { reading, moment }: { readonly reading: Reading; readonly moment: string },
): Promise<FrozenSource> => {
  const { source, images, dialect } = comparison;
  await refuseUnready(session, source);
  if (reading.kind === 'window') {
    await session.execute(compareWindow(comparison, windowStart(context, source, reading.from)));
    if (reading.deletes) await session.execute(findDeleted(comparison));
  } else {
    await session.execute(compareAll(comparison));
  }
  const column = source.columns.find((each) => each.name === source.watermark);
  const old = context.known.positions.get(source.name)?.watermark;
  const extra = column === undefined ? [] : [nextWatermark(images, column, old, moment)];
  const [row] = await session.rows<SummaryRow>(summarize(dialect, images, extra));
  const summary = readSummary(images, row ?? {});
  if (changedRows(summary) > 0) await refuseBadKeys(session, comparison);
  guard(context, { name: source.name, kind: 'source', table: source.table, summary, limits: context.project.limits });
  const watermark = row?.['watermark'];
  return { source, reading, images, summary, watermark: typeof watermark === 'string' ? watermark : undefined };
};

const paused = (context: BatchContext, source: Source): LeftOut | undefined => {
  const reason = context.known.relations.get(source.name)?.paused;
  return reason === undefined ? undefined : leaveOut(source.name, 'source', pausedBy(source.name, reason));
};

const missing = (context: BatchContext, source: Source): LeftOut | undefined =>
  tableInfo(context, source.table) !== undefined
    ? undefined
    : leaveOut(
        source.name,
        'source',
        refusal(
          'source_missing',
          `\`${showTable(source.table)}\` does not exist; source \`${source.name}\` was left out`,
          'build it (for a dbt model: `dbt run`), or correct `table:` in the mapping',
        ),
      );

const createScratch = async (context: BatchContext, sources: readonly Source[]): Promise<readonly Comparison[]> =>
  context.warehouse.session(async (session) => {
    const made: Comparison[] = [];
    for (const source of sources) {
      const images = imageTableOf(source, context.scratch.name(`images_${source.name}`));
      await session.execute(createImageTable(context.warehouse.dialect, images));
      const mirrorExists = tableInfo(context, source.mirror) !== undefined;
      made.push({ dialect: context.warehouse.dialect, source, images, mirrorExists });
    }
    return made;
  });

/** One attempt at all sources; a source that fails spoils the snapshot of an embedded engine, so the rest is
 *  frozen anew without it. */
const attempt = async (context: BatchContext, sources: readonly Source[]): Promise<Frozen> => {
  const { warehouse } = context;
  const [clock] = await warehouse.session((session) =>
    session.rows<{ moment: string }>(sql`select cast(${warehouse.dialect.clock()} as varchar) as moment`),
  );
  const moment = clock?.moment ?? '';
  const comparisons = await createScratch(context, sources);
  const failed: LeftOut[] = [];
  const jobs = comparisons.map((comparison) => async (session: Session): Promise<FrozenSource> => {
    context.progress.step('freeze', comparison.source.name);
    const reading = readingOf(context, comparison.source, instantMs(moment));
    try {
      return await freezeOne(context, session, comparison, { reading, moment });
    } catch (error) {
      failed.push(leaveOut(comparison.source.name, 'source', error));
      throw error;
    }
  });
  try {
    return { moment, sources: await warehouse.frozen(jobs), leftOut: [] };
  } catch (error) {
    if (failed.length === 0) throw error;
    const names = new Set(failed.map((each) => each.name));
    const rest = await attempt(context, sources.filter((source) => !names.has(source.name)));
    return { ...rest, leftOut: [...failed, ...rest.leftOut] };
  }
};

export const freeze = async (context: BatchContext): Promise<Frozen> => {
  const sources = [...context.graph.sources.values()];
  const absent = sources.flatMap((source) => paused(context, source) ?? missing(context, source) ?? []);
  const present = sources.filter((source) => !absent.some((each) => each.name === source.name));
  const frozen = await attempt(context, present);
  return { ...frozen, leftOut: [...absent, ...frozen.leftOut] };
};
