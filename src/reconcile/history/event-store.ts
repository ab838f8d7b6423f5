// The stored events of a history: one row per event of a key of the root, with the columns that the mapping reads,
// as they were, not yet evaluated. `op`: `U` an upsert, `L` a look-up of the row changed, `D` a delete, `S` a version
// that was there when the history was taken over.
import type { ColumnRef, Expression, MappedColumn, Target } from '../../dictionary/dictionary.ts';
import { columnsRead, refsOf } from '../../graph/reads.ts';
import type { Column, KeyColumn, ScratchColumn } from '../../sql/dialect.ts';
import { id, sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import { sequenceName } from '../../sql/events.ts';
import type { RelationView } from '../relation-view.ts';

interface RawColumn extends ScratchColumn {
  readonly ref: ColumnRef;
}

export interface EventStore {
  readonly table: TableName;
  /** The columns that the table has, with their types; none: it is yet to be made. */
  readonly stored: ReadonlyMap<string, string> | undefined;
  readonly rootAlias: string;
  readonly key: readonly KeyColumn[];
  readonly sequence: readonly Column[];
  /** Every change is told, in an order of its own; else a batch tells how rows were and how they are. */
  readonly isLog: boolean;
  readonly raw: readonly RawColumn[];
  /** Mapped columns whose value does not say what was read: of versions taken over they are kept as they are. */
  readonly seeded: readonly MappedColumn[];
}

/** Postgres cuts identifiers at 63 bytes. */
const longestName = 60;

/** FNV-1a: enough to tell a handful of long names apart, and the same on every run. */
const hash = (text: string): string => {
  let value = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    value = BigInt.asUintN(64, (value ^ BigInt(byte)) * 0x100000001b3n);
  return value.toString(16).padStart(16, '0');
};

const shortened = (name: string): string =>
  new TextEncoder().encode(name).length <= longestName ? name : `${name.slice(0, 2)}${hash(name)}`;

export const eventKeyName = (column: string): string => shortened(`k_${column}`);

/** The same for as long as the mapping reads the column, whatever else it comes to read. */
const rawName = (rootAlias: string, { alias, column }: ColumnRef): string =>
  shortened(alias === rootAlias ? `a_${column}` : `l_${alias.length}_${alias}_${column}`);

export const seededName = (column: string): string => shortened(`v_${column}`);

/** The column that an expression is, where it is just that. */
export const bareRef = (expression: Expression): ColumnRef | undefined => {
  const [ref, ...more] = refsOf(expression);
  const plain = expression.parts.every((part) => typeof part !== 'string' || part.trim() === '');
  return plain && more.length === 0 ? ref : undefined;
};

/** Of a look-up only what ends up in a version: its conditions are met once, when the event is taken. */
const lookUpColumns = (target: Target, alias: string): ReadonlySet<string> =>
  new Set(
    [
      ...target.columns.map(({ expression }) => expression),
      ...(target.where === undefined ? [] : [target.where]),
    ]
      .flatMap(refsOf)
      .filter((ref) => ref.alias === alias)
      .map(({ column }) => column),
  );

export interface StoreFacts {
  readonly target: Target;
  readonly table: TableName;
  readonly stored: EventStore['stored'];
  readonly sequence: readonly Column[];
  readonly isLog: boolean;
  readonly view: (alias: string) => RelationView;
}

export const eventStoreOf = ({ target, table, stored, sequence, isLog, view }: StoreFacts): EventStore => {
  const { root, joins } = target;
  const { key } = view(root.alias);
  const isKey = (column: string): boolean => key.some(({ name }) => name === column);
  const typed = (alias: string, column: string): RawColumn => {
    const known = view(alias).columns.find(({ name }) => name === column);
    if (known === undefined) throw new RangeError(`${view(alias).name} has no column ${column}`);
    const ref = { alias, column };
    return { ref, name: rawName(root.alias, ref), type: known.type };
  };
  return {
    table,
    stored,
    rootAlias: root.alias,
    key,
    sequence,
    isLog,
    raw: [
      ...[...columnsRead(target, root.alias)]
        .filter((column) => !isKey(column))
        .map((column) => typed(root.alias, column)),
      ...joins.flatMap(({ alias }) =>
        [...lookUpColumns(target, alias)].map((column) => typed(alias, column)),
      ),
    ],
    seeded: target.columns.filter(({ expression }) => bareRef(expression) === undefined),
  };
};

/** What of an event is the same in scratch and in the stored table. */
export const eventStoreColumns = (store: EventStore): readonly ScratchColumn[] => [
  { name: 'op', type: 'varchar' },
  { name: 'at', type: 'timestamptz' },
  { name: 'moment', type: 'timestamptz' },
  ...store.sequence.map(({ type }, place) => ({ name: sequenceName(place), type })),
  { name: 'tie', type: 'varchar' },
  { name: 'identity', type: 'varchar' },
  { name: 'absent', type: 'varchar' },
  ...store.key.map(({ name, type }) => ({ name: eventKeyName(name), type })),
  ...store.raw.map(({ name, type }) => ({ name, type })),
  ...store.seeded.map(({ name, type }) => ({ name: seededName(name), type })),
];

/** A column of the root or of a look-up, as the events under `alias` keep it. */
export const storedColumn = (store: EventStore, ref: ColumnRef, alias: string): Fragment => {
  const isKey = ref.alias === store.rootAlias && store.key.some(({ name }) => name === ref.column);
  return id(alias, isKey ? eventKeyName(ref.column) : rawName(store.rootAlias, ref));
};

/** A mapped expression over events under `alias` instead of over relations. */
export const overEvents = (store: EventStore, expression: Expression, alias: string): Fragment =>
  sql.join(
    expression.parts.map((part) =>
      typeof part === 'string' ? verbatim(part) : storedColumn(store, part, alias),
    ),
    verbatim(''),
  );

const isText = (type: string): boolean => /^(varchar|text|character|char|bpchar|string)/i.test(type);

/** The same order on every engine, whatever the collation of the database. */
const bytewise = (text: Fragment): Fragment => sql`${text} collate "C"`;

/** The order of a key's events. Versions that were taken over have no sequence: they come first. */
export const storedOrder = (
  store: EventStore,
  alias: string,
  direction: 'asc' | 'desc' = 'asc',
): Fragment => {
  const nulls = direction === 'asc' ? verbatim('asc nulls first') : verbatim('desc nulls last');
  const places = store.sequence.map(({ type }, place) => {
    const part = id(alias, sequenceName(place));
    return isText(type) ? bytewise(part) : part;
  });
  const tie = id(alias, 'tie');
  // Of a log as its own detection orders them: see ../../sql/event-order.ts.
  const settled = store.isLog
    ? [sql`substr(${tie}, 1, 1)`, id(alias, 'turn'), bytewise(tie)]
    : [bytewise(tie)];
  return sql.join([...places, ...settled].map((part) => sql`${part} ${nulls}`));
};
