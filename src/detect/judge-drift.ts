// What drift of one source means for a batch: what its mirror must become, what is not compared meanwhile, and who
// must be left out until a person has looked.
import { isLog, isMirrored, type Source } from '../dictionary/dictionary.ts';
import type { Problem, TidemarkError } from '../errors/tidemark-error.ts';
import { refsOf } from '../graph/reads.ts';
import type { Column } from '../sql/dialect.ts';
import { compareColumns, type ColumnDrift } from './drift.ts';
import * as say from './drift-problems.ts';
import {
  isArchive,
  mirrorRowsOf,
  type MirrorChange,
  type MirrorPlan,
  type SourceMemory,
} from './mirror-plan.ts';

export interface Situation {
  /** Its columns are those of staging and, after them, those that only the mirror has. */
  readonly source: Source;
  readonly staging: readonly Column[];
  /** None: it is yet to be made. */
  readonly mirror: readonly Column[];
  /** What the source is by the mapping as it stands now. */
  readonly now: Pick<SourceMemory, 'base' | 'definition' | 'table' | 'watermark' | 'events'>;
  readonly was?: SourceMemory | undefined;
  /** We made the mirror: only then may we change it. */
  readonly ours: boolean;
  /** Targets that read a column of the source, directly. */
  readers(column: string): readonly string[];
  /** New columns that wait: they are perhaps others that vanished, under new names. */
  readonly waiting: ReadonlySet<string>;
  /** A target's readers were told, or its mapping changed: what it reads may follow. */
  released(target: string): boolean;
  baseType(type: string): string;
}

export interface Judged {
  readonly source: Source;
  readonly plan: MirrorPlan;
  readonly refused?: TidemarkError | undefined;
  readonly refusedTargets: ReadonlyMap<string, TidemarkError>;
  readonly notices: readonly Problem[];
  /** Columns that vanished though somebody needs them, and those that appeared: names of the same thing, perhaps. */
  readonly vanished: readonly Column[];
  readonly appeared: readonly Column[];
  /** Columns that targets read and that are gone from both staging and the mirror. */
  readonly lost: readonly Column[];
}

/** A log's position is in the log, not among the columns of its rows. */
const detectionTimes = (source: Source): readonly (string | undefined)[] =>
  isMirrored(source) ? [source.detect.createdAt, source.detect.watermark] : [];

/** Columns that detection lives on. */
const neededBy = (source: Source): ReadonlySet<string> => {
  const times = [source.updatedAt, ...detectionTimes(source)].flatMap((name) => name ?? []);
  const conditions = [source.where, source.deleted].flatMap((each) =>
    each === undefined ? [] : refsOf(each),
  );
  return new Set([
    ...source.key.map(({ name }) => name),
    ...times,
    ...conditions.map(({ column }) => column),
  ]);
};

/** Why the mirror holds other rows than those that it should; nothing where it does not. */
const otherRows = ({ source, was }: Situation): string | undefined => {
  if (was === undefined) return undefined;
  const key = source.key.map(({ name }) => name);
  const oldKey = key.map((name) => (was.key.includes(name) ? name : (source.renamed?.get(name) ?? name)));
  return oldKey.join('\n') === was.key.join('\n')
    ? undefined
    : `the key of source \`${source.name}\` was (${was.key.join(', ')}) before`;
};

class Verdict {
  readonly changes: MirrorChange[] = [];
  readonly notices: Problem[] = [];
  readonly kept: Column[] = [];
  readonly left = new Set<string>();
  readonly vanished: Column[] = [];
  readonly appeared: Column[] = [];
  readonly lost: Column[] = [];
  readonly targets = new Map<string, TidemarkError>();
  refused: TidemarkError | undefined;
  /** Why the mirror must be made anew. */
  remake: string | undefined;

  /** The column is not compared: its readers go on without the batch. */
  leave(column: Column, readers: readonly string[], why: (target: string) => TidemarkError): void {
    this.left.add(column.name);
    for (const target of readers) if (!this.targets.has(target)) this.targets.set(target, why(target));
  }
}

