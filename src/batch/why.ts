// Why: the chain behind a row of a target: its values, the mapping lines, every batch that wrote them with the source
// changes that caused it, and what somebody else wrote since. Reads, and writes nothing.
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { Source, Target } from '../dictionary/dictionary.ts';
import { refsOf, relationOf } from '../graph/reads.ts';
import { nearest } from '../project/nearest.ts';
import type { Project } from '../project/project.ts';
import { commas, id, sql, table, verbatim } from '../sql/fragment.ts';
import { jsonObject } from '../sql/json.ts';
import { recordedJson } from '../sql/redacted.ts';
import { isHash, readable, type Values } from '../sql/readable.ts';
import { rowIs, type KeyPart } from '../store/key-condition.ts';
import { prunedUpTo } from '../store/prune.ts';
import { readLedger, readTrail, type LedgerEntry, type TrailEntry } from '../store/trail.ts';
import type { Session } from '../warehouse/port.ts';
import { changedBy } from './changed-by.ts';
import type { BatchContext } from './context.ts';
import { withContext, withWarehouse } from './open.ts';
import type { WhyBatch, WhyChange, WhyColumn, WhyReport, WhyRow } from './why-report.ts';

export interface WhyOptions {
  readonly project: Project;
  readonly target: string;
  /** A value for each column of its key. */
  readonly key?: Readonly<Record<string, string>> | undefined;
  /** Rows for which this SQL is true, at most ten, instead of a key. */
  readonly where?: string | undefined;
  readonly column?: string | undefined;
  readonly waitMs?: number | undefined;
}

const rowsAtMost = 10;
const batchesAtMost = 50;

export const operations: Readonly<Record<string, WhyBatch['operation']>> = {
  I: 'insert',
  U: 'update',
  D: 'delete',
};

const unknown = (
  code: 'unknown_target' | 'unknown_column' | 'usage',
  message: string,
  word: string,
  known: readonly string[],
): TidemarkError => {
  const near = nearest(word, known);
  return new TidemarkError(code, {
    message,
    hint: near === undefined ? `there are: ${known.join(', ')}` : `did you mean \`${near}\`?`,
  });
};

