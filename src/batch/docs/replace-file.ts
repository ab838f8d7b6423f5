// A file of somebody else, written anew: at every moment it is there as it was, or as it is to be.
import { chmodSync, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The bits of a mode that say who may do what. */
const rights = 0o7777;

export const replaceFile = (path: string, text: string): void => {
  // A link stays one: the file that it leads to is written.
  const real = existsSync(path) ? realpathSync(path) : path;
  const mode = statSync(real, { throwIfNoEntry: false })?.mode;
  // No `.yml` at its end: dbt must not find it.
  const draft = join(dirname(real), `.${basename(real)}.${process.pid}.draft`);
  try {
    writeFileSync(draft, text, { flush: true });
    if (mode !== undefined) chmodSync(draft, mode & rights);
    renameSync(draft, real);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
};
