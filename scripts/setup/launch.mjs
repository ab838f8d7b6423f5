// What every script of package.json does first: set-up, then one TypeScript program through tsx.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { root, run } from './program.mjs';

/**
 * Sets the exit status of this process to that of the program.
 * @param {string} program path below the repository
 */
export const launch = async (program) => {
  try {
    await ensureInstalled();
    await ensureBuilt();
    if (!existsSync(join(root, program))) throw new Error(`${program} is not part of this version`);
    process.exitCode = await run(process.execPath, ['--import', 'tsx', program, ...process.argv.slice(2)]);
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
};
