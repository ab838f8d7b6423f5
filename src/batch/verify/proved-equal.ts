// Whether a target holds what it should, by checksums: over all of it first, then in parts, so that rows are looked at one
// by one only where something differs.
import { isTidemarkError } from '../../errors/tidemark-error.ts';
import { repeatedKeys } from '../../reconcile/checks.ts';
import {
  bothWithin,
  canPart,
  desiredChecksums,
  inParts,
  tableChecksums,
  type ChecksumRow,
} from '../../reconcile/checksums.ts';
import { rowsIn } from '../../reconcile/fingerprint.ts';
import { compareOwnRows, differingParts, isOwn, type OwnRowsFound } from '../../reconcile/own-rows.ts';
import type { TargetWork, Within } from '../../reconcile/target-work.ts';
import type { BatchContext } from '../context.ts';
import { refuseUnseen } from '../compute/refuse-rows.ts';

type Checksummed =
  | { readonly kind: 'equal'; readonly rows: number }
  /** Of which keys every row has to be looked at; `rows` that the table holds. */
  | { readonly kind: 'look'; readonly within: Within | undefined; readonly rows: number | undefined };

const parts = 256;
/** More of them cost as much as looking at all rows. */
const mostParts = parts / 2;

interface Sides {
  readonly desired: readonly ChecksumRow[];
  readonly table: readonly ChecksumRow[];
}

/** Both sides at once where the engine can. */
const readSides = async (context: BatchContext, work: TargetWork, count: number): Promise<Sides> => {
  const { warehouse } = context;
  const [desired, table] = await Promise.all([
    warehouse.session((session) => session.rows<ChecksumRow>(desiredChecksums(work, count))),
    warehouse.session((session) => session.rows<ChecksumRow>(tableChecksums(work, count))),
  ]);
  return { desired, table };
};

const rowsOf = (sums: readonly ChecksumRow[]): number =>
  sums.reduce((total, { digest }) => total + rowsIn(digest), 0);

const differing = ({ desired, table }: Sides): readonly number[] => {
  const sums = new Map(desired.map(({ part, digest }) => [part, digest]));
  const there = new Map(table.map(({ part, digest }) => [part, digest]));
  return [...new Set([...sums.keys(), ...there.keys()])].filter((part) => sums.get(part) !== there.get(part));
};

/** What cannot be computed is explained by looking at the rows. */
const failed = (error: unknown): undefined => {
  if (isTidemarkError(error) && error.details['kind'] === 'value') return undefined;
  throw error;
};

const hasRepeatedKeys = async (context: BatchContext, work: TargetWork): Promise<boolean> => {
  const { target, within } = work;
  if (target.keyIsEnforced) return false;
  const rows = await context.warehouse.session((session) =>
    session.rows(repeatedKeys(target.table, target.key, 1, within)),
  );
  return rows.length > 0;
};

/** Both sides hold the same rows; what those say against being a target stays to be asked. */
const isSound = async (context: BatchContext, work: TargetWork, sums: Sides): Promise<boolean> => {
  if (Number(sums.table[0]?.nulls ?? 0) > 0 || (await hasRepeatedKeys(context, work))) return false;
  await context.warehouse.session((session) => refuseUnseen(session, work));
  return true;
};

const narrowedTo = (work: TargetWork, found: readonly number[]): Within | undefined =>
  found.length > 0 && found.length <= mostParts
    ? bothWithin(work.within, inParts(work, parts, found))
    : work.within;

/** One pass is all it takes. Of a key that is there twice each row is proved by itself. */
const compareOwn = async (context: BatchContext, work: TargetWork): Promise<Checksummed> => {
  const [found] = await context.warehouse.session((session) =>
    session.rows<OwnRowsFound>(compareOwnRows(work)),
  );
  const rows = Number(found?.held ?? 0);
  if (found?.made !== found?.held) return { kind: 'look', within: work.within, rows };
  if (Number(found?.different) === 0) return { kind: 'equal', rows };
  const apart = canPart(work)
    ? await context.warehouse.session((session) =>
        session.rows<{ part: number }>(differingParts(work, parts)),
      )
    : [];
  return {
    kind: 'look',
    within: narrowedTo(
      work,
      apart.map(({ part }) => part),
    ),
    rows,
  };
};

/** Only for targets whose rows are read off relations, and that exist. */
export const checksum = async (context: BatchContext, work: TargetWork): Promise<Checksummed> => {
  if (isOwn(work)) {
    const own = await compareOwn(context, work).catch(failed);
    return own ?? { kind: 'look', within: work.within, rows: undefined };
  }
  const whole = await readSides(context, work, 1).catch(failed);
  if (whole === undefined) return { kind: 'look', within: work.within, rows: undefined };
  const rows = rowsOf(whole.table);
  if (differing(whole).length === 0)
    return (await isSound(context, work, whole))
      ? { kind: 'equal', rows }
      : { kind: 'look', within: work.within, rows };
  // A key that is NULL or there twice may hide from its part.
  const parted = canPart(work) && !(await hasRepeatedKeys(context, work));
  const sides = parted ? await readSides(context, work, parts) : undefined;
  const found = sides === undefined ? [] : differing(sides);
  return { kind: 'look', within: narrowedTo(work, found), rows };
};
