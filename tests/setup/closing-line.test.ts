// The closing line of `npm test`: a real vitest run over a small project, counted by the reporter of the script.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
// Below the repository, so that the small projects find vitest.
const folder = mkdtempSync(join(root, 'node_modules/.tidemark-closing-line-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const countsOf = (name: string, test: string): unknown => {
  const project = join(folder, name);
  const counts = join(project, 'counts.json');
  mkdirSync(project);
  writeFileSync(
    join(project, 'one.test.mjs'),
    `import { beforeAll, describe, expect, it } from 'vitest';\n${test}`,
  );
  writeFileSync(join(project, 'vitest.config.mjs'), 'export default {};');
  const reporter = join(root, 'scripts/setup/test-counts.mjs');
  spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', `--reporter=${reporter}`],
    {
      cwd: project,
      env: { ...process.env, TIDEMARK_TEST_COUNTS: counts },
    },
  );
  return JSON.parse(readFileSync(counts, 'utf8'));
};

describe('counts', () => {
  it('each test once, by what became of it', () => {
    const tests = `
      it('a', () => {}); it('b', () => {}); it('c', () => expect(1).toBe(2)); it.skip('d', () => {}); it.todo('e');`;
    expect(countsOf('outcomes', tests)).toEqual({
      passed: 2,
      failed: 1,
      skipped: 2,
      failures: ['one.test.mjs > c: expected 1 to be 2 // Object.is equality'],
      slowest: [expect.stringMatching(/^\d+ s one\.test\.mjs$/)],
    });
  });

  it('a file that cannot be read as a failure', () => {
    expect(countsOf('syntax', `it('a', () => {`)).toMatchObject({ passed: 0, failed: 1, skipped: 0 });
  });

  it('a suite whose set-up fails as a failure', () => {
    const tests = `describe('x', () => { beforeAll(() => { throw new Error('no'); }); it('a', () => {}); }); it('b', () => {});`;
    expect(countsOf('hook', tests)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 1,
      failures: ['one.test.mjs: no'],
      slowest: [expect.stringMatching(/^\d+ s one\.test\.mjs$/)],
    });
  });

  it('an error that no test caught as a failure', () => {
    const tests = `it('a', () => { void Promise.reject(new Error('stray')); });`;
    expect(countsOf('stray', tests)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
      failures: ['outside of all tests: stray'],
      slowest: [expect.stringMatching(/^\d+ s one\.test\.mjs$/)],
    });
  });
});
