// Judges the drift of every source when a batch is opened: the dictionary with the columns that can be compared, how
// each mirror stands, and who is left out because of it.
import { judgeSource, type Judged, type Situation } from '../../detect/judge-drift.ts';
import { ownColumnsOf } from '../../detect/log/own-columns.ts';
import { foreignMirror, mirrorRebuilt, neededColumnGone } from '../../detect/drift-problems.ts';
import { mirrorRowsOf, type MirrorPlan, type SourceMemory } from '../../detect/mirror-plan.ts';
import { isLog, type Dictionary, type Source } from '../../dictionary/dictionary.ts';
import type { Problem, TidemarkError } from '../../errors/tidemark-error.ts';
import { aliasesOf, columnsRead, relationOf } from '../../graph/reads.ts';
import { showTable } from '../../sql/table-name.ts';
import type { KnownRelation } from '../../store/relations.ts';
import type { TableInfo, Warehouse } from '../../warehouse/port.ts';
import type { KnownState } from '../known-state.ts';
import { readSourceMemory, sourceIdentity } from './mapping-hash.ts';
import { addRenameHints, findRenames } from './rename-hints.ts';

export interface Drift {
  readonly sources: readonly Source[];
  readonly mirrors: ReadonlyMap<string, MirrorPlan>;
  /** What is kept of each source once it is in step. */
  readonly memories: ReadonlyMap<string, SourceMemory>;
  /** Sources and targets. */
  readonly refused: ReadonlyMap<string, TidemarkError>;
  readonly notices: readonly Problem[];
}

export interface DriftQuestion {
  readonly dictionary: Dictionary;
  readonly warehouse: Warehouse;
  readonly tables: ReadonlyMap<string, TableInfo>;
  readonly known: KnownState;
  /** Mappings of the targets as they stand now. */
  readonly mappings: ReadonlyMap<string, string>;
  /** Targets that somebody asked to compare in full. */
  readonly reconcile: ReadonlySet<string>;
}

const readersOf = (dictionary: Dictionary, source: Source, column: string): readonly string[] =>
  dictionary.targets
    .filter((target) =>
      aliasesOf(target).some(
        (alias) => relationOf(target, alias) === source.name && columnsRead(target, alias).has(column),
      ),
    )
    .map(({ name }) => name);

const withoutMirror: MirrorPlan = {
  remake: false,
  changes: [],
  kept: [],
  hasMore: false,
  readInFull: false,
  restart: true,
};

export const remadeMirror: MirrorPlan = { ...withoutMirror, remake: true };

/** We made it: only then may it be changed, or made anew. */
export const isOurMirror = (source: Source, relation: KnownRelation | undefined): boolean =>
  relation?.madeByUs === true && (relation.mirror ?? showTable(source.mirror)) === showTable(source.mirror);

const unjudged = (source: Source, plan: MirrorPlan, notices: readonly Problem[]): Judged => ({
  source,
  plan,
  refusedTargets: new Map(),
  notices,
  vanished: [],
  appeared: [],
  lost: [],
});

