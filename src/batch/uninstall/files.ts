// What we keep beside a DuckDB file: its seal, and the folder of seals once no other file has one there.
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Project } from '../../project/project.ts';
import { ignoreAll, sealFile, sealFolder } from '../../warehouse/duckdb/seal.ts';
import type { Owned } from './owned.ts';

const namesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** The seal, and drafts of it that a killed process left. */
const sealsOf = (path: string): readonly string[] => {
  const [folder, name] = [sealFolder(path), basename(sealFile(path))];
  return namesIn(folder)
    .filter(
      (each) => each === name || (each.startsWith(`${name}.`) && /^\d+$/.test(each.slice(name.length + 1))),
    )
    .map((each) => join(folder, each));
};

const isOursAlone = (folder: string): boolean => {
  const names = namesIn(folder);
  return (
    existsSync(folder) &&
    names.every((name) => name === ignoreAll.name) &&
    (names.length === 0 || readFileSync(join(folder, ignoreAll.name), 'utf8') === ignoreAll.text)
  );
};

/** Files that an uninstall would remove. */
export const filesOf = ({ connection }: Project): readonly Owned[] =>
  connection.type === 'duckdb'
    ? sealsOf(connection.path).map((name) => ({ name, kind: 'file' as const }))
    : [];

/** When the engine has let go of the file, as it seals it once more then. */
export const removeFiles = ({ connection }: Project): void => {
  if (connection.type !== 'duckdb') return;
  for (const file of sealsOf(connection.path)) rmSync(file, { force: true });
  const folder = sealFolder(connection.path);
  if (!isOursAlone(folder)) return;
  rmSync(join(folder, ignoreAll.name), { force: true });
  rmdirSync(folder);
};
