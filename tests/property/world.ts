// All that a batch may read and write, as plain maps in this process: what the invariants are checked on.
// Tables are tiny, so comparing them here needs none of the SQL that is under test.
import type { Place, Schemas } from './place.ts';

export type Cells = Readonly<Record<string, unknown>>;

/** Rows by key, as JSON text of the key's values. */
export type Rows = ReadonlyMap<string, Cells>;

interface Relation {
  readonly name: string;
  readonly key: readonly string[];
}

export interface Watched {
  readonly schemas: Schemas;
  readonly sources: readonly Relation[];
  readonly targets: readonly (Relation & {
    /** The columns that the mapping fills. */
    readonly mapped: readonly string[];
    /** Further columns that a touch may set. */
    readonly touched: readonly string[];
  })[];
}

export interface World {
  readonly staging: ReadonlyMap<string, Rows>;
  readonly mirrors: ReadonlyMap<string, Rows>;
  readonly targets: ReadonlyMap<string, Rows>;
  /** Rows in our own tables. */
  readonly records: Readonly<Record<'batches' | 'changes' | 'audit', number>>;
}

/** Whole numbers come as numbers or as text, by the width of their type. */
const keyValue = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);

export const keyOf = (values: readonly unknown[]): string => JSON.stringify(values.map(keyValue));

export const keyText = (key: readonly string[], cells: Cells): string =>
  keyOf(key.map((column) => cells[column]));

/** A key that comes again is a mistake, or another row beside the first. */
type Repeated = 'refused' | 'numbered';

export const rowsByKey = (
  name: string,
  key: readonly string[],
  rows: readonly Cells[],
  repeated: Repeated = 'refused',
): Rows => {
  const found = new Map<string, Cells>();
  for (const cells of rows) {
    let text = keyText(key, cells);
    if (found.has(text)) {
      if (repeated === 'refused') throw new Error(`${name} holds the key ${text} more than once`);
      for (let again = 2; found.has(text); again += 1) text = `${keyText(key, cells)} #${again}`;
    }
    found.set(text, cells);
  }
  return found;
};

/** What there is in these schemas, in one question: a history asks it many times. */
const relationsIn = async (place: Place, schemas: readonly string[]): Promise<ReadonlySet<string>> => {
  const found = await place.rows<{ readonly name: string }>(
    // In capitals, which all of them read as their own.
    `select TABLE_SCHEMA || '.' || TABLE_NAME as name from INFORMATION_SCHEMA.TABLES where TABLE_SCHEMA in (${schemas.map((schema) => `'${schema}'`).join(', ')})`,
  );
  return new Set(found.map(({ name }) => name));
};

const countRecords = async (place: Place, state: string): Promise<World['records']> => {
  const count = (name: string): string => `(select count(*) from "${state}".${name}) as ${name}`;
  const [row] = await place.rows<Readonly<Record<'batches' | 'changes' | 'audit', string>>>(
    `select ${count('batches')}, ${count('changes')}, ${count('audit')}`,
  );
  return { batches: Number(row?.batches), changes: Number(row?.changes), audit: Number(row?.audit) };
};

export const readWorld = async (
  place: Place,
  { schemas, sources, targets }: Watched,
  repeated: Repeated = 'refused',
): Promise<World> => {
  const { staging, mirrors, targets: built, state } = schemas;
  const present = await relationsIn(place, [staging, mirrors, built, state]);
  const read = async (schema: string, relations: readonly Relation[]): Promise<ReadonlyMap<string, Rows>> => {
    const tables = new Map<string, Rows>();
    for (const { name, key } of relations) {
      if (!present.has(`${schema}.${name}`)) continue;
      const rows = await place.rows<Cells>(`select * from "${schema}"."${name}"`);
      tables.set(name, rowsByKey(`${schema}.${name}`, key, rows, repeated));
    }
    return tables;
  };
  return {
    staging: await read(staging, sources),
    mirrors: await read(mirrors, sources),
    targets: await read(built, targets),
    records: present.has(`${state}.batches`)
      ? await countRecords(place, state)
      : { batches: 0, changes: 0, audit: 0 },
  };
};

export interface RowChange {
  readonly key: string;
  readonly before: Cells | undefined;
  readonly after: Cells | undefined;
  /** Of a row on both sides. */
  readonly columns: readonly string[];
}

/** Rows that appeared, vanished or changed. */
export const changesBetween = (before: Rows, after: Rows): readonly RowChange[] =>
  [...new Set([...before.keys(), ...after.keys()])].flatMap((key): readonly RowChange[] => {
    const [was, is] = [before.get(key), after.get(key)];
    if (was === undefined || is === undefined) return [{ key, before: was, after: is, columns: [] }];
    const columns = Object.keys(is).filter((column) => !Object.is(was[column], is[column]));
    return columns.length === 0 ? [] : [{ key, before: was, after: is, columns }];
  });

export const noRows: Rows = new Map();

/** Where rows are not as they should be, in words. */
export const unlike = (name: string, expected: Rows, found: Rows): readonly string[] =>
  changesBetween(expected, found).map(({ key, before, after, columns }) =>
    before === undefined
      ? `${name} has an extra row ${key}`
      : after === undefined
        ? `${name} misses row ${key}`
        : `${name} ${key}: ${columns.map((column) => `${column} is ${JSON.stringify(after[column])}, rebuilt ${JSON.stringify(before[column])}`).join('; ')}`,
  );
