// Random changes to staging, from a seed: what a loader does to its tables, and what it does when things go wrong.
import { keyLiteral, newValue, REFERENCES } from './change-values.ts';
import type { Scale } from './generate.ts';
import { ShopKeys, type Key } from './keys.ts';
import { literal, seededRandom, type Random } from './random.ts';
import { STAGING, STAGING_TABLES, stagingColumns, type StagingTable } from './schema.ts';

type ChangeKind =
  | 'insert'
  | 'delete'
  | 'update'
  | 'move'
  | 'unlink'
  | 'swap'
  | 'touch'
  | 'return'
  | 'rekey'
  | 'sweep';

/** How often each kind comes. */
const WEIGHTS: Readonly<Record<ChangeKind, number>> = {
  insert: 14,
  delete: 9,
  update: 34,
  move: 16,
  unlink: 5,
  swap: 6,
  touch: 6,
  return: 5,
  rekey: 3,
  sweep: 2,
};

interface Change {
  readonly table: StagingTable;
  readonly kind: ChangeKind;
  readonly sql: string;
}

export interface ChangesOptions {
  readonly seed: number;
  /** Of the shop that was generated: which keys there are at first. */
  readonly scale: Scale;
  readonly schema?: string;
  /** Only these tables change. */
  readonly tables?: readonly StagingTable[];
}

interface ChangesAsked {
  readonly count: number;
  /** Stamped into the rows, as a timestamp literal's text: `2026-01-01 09:30:00`. */
  readonly moment: string;
}

interface Context {
  readonly random: Random;
  readonly keys: ShopKeys;
  readonly schema: string;
  readonly moment: string;
}

const KINDS = (Object.entries(WEIGHTS) as [ChangeKind, number][]).flatMap(([kind, weight]) =>
  Array.from({ length: weight }, () => kind),
);

const NEVER_STAMPED_IN = 15;
const SWEEP_STEPS = 9;

const tableSql = (context: Context, name: StagingTable): string => `"${context.schema}"."${name}"`;
const whereKey = (name: StagingTable, key: Key): string =>
  STAGING[name].key.map((column, index) => `${column} = ${keyLiteral(key[index] ?? '')}`).join(' and ');
const stamp = (context: Context): string => `updated_at = timestamp ${literal(context.moment)}`;
const valueColumns = (name: StagingTable): readonly string[] =>
  Object.keys(STAGING[name].columns).filter((column) => !STAGING[name].key.includes(column));
const referenceColumns = (name: StagingTable): readonly string[] => Object.keys(REFERENCES[name] ?? {});

const insertRow = (context: Context, name: StagingTable, key: Key): string => {
  const { random, keys } = context;
  const moment = `timestamp ${literal(context.moment)}`;
  const values = stagingColumns(name).map((column) => {
    const part = key[STAGING[name].key.indexOf(column)];
    if (part !== undefined) return keyLiteral(part);
    if (column === 'created_at') return moment;
    if (column === 'updated_at') return random.chance(NEVER_STAMPED_IN) ? 'null' : moment;
    return newValue(random, keys, name, column);
  });
  keys.of(name).add(key);
  return `insert into ${tableSql(context, name)} (${stagingColumns(name).join(', ')}) values (${values.join(', ')})`;
};

const updateColumns = (context: Context, name: StagingTable, columns: readonly string[]): string => {
  const { random, keys } = context;
  const sets = columns.map((column) => `${column} = ${newValue(random, keys, name, column)}`);
  const where = whereKey(name, keys.of(name).pick(random));
  return `update ${tableSql(context, name)} set ${[...sets, stamp(context)].join(', ')} where ${where}`;
};

const swap = (context: Context, name: StagingTable): string => {
  const { random, keys } = context;
  const [one, two] = [keys.of(name).pick(random), keys.of(name).pick(random)].map((key) =>
    whereKey(name, key),
  );
  const column = random.oneOf([...referenceColumns(name), ...valueColumns(name)]);
  const table = tableSql(context, name);
  const value = `case when ${one} then (select ${column} from ${table} where ${two}) else (select ${column} from ${table} where ${one}) end`;
  return `update ${table} set ${column} = ${value}, ${stamp(context)} where (${one}) or (${two})`;
};

