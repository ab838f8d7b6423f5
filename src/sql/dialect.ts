// What the pure SQL builders (detect, reconcile) ask of an engine. Implemented by each adapter under
// `warehouse/`; where engines differ, code asks a capability or one of these functions, never the name.
import type { CompiledQuery } from 'kysely';
import type { Fragment, Statement } from './fragment.ts';
import type { TableName } from './table-name.ts';

type EngineName = 'duckdb' | 'postgres' | 'snowflake';

export interface Column {
  readonly name: string;
  /** The declared type as the engine writes it, with length and scale: `numeric(12,4)`. */
  readonly type: string;
  readonly nullable: boolean;
  /** Computed by the engine: never written by us. */
  readonly generated?: boolean;
  /** An insert may leave it out: a default or an identity fills it. Absent: not known. */
  readonly hasDefault?: boolean;
  /** That default as the catalog writes it; absent where it is none, or numbers rows by itself. */
  readonly default?: string;
  /** Records and reports do not show its values. */
  readonly redacted?: true;
}

export type Lack = 'logs' | 'histories' | 'models' | 'parts of batches';

interface Capabilities {
  /** What batches cannot do there yet: a project that asks for it is refused by name. */
  readonly lacks: readonly Lack[];
  /** How many sessions may work at once; 1 where the engine parallelises inside one. */
  readonly parallelSessions: number;
  /** DDL can be rolled back with the data. */
  readonly transactionalDdl: boolean;
  /** `drop schema` refuses one that holds anything; where not, it takes everything in it along. */
  readonly keepsFilledSchemas: boolean;
  /** Other writers exist while we work: rows and tables can and must be locked for a commit. */
  readonly concurrentWriters: boolean;
  /** Rows and tables can be locked without being written; where not, a write that changes nothing locks its table. */
  readonly locksByReading: boolean;
  /** Changed rows are cheaper to delete and insert whole than to update in place. */
  readonly rewritesRows: boolean;
  /** Scratch needs fresh statistics before it is joined to a big table. */
  readonly wantsAnalyze: boolean;
  /** Mirrors are given indexes on their key and join columns. */
  readonly indexesMirrors: boolean;
}

export interface KeyColumn {
  readonly name: string;
  readonly type: string;
  /** NULL is a value of this key column (declared by the user). */
  readonly nullable: boolean;
}

