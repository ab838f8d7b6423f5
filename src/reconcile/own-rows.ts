// A target rooted in its own rows, compared in one pass: what each row should hold is computed beside what it holds.
import { commas, ors, id, sql, table, type Fragment } from '../sql/fragment.ts';
import { afterName, guardName } from '../sql/images.ts';
import { held, partOf } from './checksums.ts';
import { desiredAs, desiredKey } from './desired/desired.ts';
import { keptWhenMissing } from './desired/kept.ts';
import { imageShapeOf, keepName, type TargetWork } from './target-work.ts';

export interface OwnRowsFound {
  /** Rows that the target holds, and rows that its joins make of them. */
  readonly held: string;
  readonly made: string;
  readonly different: string;
}

/** Every row of the target is one desired row, unless a look-up matches twice: then there are more. */
export const isOwn = ({ target }: TargetWork): boolean =>
  target.form.kind === 'fact' &&
  target.root.kind === 'this' &&
  target.where === undefined &&
  target.joins.every(({ type }) => type !== 'inner');

/** What the row holds goes along with it. */
const besides = (work: TargetWork): TargetWork => ({
  ...work,
  scratch: { ...work.scratch, images: { ...work.scratch.images, guards: work.target.columns } },
});

const differing = (work: TargetWork): Fragment => {
  const { dialect, target, scratch } = work;
  const shape = imageShapeOf(target);
  return ors(
    target.columns.map((column, place) => {
      const { name, type } = column;
      const is = id('d', guardName(scratch.images, name));
      const differs = dialect.differs(is, held(dialect, id('d', afterName(shape, name)), type), type);
      return keptWhenMissing(work, column).length === 0
        ? differs
        : sql`(not ${id('d', keepName(place))} and ${differs})`;
    }),
  );
};

const rowsOf = (work: TargetWork): Fragment =>
  work.within === undefined
    ? desiredAs(work, 'd')
    : sql`(select d.* from ${desiredAs(work, 'd')} where ${work.within(desiredKey(work, 'd'))}) as d`;

export const compareOwnRows = (asked: TargetWork): Fragment => {
  const work = besides(asked);
  const { target, within } = work;
  const limited = within === undefined ? sql`` : sql` where ${within((name) => id('t', name))}`;
  return sql`select ${commas([
    sql`(select count(*) from ${table(target.table)} as t${limited}) as held`,
    sql`count(*) as made`,
    sql`count(*) filter (where ${differing(work)}) as different`,
  ])}\nfrom ${rowsOf(work)}`;
};

/** The parts in which rows differ. */
export const differingParts = (asked: TargetWork, parts: number): Fragment => {
  const work = besides(asked);
  return sql`select distinct ${partOf(work, desiredKey(work, 'd'), parts)} as part\nfrom ${rowsOf(work)} where ${differing(work)}`;
};
