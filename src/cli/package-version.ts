// The version of this program, as its package says.
import { readFileSync } from 'node:fs';
import { inPackage } from '../project/package-root.ts';

export const packageVersion = (): string => {
  const { version } = JSON.parse(readFileSync(inPackage('package.json'), 'utf8')) as { version: string };
  return version;
};
