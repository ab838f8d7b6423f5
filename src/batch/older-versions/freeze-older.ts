// The freeze of a batch that merges older versions into a history: they are read and judged, staging is not looked at.
// A row that cannot be taken refuses all of them, with each such row named.
import type { Target } from '../../dictionary/dictionary.ts';
import { TidemarkError, type Problem } from '../../errors/tidemark-error.ts';
import { nearest } from '../../project/nearest.ts';
import { fillJudged, judgedColumns, passedOver } from '../../reconcile/history/older-events.ts';
import {
  fillTyped,
  findFlaws,
  olderColumnsOf,
  rawColumns,
  typedColumns,
  type OlderColumn,
  type OlderFlaw,
  type OlderVersions,
} from '../../reconcile/history/older-versions.ts';
import { sql, table } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { ScratchColumn } from '../../sql/dialect.ts';
import type { Session } from '../../warehouse/port.ts';
import { workFor } from '../compute/compute-target.ts';
import { historyWork, type HistoryPlace } from '../compute/history-work.ts';
import { showRows } from '../compute/refuse-rows.ts';
import type { BatchContext } from '../context.ts';
import type { Frozen } from '../freeze/freeze.ts';
import { refuseUnknownTargets } from '../refuse-unknown.ts';
import { sourceViews, targetView } from '../views.ts';
import { readRows, tableNamed, type Handed } from './read-rows.ts';
import type { OlderWish } from './wish.ts';

const shownFlaws = 10;
const shownRows = 5;

const usage = (message: string, hint?: string): TidemarkError =>
  new TidemarkError('usage', { message: `${message}; nothing was written`, hint });

const historyNamed = (context: BatchContext, name: string): Target => {
  const { targets } = context.graph;
  refuseUnknownTargets([name], [...targets.keys()], '--select');
  const target = targets.get(name);
  if (target?.form.kind !== 'history') throw usage(`\`${name}\` is no history: it has no versions`);
  const refused = context.refused.get(name);
  if (refused !== undefined) throw refused;
  const known = context.known.relations.get(name);
  if (!context.known.histories.has(name) || known?.firstBatch === undefined || !target.exists)
    throw usage(`history \`${name}\` holds nothing yet`, '`tidemark run` first');
  const why = known.paused ?? known.behind?.reason;
  if (why !== undefined)
    throw usage(`history \`${name}\` is behind: ${why}`, 'versions are merged into one that is in step');
  return target;
};

const namesThere = async (
  { warehouse: { dialect } }: BatchContext,
  session: Session,
  raw: TableName,
): Promise<readonly string[]> =>
  (
    await session.rows<{ name: string }>(
      sql`select distinct ${dialect.jsonNames(sql`r.data`)} as name from ${table(raw)} as r order by 1`,
    )
  ).map(({ name }) => name);

/** As stored, else in other capitals. */
const memberOf = (
  { names = {} }: OlderWish,
  there: readonly string[],
  column: string,
): string | undefined => {
  const wanted = names[column] ?? column;
  const alike = there.filter((name) => name.toLowerCase() === wanted.toLowerCase());
  return there.includes(wanted) ? wanted : alike.length === 1 ? alike[0] : undefined;
};

const lacking = (wish: OlderWish, column: string, there: readonly string[]): TidemarkError => {
  const near = nearest(column, there);
  return new TidemarkError('unknown_column', {
    message: `\`${wish.from}\` has no column \`${wish.names?.[column] ?? column}\`, which history \`${wish.target}\` needs; nothing was written`,
    hint:
      near === undefined
        ? `it has: ${there.join(', ')}`
        : `\`--as ${column}=${near}\` if \`${near}\` is that column`,
  });
};

/** A version must say whose it is, when it began, and what is tracked; the rest is NULL where it is not said. */
const columnsFor = (
  place: HistoryPlace,
  wish: OlderWish,
  there: readonly string[],
): readonly OlderColumn[] => {
  const columns = olderColumnsOf(place).map((column): OlderColumn => ({
    ...column,
    member: memberOf(wish, there, column.name),
  }));
  const strange = Object.keys(wish.names ?? {}).find((name) => !columns.some((each) => each.name === name));
  if (strange !== undefined)
    throw usage(`\`${strange}\` is no column that versions of \`${wish.target}\` can have`);
  const { track } = place.history;
  const missing = columns.find(
    ({ name, role, member }) =>
      member === undefined && (role === 'key' || role === 'from' || track.includes(name)),
  );
  if (missing !== undefined) throw lacking(wish, missing.name, there);
  return columns;
};

const sentences: Readonly<Record<OlderFlaw['why'], (flaw: OlderFlaw, type: string) => string>> = {
  missing: ({ column }) => `no \`${column}\``,
  unfit: ({ column, text }, type) => `\`${column}\` is ${JSON.stringify(text)}, which is no \`${type}\``,
  backwards: ({ column, text }) => `\`${column}\` is ${String(text)}, before it begins`,
  repeated: ({ text }) => `another version of the row begins at ${String(text)} as well`,
  overlaps: ({ text }) => `it ends at ${String(text)}, after the next version of the row begins`,
};

