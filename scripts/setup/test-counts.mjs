// A vitest reporter that only counts: what ran, what failed and what was left out, for the closing line.
// A file or suite that breaks outside a test (syntax, beforeAll) and an error outside of all are failures too.
// What failed is named as well: whoever reads the end of a long log alone must not have to run it again.
import { writeFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number, failures: readonly string[], slowest: readonly string[] }} Counts */

const slowestShown = 15;

/**
 * Which files a run of all waits for.
 * @param {readonly import('vitest/node').TestModule[]} modules
 */
const slowestOf = (modules) =>
  modules
    .map((each) => ({ file: each.relativeModuleId, seconds: each.diagnostic().duration / 1000 }))
    .toSorted((left, right) => right.seconds - left.seconds)
    .slice(0, slowestShown)
    .map(({ file, seconds }) => `${Math.round(seconds)} s ${file}`);

/** @param {unknown} error */
const firstLine = (error) => {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return String(message).split('\n', 1)[0];
};

/**
 * @param {string} what
 * @param {readonly unknown[]} errors
 */
const failure = (what, errors) => [what, ...errors.slice(0, 1).map(firstLine)].join(': ');

/**
 * @param {readonly import('vitest/node').TestModule[]} modules
 * @param {readonly unknown[]} strayErrors
 * @returns {Counts}
 */
export const count = (modules, strayErrors) => {
  const counts = { passed: 0, failed: strayErrors.length, skipped: 0 };
  const failures = strayErrors.map((error) => failure('outside of all tests', [error]));
  for (const testModule of modules) {
    const { relativeModuleId: file } = testModule;
    for (const test of testModule.children.allTests()) {
      const { state, errors } = test.result();
      if (state !== 'pending') counts[state] += 1;
      if (state === 'failed') failures.push(failure(`${file} > ${test.fullName}`, errors));
    }
    for (const suite of [testModule, ...testModule.children.allSuites()]) {
      const errors = suite.errors();
      if (errors.length === 0) continue;
      counts.failed += 1;
      failures.push(failure(file, errors));
    }
  }
  return { ...counts, failures, slowest: slowestOf(modules) };
};

/** @implements {Pick<import('vitest/node').Reporter, 'onTestRunEnd'>} */
export default class TestCounts {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} strayErrors
   */
  onTestRunEnd(modules, strayErrors) {
    const file = process.env['TIDEMARK_TEST_COUNTS'];
    if (file !== undefined) writeFileSync(file, JSON.stringify(count(modules, strayErrors)));
  }
}
