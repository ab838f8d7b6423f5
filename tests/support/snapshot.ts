// Everything a batch may change, as text to compare: all tables and their columns, the ledger and the audit,
// positions, and what is in step or behind. Numbers and times that differ from run to run are left out.
import type { Row } from '../../src/warehouse/port.ts';
import type { AnyEngine, Query, Sandbox } from './sandbox.ts';

/** Sections by name; lines sorted. */
export type Snapshot = Readonly<Record<string, readonly string[]>>;

/** The suites' own data ends in 2020. */
const moments = /\b20(?:2[1-9]|[3-9]\d)-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00)?/g;

const text = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(moments, '<moment>');

const lines = (rows: readonly unknown[]): readonly string[] => rows.map(text).toSorted();

interface TableRow {
  readonly schema: string;
  readonly name: string;
  readonly columns: string;
}

interface ColumnRow {
  readonly sch: string;
  readonly tab: string;
  readonly col: string;
}

/** Names of the catalog in capitals, which every engine reads as its own. */
const tablesOf = async (query: Query): Promise<readonly TableRow[]> => {
  const columns =
    (await query(`select c.TABLE_SCHEMA as sch, c.TABLE_NAME as tab, c.COLUMN_NAME || ' ' || c.DATA_TYPE as col
from INFORMATION_SCHEMA.COLUMNS as c
join INFORMATION_SCHEMA.TABLES as t on t.TABLE_CATALOG = c.TABLE_CATALOG and t.TABLE_SCHEMA = c.TABLE_SCHEMA and t.TABLE_NAME = c.TABLE_NAME
where t.TABLE_TYPE = 'BASE TABLE' and c.TABLE_SCHEMA not in ('information_schema', 'pg_catalog', 'main', 'public')
  and c.TABLE_CATALOG = current_database() and left(c.TABLE_SCHEMA, 9) <> 'tidemark_'
order by c.TABLE_SCHEMA, c.TABLE_NAME, c.ORDINAL_POSITION`)) as unknown as readonly ColumnRow[];
  const tables = new Map<string, TableRow>();
  for (const { sch, tab, col } of columns) {
    const name = JSON.stringify([sch, tab]);
    const before = tables.get(name)?.columns;
    tables.set(name, { schema: sch, name: tab, columns: before === undefined ? col : `${before}, ${col}` });
  }
  return [...tables.values()];
};

interface ChangeRow {
  readonly change_id: string;
  readonly source: string;
  readonly key: string;
}

/** A fingerprint also holds numbers of this very database, and when it was taken. */
const lastingPart = ({ fingerprint, ...relation }: Row): Row => {
  if (typeof fingerprint !== 'string') return relation;
  const { shape, cells } = JSON.parse(fingerprint) as { readonly shape: unknown; readonly cells: unknown };
  return { ...relation, shape, cells };
};

/** Change ids are given out in no particular order: a cause is shown as the row that changed. */
const recordsOf = async (query: Query): Promise<Snapshot> => {
  const changes = (await query(
    'select * from tidemark.changes order by change_id',
  )) as unknown as readonly ChangeRow[];
  const named = new Map(changes.map(({ change_id, source, key }) => [Number(change_id), `${source} ${key}`]));
  const audit = await query('select * from tidemark.audit');
  return {
    ledger: lines(changes.map(({ change_id: _, ...change }) => change)),
    audit: lines(
      audit.map(({ causes, ...row }) => {
        const ids = typeof causes === 'string' ? (JSON.parse(causes) as readonly number[]) : [];
        return { ...row, causes: ids.map((id) => named.get(id) ?? `unknown ${id}`).toSorted() };
      }),
    ),
    batches: lines(
      await query(
        'select batch, kind, status, digest, changes, rows, cells, sources, targets, mapping, meta, undone_by from tidemark.batches',
      ),
    ),
    undos: lines(await query('select * from tidemark.undos')),
    holds: lines(await query('select * from tidemark.holds')),
    positions: lines(await query('select * from tidemark.positions')),
    relations: lines((await query('select * from tidemark.relations')).map(lastingPart)),
  };
};

const noRecords: Snapshot = {
  ledger: [],
  audit: [],
  batches: [],
  undos: [],
  holds: [],
  positions: [],
  relations: [],
};

export const snapshot = (sandbox: Sandbox<AnyEngine>): Promise<Snapshot> =>
  sandbox.session(async (query) => {
    const tables = await tablesOf(query);
    const found: Record<string, readonly string[]> = {};
    for (const { schema, name, columns } of tables) {
      if (schema === 'tidemark') continue;
      found[`${schema}.${name} (${columns})`] = lines(await query(`select * from "${schema}"."${name}"`));
    }
    const migrated = tables.some(({ schema, name }) => schema === 'tidemark' && name === 'batches');
    return { ...found, ...(migrated ? await recordsOf(query) : noRecords) };
  });

/** Sections that differ, shortly; empty when the two are the same. */
export const difference = (left: Snapshot, right: Snapshot): readonly string[] =>
  [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((name) => {
    const [mine, other] = [left[name], right[name]];
    if (mine === undefined || other === undefined) return [`${name} is only in one of them`];
    const gone = mine.filter((line) => !other.includes(line));
    const added = other.filter((line) => !mine.includes(line));
    if (gone.length + added.length > 0) return [`${name}: ${JSON.stringify({ gone, added })}`];
    return mine.length === other.length ? [] : [`${name}: ${mine.length} lines, ${other.length} lines`];
  });