const isKey = (source: Source, name: string): boolean => source.key.some((each) => each.name === name);

const judgeForeign = (
  situation: Situation,
  drift: Exclude<ColumnDrift, { kind: 'vanished' }>,
  so: Verdict,
): void => {
  const { source, was } = situation;
  const { column } = drift;
  const compared = was?.columns.find(([name]) => name === column.name);
  // A mirror that somebody made with other types is compared as it is, as long as nothing changes.
  if (
    drift.kind !== 'added' &&
    drift.kind !== 'renamed' &&
    (compared === undefined || compared[1] === column.type)
  )
    return;
  if (neededBy(source).has(column.name))
    so.refused ??= say.foreignMirror(source, `column \`${column.name}\` changed`);
  const readers = situation.readers(column.name);
  so.leave(column, readers, (target) => say.readColumnNotMirrored(target, source, column));
  if (drift.kind !== 'added') so.kept.push(drift.from);
  if (readers.length === 0) so.notices.push(say.columnNotMirrored(source, column));
};

const judgeVanished = (
  situation: Situation,
  { column, mirrored }: Extract<ColumnDrift, { kind: 'vanished' }>,
  so: Verdict,
): void => {
  const { source, was } = situation;
  const readers = situation.readers(column.name);
  const needed = neededBy(source).has(column.name);
  so.left.add(column.name);
  if (needed) so.refused ??= say.neededColumnGone(source, column);
  if (mirrored && (needed || readers.length > 0)) {
    so.vanished.push(column);
    so.kept.push(column);
  }
  if (!mirrored && readers.length > 0) so.lost.push(column);
  // Of a source that is left out whole the targets go on with what they have.
  if (!needed) so.leave(column, readers, (target) => say.readColumnGone(target, source, column));
  const known = [...(was?.columns ?? []), ...(was?.kept ?? [])].some(([name]) => name === column.name);
  if (!needed && readers.length === 0 && known) so.notices.push(say.columnVanished(source, column));
};

/** Where staging can be read for all that the mirror holds, there is no need to convert it. */
const anew = (source: Source): 'replace' | 'convert' => (isArchive(source) ? 'convert' : 'replace');

const judgeRetyped = (
  situation: Situation,
  { column, from }: { readonly column: Column; readonly from: Column },
  so: Verdict,
): void => {
  const { source } = situation;
  const readers = situation.readers(column.name);
  if (readers.every((target) => situation.released(target))) {
    if (isKey(source, column.name) && !isArchive(source))
      so.remake ??= `column \`${column.name}\` of the key was \`${from.type}\` and is \`${column.type}\` now`;
    else so.changes.push({ kind: anew(source), column });
    so.notices.push(say.columnRetyped(source, column, from.type));
    return;
  }
  so.kept.push({ ...from, name: column.name });
  if (neededBy(source).has(column.name)) {
    // The source is left out whole: its targets go on with the mirror as it is.
    so.left.add(column.name);
    so.refused ??= say.neededColumnRetyped(source, { column, from: from.type, readers });
    return;
  }
  so.leave(column, readers, (target) =>
    say.readColumnRetyped(target, source, { column, from: from.type, readers }),
  );
};

const judgeOurs = (
  situation: Situation,
  drift: Exclude<ColumnDrift, { kind: 'vanished' }>,
  so: Verdict,
): void => {
  const { source, was } = situation;
  const { column } = drift;
  switch (drift.kind) {
    case 'added': {
      if (situation.waiting.has(column.name)) {
        so.left.add(column.name);
        return;
      }
      const lost = was?.columns.some(([name]) => name === column.name) === true;
      if (isKey(source, column.name)) so.remake ??= `the mirror has no column \`${column.name}\` of the key`;
      else so.changes.push({ kind: 'add', column });
      if (!lost) so.appeared.push(column);
      so.notices.push(lost ? say.columnMissing(source, column) : say.columnAdded(source, column));
      return;
    }
    case 'renamed':
      so.changes.push({ kind: 'rename', from: drift.from.name, column });
      so.notices.push(say.columnRenamed(source, column, drift.from.name));
      return;
    case 'widened':
      so.changes.push({ kind: 'convert', column });
      so.notices.push(say.columnRetyped(source, column, drift.from.type));
      return;
    case 'altered':
      if (isKey(source, column.name) && !isArchive(source))
        so.remake ??= `column \`${column.name}\` of the key is \`${drift.from.type}\` in the mirror`;
      else so.changes.push({ kind: anew(source), column });
      so.notices.push(say.columnAltered(source, column, drift.from.type));
      return;
    case 'retyped':
      judgeRetyped(situation, drift, so);
      return;
  }
};

