// Where this package lies, whatever file of it asks: the built program is put together from many sources, so that
// a path relative to the asking file holds only before the build.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = dirname(createRequire(import.meta.url).resolve('tidemark/package.json'));

export const inPackage = (...path: readonly string[]): string => join(root, ...path);
