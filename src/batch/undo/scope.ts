// What an undo takes back: which batches, which of their sources, and which batches came later and are in effect.
// What cannot be undone is refused here, before anything is read.
import { TidemarkError } from '../../errors/tidemark-error.ts';
import { isLog, type Source, type Target } from '../../dictionary/dictionary.ts';
import { nearest } from '../../project/nearest.ts';
import type { UndoneEvents } from '../../reconcile/history/history-work.ts';
import { ands, commas, sql, type Fragment } from '../../sql/fragment.ts';
import { showTable } from '../../sql/table-name.ts';
import { readBatches, unknownBatch, type BatchRecord } from '../../store/batches.ts';
import { keyIs } from '../../store/key-condition.ts';
import { ledgerSources } from '../../store/ledger.ts';
import { eventsUndoneWith, readUndos, type Undo } from '../../store/undos.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import { refuseParts } from '../lacking.ts';
import { broughtVersions } from '../older-versions/brought-versions.ts';
import { keyValues } from '../freeze/changed-keys.ts';
import { planOf } from '../freeze/freeze-source.ts';
import { notUndoable, numbersOf, withoutChanges } from './refusals.ts';
import { isNarrowed, ofTargets, type UndoWish } from './wish.ts';
import { readTold, readWrites } from './writes.ts';

export interface UndoScope {
  readonly wish: UndoWish;
  /** The batches that are taken back, oldest first. */
  readonly batches: readonly BatchRecord[];
  /** Whose events that takes out of histories, and which it gives back. */
  readonly events: UndoneEvents;
  /** Those of their sources that are. */
  readonly sources: readonly Source[];
  /** Targets that they wrote for no source change, and that are set back from the audit. */
  readonly writes: readonly Target[];
  /** Later batches that are in effect: those that were undone and their rollbacks say nothing. */
  readonly later: readonly BatchRecord[];
  readonly narrowed: boolean;
}

const batchesOf = (all: readonly BatchRecord[], { batch, to }: UndoWish): readonly BatchRecord[] => {
  const last = all[0]?.batch ?? 0;
  const named = all.find((each) => each.batch === batch);
  if (named === undefined) throw unknownBatch(batch, last);
  if (to !== true) return [named];
  const later = all.filter((each) => each.batch > batch).toReversed();
  if (later.length === 0)
    throw notUndoable(`batch ${batch} is the last one: there is nothing after it to undo`);
  const first = later.find(({ kind }) => kind === 'bootstrap');
  if (first === undefined) return later;
  throw notUndoable(
    `batch ${first.batch} filled mirrors for the first time: the state before it cannot be reached any more`,
    `\`tidemark rollback --to ${first.batch}\` goes back as far as that`,
  );
};

const refuseUndone = (batches: readonly BatchRecord[], wish: UndoWish): void => {
  const [only] = batches;
  if (wish.to === true || only?.undoneBy === undefined) return;
  throw new TidemarkError('already_undone', {
    message: `batch ${only.batch} was undone already, by batch ${only.undoneBy}`,
    hint: `\`tidemark rollback ${only.undoneBy}\` does it again`,
    details: { batch: only.batch, undone_by: only.undoneBy },
  });
};

const refusePruned = (batches: readonly BatchRecord[]): void => {
  const pruned = batches.filter(({ prunedAt }) => prunedAt !== undefined);
  if (pruned.length === 0) return;
  throw notUndoable(
    `the records of batch ${numbersOf(pruned)} were pruned: what was there before is not known any more`,
  );
};

/** Undone batches, and rollbacks of batches that came later than the undone ones. */
const inEffect = (
  later: readonly BatchRecord[],
  undos: readonly Undo[],
  last: number,
): readonly BatchRecord[] =>
  later.filter(({ batch, undoneBy }) => {
    if (undoneBy !== undefined) return false;
    const own = undos.filter((undo) => undo.batch === batch);
    return own.length === 0 || own.some(({ undone, whole }) => !whole || undone <= last);
  });

const sourceNamed = (context: BatchContext, name: string): Source => {
  const source = context.graph.sources.get(name);
  if (source !== undefined) return source;
  const known = [...context.graph.sources.keys()];
  const near = nearest(name, known);
  throw new TidemarkError('unknown_source', {
    message: `\`${name}\` is no source of this project`,
    hint: near === undefined ? `there are: ${known.join(', ')}` : `did you mean \`${near}\`?`,
  });
};

/** Source of a batch whose mirror can be set back. */
const undoable = (context: BatchContext, name: string, batches: readonly BatchRecord[]): Source => {
  const source = context.graph.sources.get(name);
  if (source === undefined)
    throw notUndoable(
      `batch ${numbersOf(batches)} changed \`${name}\`, which is no source of this project any more`,
    );
  const { rows, changes, remake } = planOf(context, source);
  if (rows === undefined || remake)
    throw notUndoable(
      `the mirror \`${showTable(source.mirror)}\` is to be made anew: what it held is not there to be set back`,
      '`tidemark run` first',
    );
  if (changes.length > 0)
    throw notUndoable(
      `the columns of \`${showTable(source.table)}\` changed since the last batch`,
      '`tidemark run` takes them over; then undo',
    );
  const columns = new Set(source.columns.map((column) => column.name));
  const told = batches.flatMap(({ sources }) =>
    sources.filter((each) => each.name === name).flatMap((each) => Object.keys(each.columns)),
  );
  const gone = told.find((column) => !columns.has(column));
  if (gone === undefined) return source;
  throw notUndoable(
    `batch ${numbersOf(batches)} changed \`${name}.${gone}\`, a column that is not there any more`,
  );
};

