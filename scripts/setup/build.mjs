// Compiles src to dist. `tsc -b` itself knows what is out of date, so this is quick when nothing changed.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNode } from './program.mjs';

// Outputs that somebody deleted are invisible to the build information that stands beside them.
const incomplete = () =>
  ['main', 'index'].some(
    (name) => existsSync(join(root, `src/${name}.ts`)) && !existsSync(join(root, `dist/${name}.js`)),
  );

/** Throws an Error with a sentence for people when src does not compile; tsc has shown why. */
export const ensureBuilt = async () => {
  if (incomplete()) rmSync(join(root, 'dist'), { recursive: true, force: true });
  const status = await runNode('node_modules/typescript/bin/tsc', ['-b'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('src does not compile');
};
