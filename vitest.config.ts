// One project per need: the suffix of a test file says what it takes. See scripts/test.mjs for the closing line.
import { existsSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { defineConfig } from 'vitest/config';

const every = 'tests/**/*.test.ts';
const suites = (...needs: readonly string[]) => needs.map((need) => `tests/**/*.${need}.test.ts`);

/** Starting servers, native code and whole programs is slow on a busy machine; hanging is what this must catch. */
const patience = { testTimeout: 120_000, hookTimeout: 120_000 };

/** Programs that suites start are those of src as it is now, however the suite was called. */
const built = 'tests/support/built.ts';

/** Files in memory where there is plenty of it: writing them is a fifth of the time of these suites. */
const quickFiles = (): { TMPDIR?: string } => {
  const folder = '/dev/shm';
  if (process.env['TMPDIR'] !== undefined || !existsSync(folder)) return {};
  const { bavail, bsize } = statfsSync(folder);
  return Math.min(bavail * bsize, freemem()) > 6e9 ? { TMPDIR: folder } : {};
};

const live = process.env['TIDEMARK_TEST_LIVE'] === '1';

export default defineConfig({
  test: {
    allowOnly: false,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: [every],
          exclude: suites('duckdb', 'pg', 'snowflake', 'live'),
          // Without isolation 20 small files take 1.2 s instead of 7: these share nothing that could leak.
          pool: 'threads',
          isolate: false,
          // A property takes a second, and many times that on a machine that does other things.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'warehouse',
          include: suites('duckdb', 'snowflake'),
          pool: 'forks',
          // Loading all modules anew for each file takes a second and a half.
          isolate: false,
          env: quickFiles(),
          globalSetup: built,
          ...patience,
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: suites('pg'),
          pool: 'forks',
          isolate: false,
          globalSetup: [built, 'tests/support/postgres-server.ts'],
          ...patience,
        },
      },
      ...(live
        ? [
            {
              extends: true as const,
              test: { name: 'live', include: suites('live'), pool: 'forks' as const, ...patience },
            },
          ]
        : []),
    ],
  },
});
