// Mapping files that we write for people: under names that no file has, so that nothing is ever overwritten.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Project } from '../project/project.ts';

/** A name for each file that no file has. */
export const freePaths = (project: Project): ((name: string | undefined) => string) => {
  const chosen = new Map<string | undefined, string>();
  return (name) => {
    const known = chosen.get(name);
    if (known !== undefined) return known;
    const stem =
      name === undefined ? 'sources' : name.replaceAll(/[^\p{L}\p{M}\p{N}_.-]/gu, '_').replace(/^\.+/, '_');
    const taken = new Set(chosen.values());
    for (let count = 1; ; count += 1) {
      const path = join(project.mappings, `${count === 1 ? stem : `${stem}_${count}`}.yml`);
      const shown = relative(project.directory, path).replaceAll('\\', '/');
      if (taken.has(shown) || existsSync(path)) continue;
      chosen.set(name, shown);
      return shown;
    }
  };
};

export const writeNew = (project: Project, file: string, text: string): void => {
  const path = resolve(project.directory, file);
  mkdirSync(dirname(path), { recursive: true });
  // `wx`: whoever made the file in the meantime keeps it.
  writeFileSync(path, text, { flag: 'wx' });
};
