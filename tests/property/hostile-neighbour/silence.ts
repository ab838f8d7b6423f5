// The neighbour falls silent: what lasts of his doings is mended, a day passes, and a few runs later everything is
// as a rebuild would have it.
import type { Place, Schemas } from '../place.ts';

/** Whatever is done once a day is due again. */
export const passADay = async (place: Place, { state }: Schemas): Promise<void> => {
  const earlier = (column: string): string => `${column} = ${column} - interval '25 hours'`;
  await place.execute(
    `update "${state}".positions set ${earlier('full_compare_at')}, ${earlier('delete_check_at')}`,
  );
  const rows = await place.rows<{ name: string; fingerprint: string }>(
    `select name, fingerprint from "${state}".relations where fingerprint is not null`,
  );
  for (const { name, fingerprint } of rows) {
    const scanned = JSON.parse(fingerprint) as { scannedAtMs: number };
    const text = JSON.stringify({ ...scanned, scannedAtMs: scanned.scannedAtMs - 25 * 3_600_000 });
    await place.execute(
      `update "${state}".relations set fingerprint = '${text.replaceAll("'", "''")}' where name = '${name}'`,
    );
  }
};