const refuseFlaws = async (
  session: Session,
  place: HistoryPlace,
  older: OlderVersions,
  wish: OlderWish,
): Promise<void> => {
  const flaws = await session.rows<OlderFlaw>(findFlaws(place, older, shownFlaws));
  const [first] = flaws;
  if (first === undefined) return;
  const typeOf = (name: string): string => older.columns.find((each) => each.name === name)?.type ?? '';
  const told = flaws.map((flaw) => `row ${flaw.line}: ${sentences[flaw.why](flaw, typeOf(flaw.column))}`);
  const rest = Number(first.rows) - flaws.length;
  throw new TidemarkError('older_versions_refused', {
    message: `\`${wish.from}\` cannot be merged into history \`${wish.target}\`; nothing was written\n${told.map((line) => `  ${line}`).join('\n')}${rest > 0 ? `\n  … and ${rest} more` : ''}`,
    hint: 'mend these rows, or leave them out; times are `2020-01-31 10:00:00`, UTC where they name no zone',
    details: {
      target: wish.target,
      flaws: Number(first.rows),
      rows: flaws.map(({ line, column, text, why }) => ({ row: Number(line), column, text, why })),
    },
  });
};

const warningsOf = async (
  session: Session,
  place: HistoryPlace,
  older: OlderVersions,
  wish: OlderWish,
): Promise<readonly Problem[]> => {
  const rows = await session.rows(passedOver(place, older, shownRows));
  if (rows.length === 0) return [];
  const count = Number(rows[0]?.['tidemark.rows']);
  const shown = rows.map(({ ['tidemark.rows']: _, ...row }) => row);
  return [
    {
      code: 'versions_passed_over',
      severity: 'warning',
      message: `history \`${wish.target}\`: ${count.toLocaleString('en-US')} version${count === 1 ? '' : 's'} of \`${wish.from}\` ${count === 1 ? 'was' : 'were'} passed over, because the history knows that time itself: ${showRows(shown)}`,
      hint: 'only what was before the first event of a row can be merged',
      details: { relation: wish.target, rows: count },
    },
  ];
};

const ignored = (older: OlderVersions, wish: OlderWish, there: readonly string[]): readonly Problem[] => {
  const used = new Set(older.columns.map(({ member }) => member));
  const unused = there.filter((name) => !used.has(name));
  if (unused.length === 0) return [];
  return [
    {
      code: 'versions_passed_over',
      severity: 'warning',
      message: `\`${wish.from}\`: no column of history \`${wish.target}\` takes ${unused.map((name) => `\`${name}\``).join(', ')}`,
      hint: '`--as COLUMN=NAME` says which column of the history a name stands for',
      details: { relation: wish.target, columns: unused },
    },
  ];
};

const placeOf = (context: BatchContext, moment: string, target: Target): HistoryPlace => {
  const views = sourceViews(context, { moment, sources: [], leftOut: [] });
  for (const each of context.graph.order) views.set(each.name, targetView(each, undefined));
  return historyWork(context, workFor(context, target, views, 'affected'));
};

const judge = async (
  context: BatchContext,
  session: Session,
  place: HistoryPlace,
  handed: Handed,
): Promise<{ readonly versions: OlderVersions; readonly warnings: readonly Problem[] }> => {
  const { dialect } = context.warehouse;
  const { wish } = handed;
  const scratch = async (purpose: string, columns: readonly ScratchColumn[]): Promise<TableName> => {
    const name = context.scratch.name(`${purpose}_${wish.target}`);
    await session.execute(dialect.createScratch(name, columns));
    return name;
  };
  const analyze = async (name: TableName): Promise<void> => {
    if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(name));
  };
  const raw = await scratch('older', rawColumns(dialect.jsonType));
  await readRows(context, session, raw, handed);
  const there = await namesThere(context, session, raw);
  if (there.length === 0) throw usage(`\`${wish.from}\` has no rows`);
  const columns = columnsFor(place, wish, there);
  const typed = await scratch('typed', typedColumns({ raw, typed: raw, judged: raw, columns }));
  const some: OlderVersions = { raw, typed, judged: typed, columns };
  await session.execute(fillTyped(place, some));
  await analyze(typed);
  await refuseFlaws(session, place, some, wish);
  const versions = { ...some, judged: await scratch('judged', judgedColumns(place, some)) };
  await session.execute(fillJudged(place, versions));
  await analyze(versions.judged);
  const warnings = [...ignored(versions, wish, there), ...(await warningsOf(session, place, versions, wish))];
  return { versions, warnings };
};

export const freezeOlder = async (context: BatchContext, wish: OlderWish): Promise<Frozen> => {
  const { warehouse } = context;
  const target = historyNamed(context, wish.target);
  context.progress.step('freeze', wish.from);
  const named = await tableNamed(context, wish);
  return warehouse.session(async (session) => {
    const [clock] = await session.rows<{ moment: string }>(
      sql`select cast(${warehouse.dialect.clock()} as varchar) as moment`,
    );
    const moment = clock?.moment ?? '';
    const judged = await judge(context, session, placeOf(context, moment, target), { wish, table: named });
    return { moment, sources: [], leftOut: [], older: { target: target.name, ...judged } };
  });
};
