// What we last knew of the content of each table that we maintain. Advanced by our own writes only: anything else
// that moved it was somebody else.
import type { SchemaName } from '../project/project.ts';
import { sql } from '../sql/fragment.ts';
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

export const saveFingerprint = async (
  session: Session,
  schema: SchemaName,
  name: string,
  fingerprint: Fingerprint | undefined,
): Promise<void> => {
  const text = fingerprint === undefined ? null : JSON.stringify(fingerprint);
  await session.execute(
    sql`update ${state(schema, 'relations')} set fingerprint = ${text} where name = ${name}`,
  );
};