const whyInFull = ({ source, now, was }: Situation): string | undefined => {
  if (was === undefined) return undefined;
  if (was.table !== now.table) return `it was read from \`${was.table}\` before`;
  if (was.definition !== now.definition) return 'the definition of its view changed';
  if (isLog(source)) {
    return was.base === now.base && was.events === now.events
      ? undefined
      : 'what its mapping says of the events changed';
  }
  return was.base === now.base ? undefined : 'its filter changed';
};

/** Why a mirror is not made anew though it should be. */
export const notRemade = (source: Source, why: string, ours: boolean): TidemarkError | undefined => {
  if (!ours) return say.foreignMirror(source, why);
  return isArchive(source) ? say.archivedRows(source, why) : undefined;
};

export const judgeSource = (situation: Situation): Judged => {
  const { source, was, ours } = situation;
  const inStaging = new Set(situation.staging.map(({ name }) => name));
  const before = new Map([...(was?.columns ?? []), ...(was?.kept ?? [])]);
  const so = new Verdict();
  so.remake = otherRows(situation);
  const drifts = compareColumns({
    columns: source.columns,
    staging: inStaging,
    mirror: situation.mirror,
    renamed: source.renamed ?? new Map(),
    typeBefore: (name) => before.get(name),
    baseType: (type) => situation.baseType(type),
  });
  for (const drift of drifts) {
    if (drift.kind === 'vanished') judgeVanished(situation, drift, so);
    else if (ours) judgeOurs(situation, drift, so);
    else {
      if (drift.kind === 'added') so.appeared.push(drift.column);
      judgeForeign(situation, drift, so);
    }
  }
  const isThere = situation.mirror.length > 0;
  if (so.remake !== undefined && isThere) so.refused ??= notRemade(source, so.remake, ours);
  return conclude(situation, so);
};

const conclude = (situation: Situation, so: Verdict): Judged => {
  const { was } = situation;
  const remake = so.remake !== undefined && so.refused === undefined;
  const inStaging = new Set(situation.staging.map(({ name }) => name));
  const columns = situation.source.columns.filter(({ name }) => inStaging.has(name) && !so.left.has(name));
  const source = { ...situation.source, columns };
  const changes = remake ? [] : so.changes;
  const why = whyInFull(situation);
  const compared = new Set(was?.columns.map(([name]) => name));
  const known = new Set(columns.map(({ name }) => name));
  const restart =
    remake ||
    (was !== undefined && (was.watermark !== situation.now.watermark || was.table !== situation.now.table));
  const notices = remake && so.remake !== undefined ? [say.mirrorRebuilt(source, so.remake)] : so.notices;
  return {
    source,
    plan: {
      rows: remake ? undefined : mirrorRowsOf(source, changes, so.kept),
      remake,
      changes,
      kept: remake ? [] : so.kept,
      hasMore: situation.mirror.some(
        ({ name }) =>
          !known.has(name) && !changes.some((change) => change.kind === 'rename' && change.from === name),
      ),
      readInFull:
        restart ||
        changes.length > 0 ||
        why !== undefined ||
        (was !== undefined && columns.some(({ name }) => !compared.has(name))),
      restart,
    },
    refused: so.refused,
    refusedTargets: so.targets,
    notices: [
      ...notices,
      ...(why === undefined || remake || so.refused !== undefined ? [] : [say.readsMore(source, why)]),
    ],
    vanished: so.vanished,
    appeared: so.appeared,
    lost: so.lost,
  };
};