const judge = (question: DriftQuestion, source: Source, waiting: ReadonlySet<string>): Judged => {
  const { tables, known, warehouse, dictionary } = question;
  const staging = tables.get(showTable(source.table));
  const mirror = tables.get(showTable(source.mirror));
  const relation = known.relations.get(source.name);
  if (staging === undefined && mirror !== undefined && source.renamed === undefined) {
    // It is left out whole; what reads a column that the mirror lacks waits with it.
    const lacking = source.columns.filter(({ name }) => !mirror.columns.some((each) => each.name === name));
    const changes = lacking.map((column) => ({ kind: 'add' as const, column }));
    const rows = mirrorRowsOf(source, [], []);
    return unjudged(source, { ...withoutMirror, rows, changes, restart: false }, []);
  }
  const released = (target: string): boolean => {
    const reader = known.relations.get(target);
    return (
      question.reconcile.has(target) ||
      reader?.firstBatch === undefined ||
      reader.mapping !== question.mappings.get(target)
    );
  };
  const situation: Situation = {
    source,
    staging:
      (isLog(source) && source.detect.image.kind === 'json' ? undefined : staging?.columns) ?? source.columns,
    mirror: mirror?.columns ?? [],
    now: sourceIdentity(source, staging?.definition),
    was: relation?.firstBatch === undefined ? undefined : readSourceMemory(relation.mapping),
    ours: mirror === undefined || isOurMirror(source, relation),
    readers: (column) => readersOf(dictionary, source, column),
    waiting,
    released,
    baseType: (type) => warehouse.dialect.baseType(type),
  };
  const judged = withoutOwn(source, staging, judgeSource(situation));
  if (mirror?.kind === 'view')
    return { ...judged, refused: judged.refused ?? foreignMirror(source, 'it is a view now') };
  // A run that died made it, and never filled it.
  const isBegun = relation?.madeByUs === true && relation.firstBatch === undefined;
  if (mirror !== undefined && !isBegun) return judged;
  // It is yet to be made: only what vanished from staging matters.
  const dropped = relation?.firstBatch !== undefined && relation.mirror === showTable(source.mirror);
  const notices = dropped ? [mirrorRebuilt(source, 'it was dropped')] : [];
  return { ...judged, plan: withoutMirror, notices, appeared: [] };
};

/** A log is read by columns that no mirror has. */
const withoutOwn = (source: Source, staging: TableInfo | undefined, judged: Judged): Judged => {
  if (!isLog(source) || staging === undefined) return judged;
  const gone = ownColumnsOf(source).find((name) => !staging.columns.some((each) => each.name === name));
  if (gone === undefined) return judged;
  const column = { name: gone, type: '', nullable: true };
  return { ...judged, refused: judged.refused ?? neededColumnGone(source, column) };
};

/** What is gone for the moment is remembered as it was. */
const ownMemory = (
  source: Source,
  staging: TableInfo | undefined,
  was: SourceMemory | undefined,
): Pick<SourceMemory, 'own'> => {
  if (!isLog(source)) return {};
  const before = new Map(was?.own);
  const own = ownColumnsOf(source).flatMap((name): readonly (readonly [string, string])[] => {
    const type = staging?.columns.find((each) => each.name === name)?.type ?? before.get(name);
    return type === undefined ? [] : [[name, type]];
  });
  return { own };
};

const memoryOf = (
  { source, plan, lost }: Judged,
  staging: TableInfo | undefined,
  was: SourceMemory | undefined,
): SourceMemory => ({
  ...sourceIdentity(source, staging?.definition),
  ...ownMemory(source, staging, was),
  columns: source.columns.map(({ name, type }) => [name, type]),
  // One that is nowhere any more must not become a mistake in the mappings that read it.
  kept: [...plan.kept, ...lost].map(({ name, type }) => [name, type]),
});

/** Taken into the mirror at once, a renamed column would be filled cell by cell, and the name under which the mirror
 *  has it could not follow. */
const judgeWithNames = async (question: DriftQuestion, source: Source): Promise<Judged> => {
  const first = judge(question, source, new Set());
  const matches = await findRenames(question.warehouse, first);
  if (matches.length === 0) return first;
  const names = matches.map(({ appeared }) => appeared.name);
  const waiting = new Set(names.filter((name) => readersOf(question.dictionary, source, name).length === 0));
  return addRenameHints(judge(question, source, waiting), matches);
};

export const judgeDrift = async (question: DriftQuestion): Promise<Drift> => {
  const judged: Judged[] = [];
  for (const source of question.dictionary.sources) {
    judged.push(await judgeWithNames(question, source));
  }
  return {
    sources: judged.map(({ source }) => source),
    mirrors: new Map(judged.map(({ source, plan }) => [source.name, plan])),
    memories: new Map(
      judged.map((each) => [
        each.source.name,
        memoryOf(
          each,
          question.tables.get(showTable(each.source.table)),
          readSourceMemory(question.known.relations.get(each.source.name)?.mapping),
        ),
      ]),
    ),
    refused: new Map(
      judged.flatMap(({ source, refused, refusedTargets }) => [
        ...refusedTargets,
        ...(refused === undefined ? [] : [[source.name, refused] as const]),
      ]),
    ),
    notices: judged.flatMap(({ notices }) => notices),
  };
};
