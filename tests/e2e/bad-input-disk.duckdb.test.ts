// A disk that is full, in the form of a limit on the size of files: the batch ends with an error, nothing of it is
// in the file, and with room again the next run does it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start, startRun } from '../support/program.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { difference, snapshot, type Snapshot } from '../support/snapshot.ts';
import { changes, notes, workshop } from '../support/workshop.ts';

/** `ulimit -f` counts blocks of 512 bytes; ignored, the signal becomes the error of the write. */
const limitedTo = (bytes: number): string => `trap '' XFSZ; ulimit -f ${Math.ceil(bytes / 512)}; exec "$@"`;

/** Less than the log of the batch, which is written before anything else; the file itself may have room inside. */
const middle = 2 ** 19;

describe('a full disk', () => {
  let prepared: Sandbox;
  let before: Snapshot;

  beforeAll(async () => {
    prepared = await createSandbox('duckdb', workshop);
    await prepared.run();
    await prepared.sql(
      ...notes,
      ...changes,
      `insert into staging.customers select n, 'bulk ' || n, 'DE', 1, timestamp '2020-04-01' from generate_series(1000, 25999) as g(n)`,
    );
    before = await snapshot(prepared);
  });
  afterAll(() => prepared.remove());

  it.each([
    ['that has no room at all', () => 0],
    ['that runs out in the middle of the commit', () => middle],
  ])('%s', async (_, limit) => {
    const sandbox = await prepared.copy();
    try {
      const { exit, stdout } = await startRun(sandbox.folder, { shell: limitedTo(limit()) }).ended;
      expect({ exit, ...JSON.parse(stdout) }).toMatchObject({
        exit: 1,
        code: 'disk_full',
        retryable: true,
        message: expect.stringContaining('File too large'),
        hint: 'make room where the database file lies, and run again',
      });
      expect(difference(before, await snapshot(sandbox))).toEqual([]);
      expect((await sandbox.run()).report).toMatchObject({ status: 'applied', batch: 2 });
    } finally {
      await sandbox.remove();
    }
  });

  it('is told in words too: what failed, what the data is, what to do', async () => {
    const sandbox = await prepared.copy();
    try {
      const { exit, stderr } = await start(['run', '--project', sandbox.folder], {
        shell: limitedTo(middle),
      }).ended;
      expect(exit).toBe(1);
      expect(stderr).toMatch(
        /^error: .*File too large\nhint: make room where the database file lies, and run again\nnothing was written; targets are as of batch 1, data as of .* UTC; a retry may help\n$/,
      );
    } finally {
      await sandbox.remove();
    }
  });
});