export const keyOf = (target: Target, given: Readonly<Record<string, string>>): readonly KeyPart[] => {
  const names = target.key.map(({ name }) => name);
  const strange = Object.keys(given).find((name) => !names.includes(name));
  if (strange !== undefined)
    throw unknown('unknown_column', `\`${strange}\` is no key column of \`${target.name}\``, strange, names);
  return target.key.map(({ name, type }) => {
    const value = given[name];
    if (value !== undefined) return { name, type, value: value === 'NULL' ? null : value };
    throw unknown('usage', `the key of \`${target.name}\` lacks \`${name}\``, '', names);
  });
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const keysWhere = async (
  context: BatchContext,
  session: Session,
  target: Target,
  where: string,
): Promise<readonly (readonly KeyPart[])[]> => {
  const { dialect } = context.warehouse;
  const key = jsonObject(
    target.key.map(({ name, type }) => ({ name, value: dialect.jsonValue(id('t', name), type) })),
  );
  const rows = await session.rows<{ key: string }>(
    sql`select ${key} as key from ${table(target.table)} as t where (${verbatim(where)}) order by 1 limit ${sql.lit(rowsAtMost)}`,
  );
  return rows.map(({ key: text }) => {
    const values = JSON.parse(text) as Values;
    return target.key.map(({ name, type }) => {
      const value = values[name];
      return { name, type, value: value === null || value === undefined ? null : textOf(value) };
    });
  });
};

const readRow = async (
  context: BatchContext,
  session: Session,
  target: Target,
  key: readonly KeyPart[],
): Promise<Values | undefined> => {
  const { dialect } = context.warehouse;
  const row = jsonObject(
    target.tableColumns.map((column) => ({
      name: column.name,
      value: recordedJson(dialect, column, id('t', column.name), context.project.redactKey),
    })),
  );
  const [found] = await session.rows<{ row: string }>(
    sql`select ${commas([sql`${row} as row`])} from ${table(target.table)} as t where ${rowIs(dialect, (name) => id('t', name), key)} limit 1`,
  );
  return found === undefined ? undefined : (JSON.parse(found.row) as Values);
};

/** `companies.name`, or, through another target, `fact_line.customer_name ← customers.name`. */
const chain = ({ graph }: Pick<BatchContext, 'graph'>, target: Target, column: string): readonly string[] => {
  const mapped = target.columns.find(({ name }) => name === column);
  if (mapped === undefined) return [];
  return refsOf(mapped.expression).flatMap((ref) => {
    const relation = relationOf(target, ref.alias);
    const here = `${relation}.${ref.column}`;
    const upstream = graph.targets.get(relation);
    if (upstream === undefined || upstream === target) return [here];
    const further = chain({ graph }, upstream, ref.column);
    return further.length === 0 ? [here] : further.map((each) => `${here} ← ${each}`);
  });
};

const changeOf = (entry: LedgerEntry, source: Source | undefined): WhyChange => {
  const columns = source?.columns ?? [];
  const shown = (values: Values | null): Values | null =>
    values === null ? null : readable(values, columns);
  const { updatedAt, actor } = source ?? {};
  // Who it was is kept of every change, and is one only where it is somebody else.
  const same =
    entry.operation === 'U' &&
    actor !== undefined &&
    JSON.stringify(entry.before?.[actor]) === JSON.stringify(entry.after?.[actor]);
  const without = (values: Values | null): Values | null =>
    values === null || !same
      ? values
      : Object.fromEntries(Object.entries(values).filter(([name]) => name !== actor));
  return {
    change: `c${entry.change}`,
    source: entry.source,
    operation: operations[entry.operation] ?? 'update',
    key: readable(entry.key, columns),
    before: shown(without(entry.before)),
    after: shown(without(entry.after)),
    changed_at: updatedAt === undefined ? null : (entry.after?.[updatedAt] ?? null),
    changed_by: changedBy(entry, source),
  };
};

/** The causes of a row are those of all its cells: of one cell, those that changed what it reads; all of them where a
 *  join or a filter led to it. */
const concerning = (
  entries: readonly LedgerEntry[],
  reads: readonly string[] | undefined,
): readonly LedgerEntry[] => {
  if (reads === undefined) return entries;
  const ends = new Set(reads.map((each) => each.split(' ← ').at(-1)));
  const direct = entries.filter(({ source, operation, after }) =>
    operation === 'U'
      ? Object.keys(after ?? {}).some((name) => ends.has(`${source}.${name}`))
      : reads.some((each) => (each.split(' ← ').at(-1) ?? '').startsWith(`${source}.`)),
  );
  return direct.length === 0 ? entries : direct;
};

const lastWritten = (trail: readonly TrailEntry[], column: string): TrailEntry | undefined =>
  trail.find(({ after }) => after !== null && Object.hasOwn(after, column));

/** What was recorded before the column was redacted, or while it was, says nothing of what it holds now. */
const isComparable = (recorded: unknown, redacted: boolean): boolean =>
  recorded === null || recorded === undefined || isHash(recorded) === redacted;

const columnOf = (
  context: BatchContext,
  target: Target,
  row: Values | undefined,
  trail: readonly TrailEntry[],
): ((mapped: Target['columns'][number]) => WhyColumn) => {
  return ({ name, expression, redacted }) => {
    const value = row?.[name] ?? null;
    const last = lastWritten(trail, name);
    const outside =
      row !== undefined &&
      last !== undefined &&
      isComparable(last.after?.[name], redacted === true) &&
      JSON.stringify(last.after?.[name]) !== JSON.stringify(value);
    return {
      name,
      value: readable({ [name]: value }, target.tableColumns)[name],
      expression: expression.text,
      at: { file: expression.at.file, line: expression.at.line, column: expression.at.column },
      reads: chain(context, target, name),
      ...(outside && last !== undefined ? { outside_since: last.batch } : {}),
    };
  };
};

const explain = async (
  context: BatchContext,
  session: Session,
  { target, column }: { readonly target: Target; readonly column: string | undefined },
  key: readonly KeyPart[],
): Promise<WhyRow> => {
  const { dialect } = context.warehouse;
  const schema = context.project.schemas.state;
  const row = target.exists ? await readRow(context, session, target, key) : undefined;
  const query = { target: target.name, key, column, limit: batchesAtMost };
  const trail = context.known.version === 0 ? [] : await readTrail(session, schema, dialect, query);
  const ledger = await readLedger(session, schema, [...new Set(trail.flatMap(({ causes }) => causes))]);
  const shown = (values: Values | null): Values | null =>
    values === null ? null : readable(values, target.tableColumns);
  return {
    key: readable(Object.fromEntries(key.map(({ name, value }) => [name, row?.[name] ?? value])), target.key),
    found: row !== undefined,
    columns: target.columns
      .filter(({ name }) => column === undefined || name === column)
      .map(columnOf(context, target, row, trail)),
    batches: trail.map((each) => ({
      batch: each.batch,
      kind: each.kind,
      operation: operations[each.operation] ?? 'update',
      before: shown(each.before),
      after: shown(each.after),
      detected_at: each.moment,
      committed_at: each.committedAt,
      actor: each.actor,
      host: each.host,
      meta: each.meta,
      changes: concerning(
        each.causes.flatMap((change) => ledger.get(change) ?? []),
        column === undefined ? undefined : chain(context, target, column),
      ).map((entry) => changeOf(entry, context.graph.sources.get(entry.source))),
      ...(each.undoneBy === null ? {} : { undone_by: each.undoneBy }),
    })),
  };
};

export const targetNamed = (targets: readonly Target[], name: string, column?: string): Target => {
  const target = targets.find((each) => each.name === name);
  if (target === undefined)
    throw unknown(
      'unknown_target',
      `\`${name}\` is no target of this project`,
      name,
      targets.map((each) => each.name),
    );
  const mapped = target.columns.map((each) => each.name);
  if (column !== undefined && !mapped.includes(column))
    throw unknown('unknown_column', `\`${column}\` is no mapped column of \`${name}\``, column, mapped);
  return target;
};

const whyIn = async (context: BatchContext, options: WhyOptions): Promise<WhyReport> => {
  const { graph, project } = context;
  const { column } = options;
  const target = targetNamed([...graph.targets.values()], options.target, column);
  return context.warehouse.session(async (session) => {
    const keys =
      options.where === undefined
        ? [keyOf(target, options.key ?? {})]
        : await keysWhere(context, session, target, options.where);
    const rows: WhyRow[] = [];
    for (const key of keys) rows.push(await explain(context, session, { target, column }, key));
    const pruned = await prunedUpTo(session, project.schemas.state, context.known.version);
    return {
      schema: 'tidemark/why/1',
      project: project.name,
      environment: project.environment,
      target: target.name,
      rows,
      ...(pruned === undefined ? {} : { pruned_up_to: pruned }),
    };
  });
};

export const why = (options: WhyOptions): Promise<WhyReport> =>
  withWarehouse(options.project, { readOnly: true, waitMs: options.waitMs ?? 10_000 }, (warehouse) =>
    withContext({ project: options.project, warehouse }, (context) => whyIn(context, options)),
  );
