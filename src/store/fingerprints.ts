// What we last knew of the content of each table that we maintain. Advanced by our own writes only: anything else
// that moved it was somebody else.
import type { SchemaName } from '../project/project.ts';
import { commas, sql } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { state } from './state.ts';

export interface Fingerprint {
  /** Hash of the columns it was taken over: another mapping makes it worthless. */
  readonly shape: string;
  readonly cells: string;
  readonly reads: string;
  /** The engine's own mark at that time, where it keeps one. */
  readonly identity?: string | undefined;
  readonly writes?: number | undefined;
  /** When the table was last read whole, in milliseconds by the warehouse's clock. */
  readonly scannedAtMs: number;
}

export const readFingerprints = async (
  session: Session,
  schema: SchemaName,
): Promise<ReadonlyMap<string, Fingerprint>> => {
  const rows = await session.rows<{ name: string; fingerprint: string }>(
    sql`select name, fingerprint from ${state(schema, 'relations')} where fingerprint is not null`,
  );
  return new Map(rows.map((row) => [row.name, JSON.parse(row.fingerprint) as Fingerprint]));
};

/** All of them in one statement, for relations that are known. */
export const saveFingerprints = async (
  session: Session,
  schema: SchemaName,
  fingerprints: readonly (readonly [name: string, now: Fingerprint])[],
): Promise<void> => {
  if (fingerprints.length === 0) return;
  const cases = fingerprints.map(([name, now]) => sql`when ${name} then ${JSON.stringify(now)}`);
  const names = fingerprints.map(([name]) => sql`${name}`);
  await session.execute(
    sql`update ${state(schema, 'relations')} set fingerprint = case name ${sql.join(cases, sql` `)} end where name in (${commas(names)})`,
  );
};
