// Brings dist in step with src before suites that start the program.
import { ensureBuilt } from '../../scripts/setup/build.mjs';

export const setup = ensureBuilt;
