// Tables that a batch makes: mirrors on a source's first run, targets that do not exist yet. All inside the
// committing transaction, so that a crash leaves none behind.
import { createHash } from 'node:crypto';
import type { Source, Target } from '../../dictionary/dictionary.ts';
import { refsOf } from '../../graph/reads.ts';
import { relationsOf, type Graph } from '../../graph/graph.ts';
import { isGrouped } from '../../reconcile/desired/aggregate.ts';
import { eventKeyName, type EventStore } from '../../reconcile/history/event-store.ts';
import type { Column, Dialect } from '../../sql/dialect.ts';
import { commas, id, sql, table, verbatim } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import { ensureSchema } from '../../warehouse/ensure-schema.ts';
import type { Session } from '../../warehouse/port.ts';

const createTable = async (
  session: Session,
  dialect: Dialect,
  {
    name,
    columns,
    replacing = false,
  }: { readonly name: TableName; readonly columns: readonly Column[]; readonly replacing?: boolean },
): Promise<void> => {
  const definitions = columns.map((column) => sql`${id(column.name)} ${verbatim(column.type)}`);
  await ensureSchema(session, dialect, name);
  // What stands in no transaction may have been done before by one that died.
  const create = dialect.capabilities.transactionalDdl
    ? sql`create table`
    : replacing
      ? sql`create or replace table`
      : sql`create table if not exists`;
  await session.execute(sql`${create} ${table(name)} (${commas(definitions)})`);
};

/** `replacing`: one of ours that holds nothing, or nothing that counts, may be there. */
export const createMirror = (
  session: Session,
  dialect: Dialect,
  source: Source,
  { replacing = false }: { readonly replacing?: boolean } = {},
): Promise<void> =>
  createTable(session, dialect, { name: source.mirror, columns: source.columns, replacing });

export const createTarget = (session: Session, dialect: Dialect, target: Target): Promise<void> =>
  createTable(session, dialect, { name: target.table, columns: target.tableColumns });

/** Index names are ours alone: a hash keeps them short and the same on every run. */
const indexName = (name: TableName, columns: readonly string[]): string =>
  `tidemark_${createHash('sha256')
    .update(JSON.stringify([name, columns]))
    .digest('hex')
    .slice(0, 16)}`;

/** Columns of a source by which targets find its rows: those that join conditions name, or that groups share. */
const joinColumns = (graph: Graph, source: Source): readonly string[] => {
  const found = new Set<string>();
  for (const target of graph.order) {
    const aliases = new Set(
      target.joins.filter((join) => join.relation === source.name).map((join) => join.alias),
    );
    if (target.root.kind === 'grain' && target.root.relation === source.name) aliases.add(target.root.alias);
    for (const join of target.joins) {
      for (const ref of refsOf(join.on)) if (aliases.has(ref.alias)) found.add(ref.column);
    }
    if (!isGrouped({ target }) || !aliases.has(target.root.alias)) continue;
    for (const { name } of target.key) {
      const mapped = target.columns.find((column) => column.name === name);
      for (const ref of mapped === undefined ? [] : refsOf(mapped.expression)) found.add(ref.column);
    }
  }
  // A column that staging lost is still named by conditions, and may be in no mirror.
  return [...found].filter((name) => source.columns.some((column) => column.name === name)).toSorted();
};

interface WantedIndex {
  readonly on: TableName;
  readonly columns: readonly string[];
  readonly kind?: 'unique index' | 'index';
}

/** Asked for first, where `if not exists` wants the rights of the table's owner even for an index that is there. */
const createIndex = async (session: Session, dialect: Dialect, wanted: WantedIndex): Promise<void> => {
  const { on, columns, kind = 'index' } = wanted;
  const name = indexName(on, columns);
  if (dialect.indexSettled !== undefined) {
    const settled = await session.rows(dialect.indexSettled(on, name));
    if (settled.length > 0) return;
  }
  await session.execute(
    sql`create ${verbatim(kind)} if not exists ${id(name)} on ${table(on)} (${commas(columns.map((column) => id(column)))})`,
  );
};

/** A mirror is found by its key, and by the columns that look-ups walk back through. */
export const indexMirror = async (
  session: Session,
  dialect: Dialect,
  { graph, source }: { readonly graph: Graph; readonly source: Source },
): Promise<void> => {
  const key = source.key.map((column) => column.name);
  const kind = source.key.every((column) => !column.nullable) ? 'unique index' : 'index';
  await createIndex(session, dialect, { on: source.mirror, columns: key, kind });
  for (const column of joinColumns(graph, source)) {
    if (key.length === 1 && key[0] === column) continue;
    await createIndex(session, dialect, { on: source.mirror, columns: [column] });
  }
};

export interface NewReaders {
  readonly graph: Graph;
  readonly targets: readonly Target[];
  readonly mirrors: ReadonlySet<string>;
}

/** Targets that are new, or mapped otherwise, may find rows of mirrors by columns that nobody used before. */
export const indexForTargets = async (
  session: Session,
  dialect: Dialect,
  { graph, targets, mirrors }: NewReaders,
): Promise<void> => {
  const read = new Set(targets.flatMap((target) => relationsOf(target)));
  for (const source of graph.sources.values())
    if (read.has(source.name) && mirrors.has(source.name))
      await indexMirror(session, dialect, { graph, source });
};

/** Events are found by the key of their row. */
export const indexEvents = async (
  session: Session,
  { table: events, key }: Pick<EventStore, 'table' | 'key'>,
): Promise<void> => {
  const names = key.map(({ name }) => eventKeyName(name));
  await session.execute(
    sql`create index if not exists ${id(indexName(events, names))} on ${table(events)} (${commas(names.map((name) => id(name)))})`,
  );
};
