// Batches in a row that set a target right which somebody else had written, as the figures of the batches tell.
import type { SchemaName } from '../project/project.ts';
import type { Session } from '../warehouse/port.ts';
import { readBatches, type BatchRecord } from './batches.ts';

export interface Heals {
  /** Rows that the last of them set right. */
  readonly rows: number;
  /** How many batches in a row that wrote the target did so. */
  readonly times: number;
  /** The first of them. */
  readonly since: number;
}

/** So often in a row it may be chance. */
export const healsUntold = 2;

/** Further back nobody counts. */
export const healsCounted = 50;

const healedIn = ({ targets }: BatchRecord, name: string): number =>
  targets.find((target) => target.name === name)?.healed ?? 0;

/** `before`: those that wrote the target, newest first. */
export const healsInARow = (
  name: string,
  rows: number,
  { now, before }: { readonly now: number; readonly before: readonly BatchRecord[] },
): Heals => {
  const end = before.findIndex((batch) => healedIn(batch, name) === 0);
  const healed = end < 0 ? before : before.slice(0, end);
  return { rows, times: healed.length + 1, since: healed.at(-1)?.batch ?? now };
};

/** Of the targets that this batch set right: those where that happened too often to be chance. */
export const readHeals = async (
  session: Session,
  schema: SchemaName,
  last: BatchRecord | undefined,
): Promise<ReadonlyMap<string, Heals>> => {
  const heals = new Map<string, Heals>();
  for (const { name, healed = 0 } of last?.targets ?? []) {
    if (healed === 0) continue;
    const [now, ...before] = await readBatches(session, schema, { target: name, limit: healsCounted });
    if (now === undefined) continue;
    const found = healsInARow(name, healed, { now: now.batch, before });
    if (found.times > healsUntold) heals.set(name, found);
  }
  return heals;
};