export interface Dialect {
  readonly engine: EngineName;
  readonly capabilities: Capabilities;
  /** The type our own tables keep JSON in. */
  readonly jsonType: string;
  compile(statement: Statement): CompiledQuery;
  /** Join condition on one key column; hashable, indexable where the column is not nullable. */
  sameKey(left: Fragment, right: Fragment, nullable: boolean): Fragment;
  /** `left` and `right` are different values; NULL is a value; types without equality compare as text. */
  differs(left: Fragment, right: Fragment, type: string): Fragment;
  /** Two floats that are equal but for the order in which numbers were added up; none for types that are exact. */
  nearlySame(left: Fragment, right: Fragment, type: string): Fragment | undefined;
  /** The value converted to the type with its length or scale left open: what an insert into a column of
   *  that type then rounds, or refuses when it would have to cut. */
  convert(value: Fragment, type: string): Fragment;
  /** A text can be read as a value of the type; none where the engine cannot be asked. */
  canRead?(value: Fragment, type: string): Fragment;
  /** One value as canonical JSON text (never SQL NULL: the text `null`). */
  jsonValue(value: Fragment, type: string): Fragment;
  /** The value that a canonical JSON text stands for, exactly: the inverse of `jsonValue`. `json` is a
   *  fragment that yields the JSON scalar as text without quotes (what `->>` gives). */
  fromJsonText(json: Fragment, type: string): Fragment;
  /** The value of that type which a text stands for, as people and JSON write it (times are UTC where they name no
   *  zone); NULL where it is none. Never fails, and does not read the clock. */
  tryConvert(text: Fragment, type: string): Fragment;
  readonly json: JsonObjects;
  /** The instant so many microseconds after 1970 (a bigint). */
  instantOf(microseconds: Fragment): Fragment;
  /** Ends a sub-query whose expressions are not to be worked out anew for each use that is made of them. */
  readonly fence: Fragment;
  /** Aggregate over rows: the value in the last of those rows for which `where` is true, by `order`. */
  last(value: Fragment, type: string, of: { readonly where: Fragment; readonly order: Fragment }): Fragment;
  /** The same of the first of them; without `where`, of the first of all rows. */
  first(value: Fragment, of: { readonly where?: Fragment; readonly order: Fragment }): Fragment;
  /** The SHA-256 of a text, as hex. */
  sha256(text: Fragment): Fragment;
  /** A member of a JSON object as text without quotes (`->>`); NULL where it is absent, or JSON's null. */
  jsonText(json: Fragment, name: string): Fragment;
  /** The object has a member of this name, whatever its value; NULL where there is no object. */
  jsonHas(json: Fragment, name: string): Fragment;
  /** The object with a text as this member, whose other members stay, NULLs too. */
  jsonWith(json: Fragment, name: string, text: Fragment): Fragment;
  /** As rows, the names of the members of a JSON object. */
  jsonNames(json: Fragment): Fragment;
  /** The rows of a file, each with its number and as an object of texts; none where the engine reads no files of this
   *  machine. */
  fileRows?(path: string, format: 'csv' | 'json' | 'parquet'): Fragment;
  /** As rows, the whole numbers of a JSON array. */
  jsonNumbers(json: Fragment): Fragment;
  /** Aggregate over rows: a text that depends on the multiset of the rows' values, not on their order. */
  digest(values: readonly Fragment[]): Fragment;
  /** Aggregates over the keys of rows, numbers that all agree for equal multisets of keys and practically never for
   *  others; undefined where a look at the keys themselves costs no more. */
  keySums(values: readonly Fragment[], types: readonly string[]): readonly Fragment[] | undefined;
  /** The number, from 0 to below a power of two, of the part that a row with these values belongs to. */
  part(values: readonly Fragment[], parts: number): Fragment;
  /** The clock of the warehouse, not of the transaction. */
  clock(): Fragment;
  /** Milliseconds from one instant to a later one, as a float; instants are finite. */
  elapsedMs(from: Fragment, to: Fragment): Fragment;
  /** An instant, and none of the infinite ones. */
  isFinite(moment: Fragment): Fragment;
  /** `moment` moved back by a length of time. */
  minus(moment: Fragment, milliseconds: number): Fragment;
  /** A table of ours that lives no longer than this batch. */
  createScratch(name: TableName, columns: readonly ScratchColumn[]): Fragment;
  dropScratch(name: TableName): Fragment;
  /** A row where an index is there, or cannot be made because the table is not ours to change; left out where whoever
   *  writes a table may also index it. */
  indexSettled?(table: TableName, index: string): Fragment;
  /** A row where this database has a table of that name. */
  tableNamed(name: TableName): Fragment;
  /** A row where this database has a schema of that name; left out where making one anew asks for no further right. */
  schemaNamed?(name: string): Fragment;
  analyze(name: TableName): Fragment;
  /** The base of a type without length, precision or scale, lower case: `numeric`, `varchar`. */
  baseType(type: string): string;
}

/** A member of the objects that were opened: its name, and its place among those that were asked for. */
export interface JsonMemberPlace {
  readonly name: string;
  readonly place: number;
}

/** JSON objects that a column holds, as JSON or as text, read member by member. */
export interface JsonObjects {
  /** The object made ready to be read; NULL where there is none. Worked out once per row behind a fence. */
  open(column: Fragment, type: string, members: readonly string[]): Fragment;
  isObject(opened: Fragment): Fragment;
  /** The column holds something, and it is neither an object nor JSON's null. */
  isBroken(column: Fragment, type: string, opened: Fragment): Fragment;
  /** A member is there, be it null. */
  has(opened: Fragment, member: JsonMemberPlace): Fragment;
  /** A member is written as a number. */
  isNumber(opened: Fragment, member: JsonMemberPlace): Fragment;
  /** A member as the text that `tryConvert` reads; NULL where it is null or missing. `column` as for `open`. */
  text(
    opened: Fragment,
    member: JsonMemberPlace,
    of: { readonly column: Fragment; readonly type: string },
  ): Fragment;
}

export interface ScratchColumn {
  readonly name: string;
  readonly type: string;
}
