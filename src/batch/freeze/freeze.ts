// Freeze: the only step that reads staging. Every source's images are put into scratch under one snapshot;
// a source that cannot be read, or whose keys are no keys, is left out whole.
import type { Source } from '../../dictionary/dictionary.ts';
import { isTidemarkError } from '../../errors/tidemark-error.ts';
import { sql } from '../../sql/fragment.ts';
import { showTable } from '../../sql/table-name.ts';
import type { Session } from '../../warehouse/port.ts';
import type { FrozenOlder } from '../older-versions/frozen-older.ts';
import type { FrozenUndo } from '../undo/frozen-undo.ts';
import { tableInfo, type BatchContext } from '../context.ts';
import { freezeLog } from './freeze-log.ts';
import { explainCondition } from './find-failing-condition.ts';
import { freezeSource, planOf, type FrozenSource } from './freeze-source.ts';
import { prepareSources, type Prepared } from './prepare.ts';
import { quietlyAny } from '../quiet.ts';
import { leaveOut, pausedBy, refusal, type LeftOut } from '../left-out.ts';

export interface Frozen {
  /** The warehouse's clock just before the snapshot, as text. */
  readonly moment: string;
  readonly sources: readonly FrozenSource[];
  readonly leftOut: readonly LeftOut[];
  /** Of an undo: its sources are the mirrors' own past. */
  readonly undo?: FrozenUndo | undefined;
  /** Of a batch that merges older versions into a history, instead of reading sources. */
  readonly older?: FrozenOlder | undefined;
}

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
  return leaveOut(
    source.name,
    'source',
    refusal('source_stale', why, 'the next run without --changes does so'),
  );
};

const freezeAny = (
  context: BatchContext,
  session: Session,
  prepared: Prepared,
  moment: string,
): Promise<FrozenSource> =>
  prepared.kind === 'log'
    ? freezeLog(context, session, prepared, moment)
    : freezeSource(context, session, prepared, moment);

/** Under no snapshot: a failed statement may have spoilt it. Where even that fails, the first failure says enough. */
const explained = (context: BatchContext, source: Source, error: unknown): Promise<unknown> =>
  context.warehouse
    .session((session) => explainCondition(session, source, error))
    .catch((second: unknown) => {
      if (isTidemarkError(second) && second.details['kind'] === 'connection') throw second;
      return error;
    });

/** One attempt at all sources; a source that fails spoils the snapshot of an embedded engine, so the rest is
 *  frozen anew without it. */
const attempt = async (context: BatchContext, sources: readonly Source[]): Promise<Frozen> => {
  const { warehouse } = context;
  const [clock] = await warehouse.session((session) =>
    session.rows<{ moment: string }>(sql`select cast(${warehouse.dialect.clock()} as varchar) as moment`),
  );
  const moment = clock?.moment ?? '';
  const prepared = await prepareSources(context, sources);
  const failed: { readonly source: Source; readonly error: unknown }[] = [];
  const jobs = prepared.map((each) => async (session: Session): Promise<FrozenSource> => {
    context.progress.step('freeze', each.source.name, prepared.length);
    try {
      return await freezeAny(context, session, each, moment);
    } catch (error) {
      failed.push({ source: each.source, error });
      throw error;
    }
  });
  try {
    return { moment, sources: await warehouse.frozen(jobs), leftOut: [] };
  } catch (error) {
    if (failed.length === 0) throw error;
    const left: LeftOut[] = [];
    for (const { source, error: own } of failed)
      left.push(leaveOut(source.name, 'source', quietlyAny(source, await explained(context, source, own))));
    const names = new Set(left.map((each) => each.name));
    const rest = await attempt(
      context,
      sources.filter((source) => !names.has(source.name)),
    );
    return { ...rest, leftOut: [...left, ...rest.leftOut] };
  }
};

/** `without` names sources that an earlier attempt of this batch had to leave out. */
export const freeze = async (context: BatchContext, without: readonly LeftOut[] = []): Promise<Frozen> => {
  const { changes } = context.options;
  const sources = [...context.graph.sources.values()].filter(
    ({ name }) => changes === undefined || changes.has(name),
  );
  const absent = sources.flatMap(
    (source) => paused(context, source) ?? missing(context, source) ?? drifted(context, source) ?? [],
  );
  const present = sources.filter(
    (source) => ![...absent, ...without].some((each) => each.name === source.name),
  );
  const frozen = await attempt(context, present);
  return { ...frozen, leftOut: [...absent, ...frozen.leftOut] };
};
