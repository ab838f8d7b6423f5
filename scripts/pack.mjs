// Before `npm pack` and `npm publish`: a build from nothing, so that no output of a deleted file is shipped.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './setup/build.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { root } from './setup/program.mjs';

await ensureInstalled();
rmSync(join(root, 'dist'), { recursive: true, force: true });
await ensureBuilt();
