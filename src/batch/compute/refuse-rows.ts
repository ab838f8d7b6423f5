// Rows that must not be written: without a key, with somebody else's key, multiplied by a look-up, or with NULL
// where the column takes none. Each refusal names the rows and the line of the mapping.
import { outsideOf } from '../../dictionary/branches.ts';
import type { Join } from '../../dictionary/dictionary.ts';
import { manyOn } from '../../dictionary/many-joins.ts';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import {
  duplicateImages,
  duplicateTargetKeys,
  multipliedBy,
  nullTargetKeys,
  nullValues,
  repeatedKeys,
  repeatedRootRows,
  rowsWithoutKey,
  unseenLookUps,
} from '../../reconcile/checks.ts';
import { refsOf } from '../../graph/reads.ts';
import { isGrouped } from '../../reconcile/desired/aggregate.ts';
import { rootView, type TargetWork } from '../../reconcile/target-work.ts';
import { showTable } from '../../sql/table-name.ts';
import type { Row, Session } from '../../warehouse/port.ts';

/** How many rows a message names. */
const named = 5;

const showValue = (value: unknown): string =>
  value === null ? 'NULL' : typeof value === 'string' ? value : JSON.stringify(value);

const showRow = (row: Row): string =>
  Object.entries(row)
    .filter(([name]) => !name.startsWith('tidemark.'))
    .map(([name, value]) => `${name}=${showValue(value)}`)
    .join(', ');

export const showRows = (rows: readonly Row[]): string => rows.map((row) => `(${showRow(row)})`).join(', ');

const withoutMarks = (rows: readonly Row[]): readonly Row[] =>
  rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('tidemark.'))),
  );

const relationName = (work: TargetWork): string =>
  work.target.root.kind === 'this' ? showTable(work.target.table) : work.target.root.relation;

/** Which look-up turns one row into several. */
export const ambiguousLookUp = async (
  session: Session,
  work: TargetWork,
  joins: readonly Join[] = work.target.joins,
): Promise<TidemarkError | undefined> => {
  for (const join of joins) {
    const rows = await session.rows(multipliedBy(work, join, named));
    if (rows.length === 0) continue;
    return new TidemarkError('ambiguous_lookup', {
      message: `target \`${work.target.name}\`: look-up \`${join.alias}\` matches more than one row for ${relationName(work)} ${showRows(rows)}`,
      hint: `the condition \`${join.on.text.trim()}\` must find at most one row of \`${join.relation}\`: add the columns that make it unique`,
      at: join.on.at,
      details: { target: work.target.name, alias: join.alias, rows },
    });
  }
  return undefined;
};

/** A group that would be two: something beside its key has several values. */
const severalValues = (work: TargetWork, shared: readonly Row[]): TidemarkError => {
  const { target } = work;
  const isKey = (name: string): boolean => target.key.some((part) => part.name === name);
  const outside = target.columns.filter(
    (column) => !isKey(column.name) && refsOf(outsideOf(column)).length > 0,
  );
  const names = outside.map(({ name }) => `\`${name}\``).join(', ');
  return new TidemarkError('duplicate_target_key', {
    message: `target \`${target.name}\`: ${names} would have more than one value for ${showRows(shared)}`,
    hint: 'aggregate it, for example by `max(…)`, or make it a part of the key',
    at: outside[0]?.expression.at ?? target.at,
    details: { target: target.name, keys: withoutMarks(shared) },
  });
};

const keyPosition = (work: TargetWork) =>
  work.target.columns.find((column) => work.target.key.some((part) => part.name === column.name))?.expression
    .at ?? work.target.at;

const repeatedRoot = (work: TargetWork, twice: readonly Row[]): TidemarkError => {
  const { target } = work;
  return new TidemarkError('duplicate_target_key', {
    message: `target \`${target.name}\`: \`${relationName(work)}\` holds a key more than once: ${showRows(twice)}`,
    hint: 'remove the duplicates there, or name all columns of the key',
    at: target.at,
    details: { target: target.name, keys: withoutMarks(twice) },
  });
};

