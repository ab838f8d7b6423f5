// A vitest reporter that only counts: what ran, what failed and what was left out, for the closing line.
// A file or suite that breaks outside a test (syntax, beforeAll) and an error outside of all are failures too.
import { writeFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * @param {Iterable<import('vitest/node').TestModule>} modules
 * @param {number} strayErrors
 * @returns {Counts}
 */
export const count = (modules, strayErrors) => {
  const counts = { passed: 0, failed: strayErrors, skipped: 0 };
  for (const testModule of modules) {
    for (const test of testModule.children.allTests()) {
      const { state } = test.result();
      if (state !== 'pending') counts[state] += 1;
    }
    const suites = [testModule, ...testModule.children.allSuites()];
    counts.failed += suites.filter((suite) => suite.errors().length > 0).length;
  }
  return counts;
};

/** @implements {Pick<import('vitest/node').Reporter, 'onTestRunEnd'>} */
export default class TestCounts {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} strayErrors
   */
  onTestRunEnd(modules, strayErrors) {
    const file = process.env['TIDEMARK_TEST_COUNTS'];
    if (file !== undefined) writeFileSync(file, JSON.stringify(count(modules, strayErrors.length)));
  }
}
