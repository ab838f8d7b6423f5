// The rows that a target should hold, cast to its types: the one place where the kinds of targets differ.
import type { MappedColumn, TargetForm } from '../../dictionary/dictionary.ts';
import type { ScratchColumn } from '../../sql/dialect.ts';
import { commas, id, sql, table, type Fragment } from '../../sql/fragment.ts';
import { afterName, guardName, keyName } from '../../sql/images.ts';
import { imageShapeOf, keepName, rootKeyName, rootView, type TargetWork } from '../target-work.ts';
import { aggregateRows, aggregateValues, isGrouped } from './aggregate.ts';
import { factRows, factValues, type ValuesWish } from './fact.ts';
import { keptWhenMissing } from './kept.ts';
import { rootRows } from './root.ts';

interface Kind {
  /** Desired rows, in the order of `desiredColumns`. */
  readonly rows: (work: TargetWork, root: Fragment) => Fragment;
  /** Some mapped columns of them. */
  readonly values: (work: TargetWork, root: Fragment, wish: ValuesWish) => Fragment;
}

/** Versions follow from events, not from rows of relations: see ../history/timeline.ts. */
const fromEvents = (work: TargetWork): never => {
  throw new RangeError(`the versions of ${work.target.name} are no rows of its root`);
};

const kinds: Readonly<Record<TargetForm['kind'], Kind>> = {
  fact: { rows: factRows, values: factValues },
  aggregate: { rows: aggregateRows, values: aggregateValues },
  history: { rows: fromEvents, values: factValues },
};

export const desiredColumns = (work: TargetWork): readonly ScratchColumn[] => {
  const { target } = work;
  const shape = imageShapeOf(target);
  const { guards = [] } = work.scratch.images;
  return [
    ...target.key.map((column) => ({ name: keyName(shape, column.name), type: column.type })),
    ...shape.columns.map((column) => ({ name: afterName(shape, column.name), type: column.type })),
    ...target.columns.flatMap((column, place) =>
      keptWhenMissing(work, column).length > 0 ? [{ name: keepName(place), type: 'boolean' }] : [],
    ),
    // A group has no row of the root to itself.
    ...(isGrouped(work) ? [] : rootView(work).key).map((column, place) => ({
      name: rootKeyName(place),
      type: column.type,
    })),
    ...guards.map(({ name, type }) => ({ name: guardName(work.scratch.images, name), type })),
  ];
};

const columnNames = (work: TargetWork): Fragment =>
  commas(desiredColumns(work).map((column) => id(column.name)));

/** As a table, under this alias and the names of `desiredColumns`. */
export const desiredAs = (work: TargetWork, alias: string, root: Fragment = rootRows(work)): Fragment =>
  sql`(${kinds[work.target.form.kind].rows(work, root)}) as ${id(alias)}(${columnNames(work)})`;

/** A key column of desired rows. */
export const desiredKey =
  ({ target }: TargetWork, alias: string) =>
  (name: string): Fragment =>
    id(alias, keyName(imageShapeOf(target), name));

export const fillDesired = (work: TargetWork, root: Fragment = rootRows(work)): Fragment => {
  const { within } = work;
  const rows =
    within === undefined
      ? kinds[work.target.form.kind].rows(work, root)
      : sql`select w.* from ${desiredAs(work, 'w', root)} where ${within(desiredKey(work, 'w'))}`;
  return sql`insert into ${table(work.scratch.desired)} (${columnNames(work)})\n${rows}`;
};

/** One mapped column of some root rows: what a search for a failing expression evaluates. */
export const fillColumn = (work: TargetWork, root: Fragment, column: MappedColumn): Fragment =>
  sql`insert into ${table(work.scratch.desired)} (${id(afterName(imageShapeOf(work.target), column.name))})
${desiredValues(work, root, {
  columns: [column],
  shown: (each, value) => work.dialect.convert(value, each.type),
  filtered: true,
})}`;

export const desiredValues = (work: TargetWork, root: Fragment, wish: ValuesWish): Fragment =>
  kinds[work.target.form.kind].values(work, root, wish);
