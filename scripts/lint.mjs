// npm run lint: everything that can be said about the code without running it. All steps run, then the verdict.
import { ensureInstalled } from './setup/install.mjs';
import { runNode } from './setup/program.mjs';

/** @type {readonly { heading: string, script: string, args: readonly string[] }[]} */
const steps = [
  { heading: 'types of src', script: 'typescript/bin/tsc', args: ['-b'] },
  { heading: 'types of tests and scripts', script: 'typescript/bin/tsc', args: ['-p', 'tests'] },
  { heading: 'rules', script: 'oxlint/bin/oxlint', args: ['--type-aware', '--deny-warnings'] },
  { heading: 'format (npm run format writes it)', script: 'oxfmt/bin/oxfmt', args: ['--check'] },
  {
    heading: 'import directions',
    script: 'vitest/vitest.mjs',
    args: ['run', '--project=pure', '--reporter=dot', 'tests/architecture'],
  },
  { heading: 'dead code', script: 'knip/bin/knip.js', args: ['--no-progress'] },
];

await ensureInstalled();
const failed = [];
for (const { heading, script, args } of steps) {
  console.log(`\n── ${heading}`);
  const status = await runNode(`node_modules/${script}`, args);
  if (status !== 0) failed.push(heading);
}
console.log(failed.length === 0 ? '\nlint: clean' : `\nlint: ${failed.length} failed: ${failed.join('; ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
