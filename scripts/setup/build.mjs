// Builds dist from src: types by the compiler, programs by the bundler. Both know what is out of date, so this is
// quick when nothing changed.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { root, runNode } from './program.mjs';

// Outputs that somebody deleted are invisible to the build information that stands beside them.
const incomplete = () => !existsSync(join(root, 'dist', 'index.d.ts'));

/** Throws an Error with a sentence for people when src does not compile; tsc has shown why. */
export const ensureBuilt = async () => {
  if (incomplete()) rmSync(join(root, 'dist'), { recursive: true, force: true });
  const status = await runNode('node_modules/typescript/bin/tsc', ['-b'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('src does not compile');
  await bundle();
};