/** Another key for a row that goes on: to whoever watches, a delete and an insert. */
const rekey = (context: Context, name: StagingTable): string | undefined => {
  const { random, keys } = context;
  const fresh = keys.fresh(name, random);
  if (fresh === undefined) return undefined;
  const old = keys.of(name).pick(random);
  keys.of(name).remove(old);
  keys.of(name).add(fresh);
  const sets = STAGING[name].key.map((column, index) => `${column} = ${keyLiteral(fresh[index] ?? '')}`);
  return `update ${tableSql(context, name)} set ${[...sets, stamp(context)].join(', ')} where ${whereKey(name, old)}`;
};

/** One value for many rows at once. */
const sweep = (context: Context, name: StagingTable): string => {
  const { random, keys } = context;
  const column = random.oneOf(valueColumns(name));
  const number = STAGING[name].key.find((part) => STAGING[name].columns[part] === 'bigint');
  const where = number === undefined ? 'is_eu' : `${number} % ${SWEEP_STEPS} = ${random.below(SWEEP_STEPS)}`;
  const value = newValue(random, keys, name, column);
  return `update ${tableSql(context, name)} set ${column} = ${value}, ${stamp(context)} where ${where}`;
};

const remove = (context: Context, name: StagingTable): string => {
  const key = context.keys.of(name).pick(context.random);
  context.keys.of(name).remove(key);
  return `delete from ${tableSql(context, name)} where ${whereKey(name, key)}`;
};

/** One statement of a kind; none where the table has no such change to offer. */
const statement = (context: Context, name: StagingTable, kind: ChangeKind): string | undefined => {
  const { random, keys } = context;
  const live = keys.of(name);
  const references = referenceColumns(name);
  if (live.count <= 2 && kind !== 'insert') return undefined;
  switch (kind) {
    case 'insert': {
      const key = keys.fresh(name, random);
      return key === undefined ? undefined : insertRow(context, name, key);
    }
    case 'return': {
      const key = live.pickGone(random);
      return key === undefined ? undefined : insertRow(context, name, key);
    }
    case 'delete':
      return remove(context, name);
    case 'update': {
      const certain = random.oneOf(valueColumns(name));
      const columns = valueColumns(name).filter((column) => column === certain || random.chance(5));
      return updateColumns(context, name, columns);
    }
    case 'move':
      return references.length === 0 ? undefined : updateColumns(context, name, [random.oneOf(references)]);
    case 'unlink': {
      if (references.length === 0) return undefined;
      const where = whereKey(name, live.pick(random));
      return `update ${tableSql(context, name)} set ${random.oneOf(references)} = null, ${stamp(context)} where ${where}`;
    }
    case 'swap':
      return swap(context, name);
    case 'touch':
      return updateColumns(context, name, []);
    case 'rekey':
      return rekey(context, name);
    case 'sweep':
      return sweep(context, name);
  }
};

export interface Changes {
  /** The next statements, to be run in this order, each once. */
  next(asked: ChangesAsked): readonly Change[];
}

/** Keeps account of the keys, so that no statement ever breaks a primary key; references do break. */
export const shopChanges = (options: ChangesOptions): Changes => {
  const random = seededRandom(options.seed);
  const keys = new ShopKeys(options.scale);
  const tables = options.tables ?? STAGING_TABLES;
  return {
    next: ({ count, moment }) => {
      const context: Context = { random, keys, schema: options.schema ?? 'staging', moment };
      const changes: Change[] = [];
      while (changes.length < count) {
        const [table, kind] = [random.oneOf(tables), random.oneOf(KINDS)];
        const sql = statement(context, table, kind);
        if (sql !== undefined) changes.push({ table, kind, sql });
      }
      return changes;
    },
  };
};