/** A mirror that was filled anew tells nothing of what happened to its rows in between. */
const refuseRebuilt = async (
  session: Session,
  context: BatchContext,
  sources: readonly Source[],
  later: readonly BatchRecord[],
): Promise<void> => {
  for (const { batch, kind, sources: figures } of later) {
    if (kind !== 'bootstrap') continue;
    const listed = await ledgerSources(session, context.project.schemas.state, [batch]);
    const rebuilt = sources.find(
      ({ name }) => !listed.includes(name) && figures.some((each) => each.name === name && each.inserted > 0),
    );
    if (rebuilt !== undefined)
      throw notUndoable(
        `the mirror of \`${rebuilt.name}\` was made anew by batch ${batch}: what it held before is not known to be what it holds now`,
      );
  }
};

const refuseBrokenTargets = (context: BatchContext, batches: readonly BatchRecord[]): void => {
  const written = batches.flatMap(({ targets }) => targets.map(({ name }) => name));
  for (const name of new Set(written)) {
    const refused = context.refused.get(name);
    if (refused !== undefined) throw notUndoable(refused.message, refused.hint);
  }
};

/** The events of a log come once; a history has set them aside. */
const refuseReapply = (sources: readonly Source[], { reapply }: UndoWish): void => {
  const log = reapply === true ? sources.find(isLog) : undefined;
  if (log === undefined) return;
  throw notUndoable(
    `source \`${log.name}\` is a log, whose events come once: there is nothing that the next run could take over again`,
    'without `--reapply`; rolling that rollback back brings the change again',
  );
};

export const readScope = async (context: BatchContext, wish: UndoWish): Promise<UndoScope> => {
  const schema = context.project.schemas.state;
  return context.warehouse.session(async (session) => {
    const all = await readBatches(session, schema, {});
    const batches = batchesOf(all, wish);
    refuseUndone(batches, wish);
    refusePruned(batches);
    if (wish.source !== undefined) sourceNamed(context, wish.source);
    const numbers = batches.map(({ batch }) => batch);
    const listed = await ledgerSources(session, schema, numbers, wish.change);
    const undos = await readUndos(session, schema);
    const narrowed = isNarrowed(wish);
    if (narrowed) refuseParts(context.warehouse.dialect);
    const whole = eventsUndoneWith(undos, numbers);
    const events = narrowed ? { ...whole, batches: numbers } : whole;
    const told = await readTold(session, context, events);
    const names = narrowed ? listed : [...new Set([...listed, ...told.sources])];
    const asked = names.filter((name) => wish.source === undefined || name === wish.source);
    const last = batches.at(-1)?.batch ?? 0;
    const after = all.filter(({ batch }) => batch > last).toReversed();
    if (narrowed && !ofTargets(wish) && asked.length === 0) throw nothingThere(batches, wish);
    refuseBrokenTargets(context, batches);
    const brought = await broughtVersions(session, context, events);
    const writes = await readWrites(session, context, {
      batches,
      wish,
      told: { ...told, histories: new Set([...told.histories, ...brought]) },
      sources: names.length,
    });
    const sources = ofTargets(wish) ? [] : asked.map((name) => undoable(context, name, batches));
    refuseReapply(sources, wish);
    await refuseRebuilt(session, context, sources, after);
    if (sources.length + writes.length + brought.size === 0) throw withoutChanges(batches);
    const later = inEffect(after, undos, last);
    return { wish, batches, events, sources, writes, later, narrowed };
  });
};

export const nothingThere = (
  batches: readonly BatchRecord[],
  { change, source, key }: UndoWish,
): TidemarkError => {
  const what =
    change === undefined
      ? [source === undefined ? '' : ` of \`${source}\``, key === undefined ? '' : ' with this key'].join('')
      : ` c${change}`;
  return notUndoable(`batch ${numbersOf(batches)} has no change${what}`, '`tidemark show BATCH` lists them');
};

/** The ledger rows of one source that are taken back, under the alias `r`. */
export const ledgerOf = (context: BatchContext, scope: UndoScope, source: Source): Fragment => {
  const { dialect } = context.warehouse;
  const { change, key } = scope.wish;
  const values = key === undefined ? [] : keyValues(source, key, '--key');
  return ands([
    sql`r.source = ${source.name}`,
    sql`r.batch in (${commas(scope.batches.map(({ batch }) => sql.lit(batch)))})`,
    ...(change === undefined ? [] : [sql`r.change_id = ${sql.lit(change)}`]),
    ...(key === undefined
      ? []
      : [
          keyIs(
            dialect,
            sql`r.key`,
            source.key.map(({ name, type }, place) => ({ name, type, value: values[place] ?? null })),
          ),
        ]),
  ]);
};
