// Checksums of what a target should hold and of what it holds, whole or in parts of its keys: where they are equal, so are
// the rows, and nothing of them has to be kept or compared one by one. Different checksums prove nothing: the rows of
// those parts are looked at.
import type { Column, Dialect } from '../sql/dialect.ts';
import { commas, id, ors, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { afterName } from '../sql/images.ts';
import { desiredAs, desiredKey } from './desired/desired.ts';
import { imageShapeOf, type TargetWork, type Within } from './target-work.ts';

export interface ChecksumRow {
  readonly part: number;
  readonly digest: string;
  /** Rows whose key is NULL and must not be; of the table. */
  readonly nulls?: string;
}

/** Equal values of these have one text, so that both sides put a key into the same part. */
const settledTypes =
  /^(?:tinyint|smallint|integer|int|bigint|hugeint|date|uuid|boolean|varchar|text|character varying|timestamp)/;

/** The key columns that say in which part a row is; none where equal keys may be written in several ways. */
const parting = ({ dialect, target }: TargetWork): readonly Column[] =>
  target.key.filter(({ type }) => settledTypes.test(dialect.baseType(type)));

export const canPart = (work: TargetWork): boolean => parting(work).length > 0;

export const partOf = (work: TargetWork, key: (name: string) => Fragment, parts: number): Fragment =>
  work.dialect.part(
    parting(work).map(({ name }) => key(name)),
    parts,
  );

export const inParts =
  (work: TargetWork, parts: number, chosen: readonly number[]): Within =>
  (key) =>
    sql`${partOf(work, key, parts)} in (${commas(chosen.map((part) => sql.lit(part)))})`;

export const bothWithin = (one: Within | undefined, other: Within | undefined): Within | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  return (key) => sql`(${one(key)}) and (${other(key)})`;
};

const cutTypes = /^(?:n?varchar|text|n?char|character|bpchar|string|bit|citext)/;

/** As the column would hold it. A text is left whole, as a cast would cut what does not fit and make it equal. */
export const held = (dialect: Dialect, value: Fragment, type: string): Fragment =>
  cutTypes.test(dialect.baseType(type)) ? value : sql`cast(${value} as ${verbatim(type)})`;

/** Thirty days and a month have one hash. */
const told = (dialect: Dialect, value: Fragment, type: string): Fragment =>
  dialect.baseType(type) === 'interval' ? sql`cast(${value} as varchar)` : value;

const grouped = (part: Fragment | undefined, digest: Fragment, from: Fragment): Fragment =>
  part === undefined
    ? sql`select 0 as part, ${digest} as digest ${from}`
    : sql`select x.part, ${digest} as digest ${from} group by x.part`;

/** `parts`: 1 is one checksum over all. */
export const desiredChecksums = (work: TargetWork, parts: number): Fragment => {
  const { dialect, target, within } = work;
  const shape = imageShapeOf(target);
  const key = desiredKey(work, 'd');
  const keys = target.key.map(({ name, type }) => ({ value: held(dialect, key(name), type), type }));
  const cells = shape.columns.map(({ name, type }) => ({
    value: held(dialect, id('d', afterName(shape, name)), type),
    type,
  }));
  const values = [...keys, ...cells].map(({ value, type }) => told(dialect, value, type));
  const where = within === undefined ? sql`` : sql`\nwhere ${within(key)}`;
  const from = sql`from ${desiredAs(work, 'd')}${where}`;
  if (parts === 1) return grouped(undefined, dialect.digest(values), sql`\n${from}`);
  const heldKey = (name: string): Fragment =>
    held(dialect, key(name), target.key.find((column) => column.name === name)?.type ?? 'varchar');
  const inner = sql`(select ${commas([
    sql`${partOf(work, heldKey, parts)} as part`,
    ...values.map((value, place) => sql`${value} as ${id(`v${place}`)}`),
  ])}\n${from}) as x`;
  const outer = values.map((_, place) => id('x', `v${place}`));
  return grouped(sql`x.part`, dialect.digest(outer), sql`from ${inner}`);
};

export const tableChecksums = (work: TargetWork, parts: number): Fragment => {
  const { dialect, target, within } = work;
  const columns = [...target.key, ...imageShapeOf(target).columns];
  const key = (name: string): Fragment => id('x', name);
  const digest = dialect.digest(columns.map(({ name, type }) => told(dialect, key(name), type)));
  const where = within === undefined ? sql`` : sql` where ${within(key)}`;
  const strict = target.key.filter(
    ({ name, nullable }) =>
      !nullable && target.tableColumns.some((column) => column.name === name && column.nullable),
  );
  const nulls = ors(strict.map(({ name }) => sql`${key(name)} is null`));
  const of = sql`from ${table(target.table)} as x${where}`;
  return parts === 1
    ? sql`select 0 as part, ${digest} as digest, count(*) filter (where ${nulls}) as nulls ${of}`
    : sql`select ${partOf(work, key, parts)} as part, ${digest} as digest ${of} group by 1`;
};
