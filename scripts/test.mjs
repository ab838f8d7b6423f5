// npm test [-- vitest arguments]: set-up, every suite that needs npm alone, and one closing line on stdout:
// `tests: N passed, N failed, N skipped`. Nothing executed is a failure.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './setup/build.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { root, runNode } from './setup/program.mjs';

/** @param {string} text */
const say = (text) => process.stderr.write(`${text}\n`);

const sayWhatIsLeftOut = () => {
  if (process.env['TIDEMARK_TEST_LIVE'] === '1') return;
  const live = readdirSync(join(root, 'tests'), { recursive: true }).filter((name) =>
    String(name).endsWith('.live.test.ts'),
  );
  if (live.length > 0)
    say(`left out: live suites, which need an account (${live.length}; TIDEMARK_TEST_LIVE=1 runs them)`);
};

/**
 * A process that a test left behind could still write after the closing line, so a pipe is read here, and no
 * longer than the runner lives. A terminal is handed over whole: the runner draws on it.
 * @param {import('node:child_process').ChildProcess} child
 */
const forwardOutput = (child) => {
  child.stdout?.pipe(process.stdout, { end: false });
};

/** @param {string} countsFile */
const runVitest = async (countsFile) => {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let runner;
  const status = await runNode(
    'node_modules/vitest/vitest.mjs',
    ['run', '--reporter=default', '--reporter=./scripts/setup/test-counts.mjs', ...process.argv.slice(2)],
    {
      stdio: ['ignore', process.stdout.isTTY ? 'inherit' : 'pipe', 'inherit'],
      env: { ...process.env, TIDEMARK_TEST_COUNTS: countsFile },
      onSpawn: (child) => {
        runner = child;
        forwardOutput(child);
      },
    },
  );
  await drained(runner?.stdout);
  return status;
};

/**
 * What the runner wrote before it ended; a process that outlives it may hold the pipe open, so with a limit.
 * @param {import('node:stream').Readable | null | undefined} stream
 */
const drained = (stream) =>
  new Promise((resolve) => {
    if (stream === null || stream === undefined || stream.readableEnded) return resolve(undefined);
    const limit = setTimeout(finish, 1000);
    function finish() {
      clearTimeout(limit);
      stream?.unpipe(process.stdout);
      stream?.destroy();
      resolve(undefined);
    }
    stream.once('end', finish);
  });

/** @returns {Promise<import('./setup/test-counts.mjs').Counts>} */
const runSuites = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-tests-'));
  try {
    const countsFile = join(folder, 'counts.json');
    const status = await runVitest(countsFile);
    const counts = JSON.parse(readFileSync(countsFile, 'utf8'));
    // The runner can fail where no test did: a global set-up, a worker that died, a pattern without files.
    if (status !== 0 && counts.failed === 0) {
      say(`error: vitest ended with status ${status}`);
      counts.failed = 1;
    }
    if (process.argv.length === 2) for (const file of counts.slowest) say(`slow: ${file}`);
    for (const failure of counts.failures) say(`failed: ${failure}`);
    if (counts.passed + counts.failed === 0) {
      say('error: no test was executed');
      counts.failed = 1;
    }
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const outcome = async () => {
  try {
    await ensureInstalled();
    await ensureBuilt();
    sayWhatIsLeftOut();
    return await runSuites();
  } catch (error) {
    say(`error: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: 0, failures: [], slowest: [] };
  }
};

const { passed, failed, skipped } = await outcome();
process.stdout.write(`tests: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;
