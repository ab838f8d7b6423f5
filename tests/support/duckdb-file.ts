// Paths of DuckDB files in temporary folders, for tests.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DuckDbFile {
  /** Nothing is there yet. */
  readonly path: string;
  remove(): void;
}

export const duckDbFile = (name = 'shop.duckdb'): DuckDbFile => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-duckdb-'));
  return {
    path: join(folder, name),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
