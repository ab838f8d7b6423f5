// A target cut into slices of its keys, one after the other, so that a proof can stop and go on: by ranges of a key column
// where its values have one order, else in parts by hash; a history is one slice.
import type { Target } from '../../dictionary/dictionary.ts';
import { canPart, inParts } from '../../reconcile/checksums.ts';
import type { TargetWork, Within } from '../../reconcile/target-work.ts';
import type { KeyColumn } from '../../sql/dialect.ts';
import { id, ors, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import type { Pass } from '../../store/verified.ts';
import type { BatchContext } from '../context.ts';

const rowsPerSlice = 500_000;
const partsOfAll = 16;

const orderedTypes = /^(?:tinyint|smallint|integer|int|bigint|hugeint|date|timestamp|decimal|numeric)/;

interface Slice {
  readonly within: Within | undefined;
  /** Where the next one begins; none after the last. */
  readonly next: Pick<Pass, 'after' | 'parts'> | undefined;
}

/** The key column whose ranges the slices are. */
export const rangeColumn = (context: BatchContext, { key, form }: Target): KeyColumn | undefined =>
  form.kind === 'history'
    ? undefined
    : key.find(({ type }) => orderedTypes.test(context.warehouse.dialect.baseType(type)));

interface From {
  readonly after: string | null;
  /** Of a slice. */
  readonly rows: number;
}

const readBound = async (
  context: BatchContext,
  target: Target,
  column: KeyColumn,
  { after, rows }: From,
): Promise<string | undefined> => {
  if (!target.exists) return undefined;
  const name = id('t', column.name);
  const from = after === null ? sql`` : sql` and ${name} > cast(${after} as ${verbatim(column.type)})`;
  const [row] = await context.warehouse.session((session) =>
    session.rows<{ bound: string }>(
      sql`select cast(${name} as varchar) as bound from ${table(target.table)} as t where ${name} is not null${from} order by ${name} limit 1 offset ${sql.lit(rows)}`,
    ),
  );
  return row?.bound;
};

const ranged = async (
  context: BatchContext,
  target: Target,
  column: KeyColumn,
  from: From,
): Promise<Slice> => {
  const { after } = from;
  const bound = await readBound(context, target, column, from);
  const typed = (text: string): Fragment => sql`cast(${text} as ${verbatim(column.type)})`;
  if (after === null && bound === undefined) return { within: undefined, next: undefined };
  const within: Within = (key) => {
    const value = key(column.name);
    const above = after === null ? sql`` : sql`${value} > ${typed(after)}`;
    // What has no key belongs to the end, where it is found out.
    if (bound === undefined) return ors([above, sql`${value} is null`]);
    return after === null ? sql`${value} <= ${typed(bound)}` : sql`${above} and ${value} <= ${typed(bound)}`;
  };
  return { within, next: bound === undefined ? undefined : { after: bound, parts: 0 } };
};

export const sliceAfter = async (
  context: BatchContext,
  work: TargetWork,
  { after, parts }: Pick<Pass, 'after' | 'parts'>,
  rows = rowsPerSlice,
): Promise<Slice> => {
  const column = rangeColumn(context, work.target);
  if (column !== undefined) return ranged(context, work.target, column, { after, rows });
  if (work.target.form.kind === 'history' || !canPart(work)) return { within: undefined, next: undefined };
  const last = parts + 1 >= partsOfAll;
  return {
    within: inParts(work, partsOfAll, [parts]),
    next: last ? undefined : { after: null, parts: parts + 1 },
  };
};
