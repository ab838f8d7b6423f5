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
import { compareKeys } from '../detect/keys.ts';
import type { MirrorPlan } from '../detect/mirror-plan.ts';
import { absentColumns } from '../detect/missing.ts';
import type { Source } from '../dictionary/dictionary.ts';
import type { Problem } from '../errors/tidemark-error.ts';
import { changedRows, type ImageSummary } from '../reconcile/relation-view.ts';
import { readSummary, summarize, type SummaryRow } from '../reconcile/summary.ts';
import { sql, verbatim } from '../sql/fragment.ts';
import { showTable, type TableName } from '../sql/table-name.ts';
import { instantMs } from '../store/state.ts';
import type { Row, Session } from '../warehouse/port.ts';
import { fillKeyScratch } from './changed-keys.ts';
import { tableInfo, type BatchContext } from './context.ts';
import { guard } from './guards.ts';
import { countLate, lateRows, windowStart } from './late-rows.ts';
import { leaveOut, pausedBy, refusal, type LeftOut } from './left-out.ts';
import { holdBackDeletes, type Absent } from './missing-keys.ts';

type Reading =
  /** First run of a source: every row, no ledger. */
  | { readonly kind: 'bootstrap' }
  | { readonly kind: 'all' }
  | { readonly kind: 'window'; readonly from: string; readonly deletes: boolean }
  /** Only the keys that somebody named. */
  | { readonly kind: 'keys'; readonly keys: TableName };

export interface FrozenSource {
  readonly source: Source;
  readonly reading: Reading;
  readonly images: Comparison['images'];
  readonly summary: ImageSummary;
  readonly watermark: string | undefined;
  readonly plan: MirrorPlan;
  /** With `delete_after`, where this freeze looked for deleted keys. */
  readonly absent?: Absent | undefined;
  readonly warnings: readonly Problem[];
}

export interface Frozen {
  /** The warehouse's clock just before the snapshot, as text. */
  readonly moment: string;
  readonly sources: readonly FrozenSource[];
  readonly leftOut: readonly LeftOut[];
}

/** How many keys a message names. */
const named = 5;

const planOf = (context: BatchContext, source: Source): MirrorPlan => {
  const plan = context.mirrors.get(source.name);
  if (plan === undefined) throw new RangeError(`nothing is known of the mirror of ${source.name}`);
  return plan;
};

const readingOf = (context: BatchContext, { source, keys }: Prepared, nowMs: number): Reading => {
  if (keys !== undefined) return { kind: 'keys', keys };
  const plan = planOf(context, source);
  if (plan.rows === undefined) return { kind: 'bootstrap' };
  const behind = context.known.relations.get(source.name)?.behind !== undefined;
  if (behind || plan.readInFull || context.healing.sources.has(source.name)) return { kind: 'all' };
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
  const rows = await session.rows(verbatim(source.ready));
  const [first] = rows;
  if (first !== undefined && Object.values(first)[0] === true) return;
  throw refusal(
    'not_ready',
    `source \`${source.name}\` is not ready: \`${source.ready.trim()}\` did not return true; it was left out`,
    'the next run looks again',
  );
};

/** Fills the images; says whether deleted keys were looked for. */
const compare = async (context: BatchContext, session: Session, comparison: Comparison, reading: Reading): Promise<boolean> => {
  switch (reading.kind) {
    case 'keys':
      await session.execute(compareKeys(comparison, reading.keys));
      return true;
    case 'window':
      await session.execute(compareWindow(comparison, windowStart(context, comparison.source, reading.from)));
      if (reading.deletes) await session.execute(findDeleted(comparison));
      return reading.deletes;
    case 'all':
    case 'bootstrap':
      await session.execute(compareAll(comparison));
      return reading.kind === 'all';
  }
};