/** Refuses matches of a look-up that no row of the result shows. */
export const refuseUnseen = async (session: Session, work: TargetWork): Promise<void> => {
  const unseen = await ambiguousLookUp(session, work, unseenLookUps(work));
  if (unseen !== undefined) throw unseen;
};

/** Refuses desired rows that have no key of their own. */
export const refuseBadRows = async (session: Session, work: TargetWork): Promise<void> => {
  const { target } = work;
  const nulls = nullTargetKeys(work, named);
  const withoutKey = nulls === undefined ? [] : await session.rows(nulls);
  if (withoutKey.length > 0) {
    const rows = isGrouped(work) ? await session.rows(rowsWithoutKey(work, named)) : withoutKey;
    throw new TidemarkError('null_target_key', {
      message: `target \`${target.name}\`: the key would be NULL for ${relationName(work)} ${showRows(rows)}`,
      hint: 'leave such rows out with `where:`, or declare the key column with `{ column: …, nullable: true }`',
      at: keyPosition(work),
      details: { target: target.name, rows },
    });
  }
  await refuseUnseen(session, work);
  const shared = await session.rows(duplicateTargetKeys(work, named));
  if (shared.length === 0) return;
  const single = target.joins.filter((join) => manyOn(target.joins, [join.alias]).size === 0);
  const ambiguous = await ambiguousLookUp(session, work, single);
  if (ambiguous !== undefined) throw ambiguous;
  // A row of the root that is there twice needs no look-up to be doubled.
  const repeated = await session.rows(repeatedRootRows(work, named));
  if (repeated.length > 0) throw repeatedRoot(work, repeated);
  if (isGrouped(work)) throw severalValues(work, shared);
  throw new TidemarkError('duplicate_target_key', {
    message: `target \`${target.name}\`: several rows of ${relationName(work)} would share a key: ${showRows(shared)}`,
    hint: `the key must tell the rows of \`${relationName(work)}\` (key ${rootView(work)
      .key.map((column) => column.name)
      .join(', ')}) apart`,
    at: keyPosition(work),
    details: { target: target.name, keys: withoutMarks(shared) },
  });
};

const refuseRepeated = ({ target }: TargetWork, twice: readonly Row[]): void => {
  if (twice.length === 0) return;
  throw new TidemarkError('duplicate_target_key', {
    message: `\`${showTable(target.table)}\` holds a key more than once: ${showRows(twice)}`,
    hint: `name the columns that identify a row under \`key:\`, or remove the duplicates`,
    at: target.at,
    details: { target: target.name, keys: withoutMarks(twice) },
  });
};

/** Rows of one key that are alike make no images, however often they are there. */
export const refuseRepeatedRows = async (session: Session, work: TargetWork): Promise<void> => {
  const { target, scope } = work;
  if (scope !== 'all' || !target.exists || target.keyIsEnforced) return;
  refuseRepeated(work, await session.rows(repeatedKeys(target.table, target.key, named, work.within)));
};

/** Refuses images that the target's table cannot take. */
export const refuseBadImages = async (session: Session, work: TargetWork): Promise<void> => {
  const { target, scratch } = work;
  refuseRepeated(work, await session.rows(duplicateImages(scratch.images, named)));
  const nulls = nullValues(work, named);
  const rows = nulls === undefined ? [] : await session.rows(nulls);
  const [first] = rows;
  if (first === undefined) return;
  const column = target.columns.find((each) => each.name === first['tidemark.column']);
  throw new TidemarkError('value_does_not_fit', {
    message: `target \`${target.name}\`: \`${String(first['tidemark.column'])}\` is NOT NULL and would be NULL in ${showRows(rows)}`,
    hint: 'give it a value with `coalesce(…, …)`, or leave such rows out with `where:`',
    at: column?.expression.at ?? target.at,
    details: { target: target.name, column: first['tidemark.column'], keys: withoutMarks(rows) },
  });
};
