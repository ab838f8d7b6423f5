// What a batch leaves behind for people: the audit of every cell it wrote into a target, and the ledger of what
// had changed in the sources. Both are one insert per relation, from the images.
import type { TouchColumn } from '../dictionary/dictionary.ts';
import { call } from '../sql/call.ts';
import type { Column, Dialect } from '../sql/dialect.ts';
import { commas, id, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { afterName, beforeName, keyName, type ImageTable } from '../sql/images.ts';
import { jsonObject, type JsonMember } from '../sql/json.ts';
import { recordedJson } from '../sql/redacted.ts';
import { keysMatch, rowOfImage } from '../sql/keys.ts';
import type { TableName } from '../sql/table-name.ts';
import type { Restored } from '../sql/undone.ts';
import type { ImageSummary } from './relation-view.ts';
import { isRestored, joinRestored, restoredValue } from './undo/restored.ts';

interface RecordOfImages {
  readonly dialect: Dialect;
  /** The audit or ledger table. */
  readonly into: TableName;
  readonly batch: number;
  readonly relation: string;
  readonly images: ImageTable;
  readonly summary: ImageSummary;
  /** What redacted values are hidden with. */
  readonly redactKey?: string | undefined;
}

const asJson = (dialect: Dialect, text: Fragment): Fragment =>
  sql`cast(${text} as ${verbatim(dialect.jsonType)})`;

const recorded = ({ dialect, redactKey }: RecordOfImages, column: Column, value: Fragment): Fragment =>
  recordedJson(dialect, column, value, redactKey);

const keyObject = ({ dialect, images }: RecordOfImages): Fragment =>
  jsonObject(
    images.key.map((column) => ({
      name: column.name,
      value: dialect.jsonValue(id('i', keyName(images, column.name)), column.type),
    })),
  );

type Side = (images: ImageTable, column: string) => string;

const allColumns = (record: RecordOfImages, side: Side): readonly JsonMember[] =>
  record.images.columns.map((column) => ({
    name: column.name,
    value: recorded(record, column, id('i', side(record.images, column.name))),
  }));

const differs = ({ dialect, images }: RecordOfImages, column: Column): Fragment =>
  dialect.differs(
    id('i', beforeName(images, column.name)),
    id('i', afterName(images, column.name)),
    column.type,
  );

/** Of an updated row, the columns that differ; `always` one more. */
const changedColumns = (record: RecordOfImages, side: Side, always?: string): readonly JsonMember[] =>
  record.images.columns
    .filter((column) => column.name === always || record.summary.columns.has(column.name))
    .map((column) => ({
      name: column.name,
      value: recorded(record, column, id('i', side(record.images, column.name))),
      ...(column.name === always ? {} : { when: differs(record, column) }),
    }));

export interface LedgerEntry extends RecordOfImages {
  /** The change id of the image numbered 0. */
  readonly firstChange: number;
  /** The column that says who changed the row: kept of every change, also where it is the same person again. */
  readonly actor?: string | undefined;
}

export const insertLedger = (entry: LedgerEntry): Fragment => {
  const { dialect, images, summary } = entry;
  const names = images.columns
    .filter((column) => summary.columns.has(column.name))
    .map(
      (column) => sql`case when ${differs(entry, column)} then ${sql.lit(JSON.stringify(column.name))} end`,
    );
  const columns = names.length === 0 ? sql`'[]'` : sql`'[' || ${joinNames(names)} || ']'`;
  const before = sql`case i.op when 'U' then ${jsonObject(changedColumns(entry, beforeName, entry.actor))} when 'D' then ${jsonObject(allColumns(entry, beforeName))} end`;
  const after = sql`case i.op when 'U' then ${jsonObject(changedColumns(entry, afterName, entry.actor))} when 'I' then ${jsonObject(allColumns(entry, afterName))} end`;
  return sql`insert into ${table(entry.into)} (change_id, batch, source, operation, declared, key, before, after, columns)
select ${sql.lit(entry.firstChange)} + i.seq, ${sql.lit(entry.batch)}, ${sql.lit(entry.relation)}, i.op, i.declared, ${commas(
    [
      asJson(dialect, keyObject(entry)),
      asJson(dialect, before),
      asJson(dialect, after),
      asJson(dialect, sql`case when i.op = 'U' then ${columns} end`),
    ],
  )} from ${table(images.table)} as i`;
};

const joinNames = (names: readonly Fragment[]): Fragment => {
  const chunks: Fragment[] = [];
  for (let start = 0; start < names.length; start += 50) {
    chunks.push(sql`nullif(${call('concat_ws', [sql`','`, ...names.slice(start, start + 50)])}, '')`);
  }
  return call('concat_ws', [sql`','`, ...chunks]);
};

export interface AuditEntry extends RecordOfImages {
  /** Where the rows are read as they were: the target, or scratch that holds them. */
  readonly target: TableName;
  readonly tableColumns: readonly Column[];
  readonly touch: readonly TouchColumn[];
  readonly moment: string;
  /** Pairs (key, change number) of this batch; none when no single change is the reason. */
  readonly causes?: TableName | undefined;
  /** The change id of change number 0. */
  readonly firstChange: number;
  /** Inserted rows that come back with columns that no image carries. */
  readonly restored?: Restored | undefined;
}

/** The row itself is read where the images do not carry what must be kept: all of a deleted row, touched cells. */
const rowIsRead = (entry: AuditEntry): boolean => entry.summary.deleted > 0 || entry.touch.length > 0;

const touchMembers = (entry: AuditEntry, value: (touch: TouchColumn) => Fragment): readonly JsonMember[] =>
  entry.touch.map((touch) => ({
    name: touch.name,
    value: entry.dialect.jsonValue(value(touch), touch.type),
  }));

/** The rows as they are, from here to the end of the commit: what the audit says of them stays true. */
const lockedRows = ({ dialect, images, summary, touch, target }: AuditEntry): Fragment => {
  const columns =
    summary.deleted > 0 ? sql`t.*` : commas([...images.key, ...touch].map(({ name }) => id('t', name)));
  return sql`select ${columns} from ${table(target)} as t join ${table(images.table)} as i on i.op <> 'I' and ${rowOfImage(dialect, images, 't', 'i')} for update of t`;
};

/** An inserted row finds none of its key, or its guarded insert fails: the join needs no condition on the
 *  operation, which would keep DuckDB from hashing it (11 s instead of 0.03 s on 5 M rows). */
export const insertAudit = (entry: AuditEntry): Fragment => {
  const { dialect, images } = entry;
  const touchedNow = touchMembers(entry, (touch) =>
    touch.value === 'now'
      ? sql`cast(cast(${entry.moment} as timestamptz) as ${verbatim(touch.type)})`
      : sql`cast(${touch.value.constant === null ? null : String(touch.value.constant)} as ${verbatim(touch.type)})`,
  );
  const touchedBefore = touchMembers(entry, (touch) => id('t', touch.name));
  const wholeRow = entry.tableColumns.map((column) => ({
    name: column.name,
    value: rowIsRead(entry) ? recorded(entry, column, id('t', column.name)) : sql`'null'`,
  }));
  const beforeUpdate = jsonObject([...changedColumns(entry, beforeName), ...touchedBefore]);
  const deleted = entry.summary.deleted > 0 ? sql` when 'D' then ${jsonObject(wholeRow)}` : verbatim('');
  const before = sql`case i.op when 'U' then ${beforeUpdate}${deleted} end`;
  const after = sql`case i.op when 'U' then ${jsonObject([...changedColumns(entry, afterName), ...touchedNow])} when 'I' then ${jsonObject([...allColumns(entry, afterName), ...touchedNow, ...restoredMembers(entry)])} end`;
  const isLocked = rowIsRead(entry) && dialect.capabilities.locksByReading;
  const rows = isLocked ? sql`held` : table(entry.target);
  const row = rowIsRead(entry)
    ? sql`\nleft join ${rows} as t on ${rowOfImage(dialect, images, 't', 'i')}`
    : verbatim('');
  return sql`insert into ${table(entry.into)} (batch, target, operation, key, before, after, causes)
${isLocked ? sql`with held as materialized (${lockedRows(entry)})\n` : verbatim('')}select ${sql.lit(entry.batch)}, ${sql.lit(entry.relation)}, i.op, ${commas(
    [
      asJson(dialect, keyObject(entry)),
      asJson(dialect, before),
      asJson(dialect, after),
      asJson(dialect, entry.causes === undefined ? sql`null` : sql`c.causes`),
    ],
  )} from ${table(images.table)} as i${row}${causesJoin(entry)}${restoredJoin(entry)}`;
};

const restoredMembers = ({ dialect, restored }: AuditEntry): readonly JsonMember[] =>
  (restored?.columns ?? []).map((column) => ({
    name: column.name,
    value: dialect.jsonValue(restoredValue(dialect, column), column.type),
    when: isRestored,
  }));

const restoredJoin = ({ dialect, images, restored }: AuditEntry): Fragment =>
  restored === undefined ? verbatim('') : sql`\n${joinRestored(dialect, restored.undone, images)}`;

const causesJoin = (entry: AuditEntry): Fragment => {
  if (entry.causes === undefined) return verbatim('');
  const { dialect, images } = entry;
  const key = commas(images.key.map((column) => id('x', keyName(images, column.name))));
  const match = keysMatch(
    dialect,
    images.key,
    (name) => id('i', keyName(images, name)),
    (name) => id('c', keyName(images, name)),
  );
  const cause = sql`distinct cast(x.cause + ${sql.lit(entry.firstChange)} as varchar)`;
  return sql`
left join (select ${key}, '[' || ${call('string_agg', [cause, sql`','`])} || ']' as causes
  from ${table(entry.causes)} as x group by ${key}) as c on ${match}`;
};