const freezeOne = async (
  context: BatchContext,
  session: Session,
  comparison: Prepared,
  { reading, moment }: { readonly reading: Reading; readonly moment: string },
): Promise<FrozenSource> => {
  const { source, images, dialect } = comparison;
  await refuseUnready(session, source);
  const looked = await compare(context, session, comparison, reading);
  const absent = looked ? await holdBackDeletes(context, session, { comparison, absent: comparison.absent, moment }) : undefined;
  const column = source.columns.find((each) => each.name === source.watermark);
  const plan = planOf(context, source);
  const old = plan.restart ? undefined : context.known.positions.get(source.name)?.watermark;
  const extra = [
    ...(column === undefined || reading.kind === 'keys' ? [] : [nextWatermark(images, column, old, moment)]),
    ...(reading.kind === 'all' ? countLate(context, source, images) : []),
  ];
  const [row] = await session.rows<SummaryRow>(summarize(dialect, images, extra));
  const summary = readSummary(images, row ?? {});
  if (changedRows(summary) > 0) await refuseBadKeys(session, comparison);
  guard(context, { name: source.name, kind: 'source', table: source.table, summary, limits: context.project.limits });
  const watermark = row?.['watermark'];
  return {
    source,
    reading,
    images,
    summary,
    watermark: typeof watermark === 'string' ? watermark : undefined,
    plan,
    absent,
    warnings: lateRows(source, Number(row?.['late'] ?? 0)),
  };
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

const drifted = (context: BatchContext, source: Source): LeftOut | undefined => {
  const refused = context.refused.get(source.name);
  if (refused !== undefined) return leaveOut(source.name, 'source', refused);
  const { changes, remake } = planOf(context, source);
  if (context.options.changes === undefined || (changes.length === 0 && !remake)) return undefined;
  const why = `the columns of \`${showTable(source.table)}\` changed; source \`${source.name}\` must be read in full before keys of it can be named`;
  return leaveOut(source.name, 'source', refusal('source_stale', why, 'the next run without --changes does so'));
};

/** A comparison with the scratch that must be there before the snapshot is taken. */
interface Prepared extends Comparison {
  readonly absent: TableName;
  readonly keys: TableName | undefined;
}

const createScratch = async (context: BatchContext, sources: readonly Source[]): Promise<readonly Prepared[]> =>
  context.warehouse.session(async (session) => {
    const made: Prepared[] = [];
    const { dialect } = context.warehouse;
    for (const source of sources) {
      const images = imageTableOf(source, context.scratch.name(`images_${source.name}`));
      await session.execute(createImageTable(dialect, images));
      const mirror = planOf(context, source).rows;
      const absent = context.scratch.name(`absent_${source.name}`);
      if (source.deleteAfterMs !== undefined) await session.execute(dialect.createScratch(absent, absentColumns));
      const keys = await keyScratch(context, session, source);
      made.push({ dialect, source, images, mirror, absent, keys });
    }
    return made;
  });

const keyScratch = async (context: BatchContext, session: Session, source: Source): Promise<TableName | undefined> => {
  const keys = context.options.changes?.get(source.name);
  if (keys === undefined) return undefined;
  const { dialect } = context.warehouse;
  const into = context.scratch.name(`keys_${source.name}`);
  await session.execute(dialect.createScratch(into, source.key.map(({ name, type }) => ({ name, type }))));
  await fillKeyScratch(session, { source, keys, into });
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(into));
  return into;
};

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
    const reading = readingOf(context, comparison, instantMs(moment));
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

/** `without` names sources that an earlier attempt of this batch had to leave out. */
export const freeze = async (context: BatchContext, without: readonly LeftOut[] = []): Promise<Frozen> => {
  const { changes } = context.options;
  const sources = [...context.graph.sources.values()].filter(({ name }) => changes === undefined || changes.has(name));
  const absent = sources.flatMap((source) => paused(context, source) ?? missing(context, source) ?? drifted(context, source) ?? []);
  const present = sources.filter((source) => ![...absent, ...without].some((each) => each.name === source.name));
  const frozen = await attempt(context, present);
  return { ...frozen, leftOut: [...absent, ...frozen.leftOut] };
};
