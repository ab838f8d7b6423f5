// The YAML files of a dbt project in which its models and snapshots may be described.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import { parseYaml, type Value } from '../../project/document.ts';
import { valueAt } from '../../project/dbt/find-profile.ts';
import { asText } from '../../project/fields.ts';
import type { Project } from '../../project/project.ts';
import { dbtFile, findDbt } from '../init/find-place.ts';

export interface DbtFiles {
  /** Absolute: holds dbt_project.yml. */
  readonly folder: string;
  /** Where ours goes, from that folder. */
  readonly ownFile: string;
  /** All other YAML files, from that folder. */
  readonly files: readonly string[];
}

/** The manifest lies below it; where it was brought from elsewhere, the project file lies beside or above it. */
const above = (path: string): string | undefined => {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, dbtFile))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
};

const folderOf = ({ directory, manifest }: Project, dbt: string | undefined): string => {
  const found =
    dbt === undefined
      ? ((manifest === undefined ? undefined : above(manifest)) ?? findDbt({ directory }))
      : findDbt({ directory, dbt });
  if (found !== undefined) return found;
  throw new TidemarkError('project_not_found', {
    message: `there is no ${dbtFile} above \`${manifest ?? directory}\``,
    hint: '`--dbt DIR` names the folder of the dbt project whose docs are meant',
  });
};

const pathsIn = (root: Value | undefined, key: string, usual: string): readonly string[] => {
  const value = valueAt(root, key);
  const items = value?.kind === 'list' ? value.items : [];
  const paths = items.flatMap((item) => asText(item)?.text ?? []).filter((path) => !path.includes('{{'));
  return paths.length === 0 ? [usual] : paths;
};

/** None: a link that leads nowhere, or round in a circle. */
const realOf = (path: string): string | undefined => {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
};

/** Links are followed, as dbt does; what was seen once is not seen again under another name. */
const yamlBelow = (folder: string, path: string, seen: Set<string>): readonly string[] => {
  const real = realOf(resolve(folder, path));
  if (real === undefined || seen.has(real)) return [];
  seen.add(real);
  if (!statSync(real).isDirectory()) return /\.ya?ml$/.test(path) ? [path] : [];
  return readdirSync(real)
    .toSorted()
    .flatMap((name) => yamlBelow(folder, posix.join(path, name), seen));
};

/** dbt takes the description of a model from any of them. */
const kindsOfPaths = [
  ['model-paths', 'models'],
  ['snapshot-paths', 'snapshots'],
  ['seed-paths', 'seeds'],
  ['macro-paths', 'macros'],
  ['analysis-paths', 'analyses'],
] as const;

/** `./models/` is written, and `models` is meant. */
export const plainPath = (path: string): string =>
  posix.join(path.replaceAll('\\', '/')).replace(/(?<=.)\/$/, '');

export const dbtFilesOf = (project: Project, dbt: string | undefined): DbtFiles => {
  const folder = folderOf(project, dbt);
  const file = join(folder, dbtFile);
  const { root } = parseYaml({ file, text: readFileSync(file, 'utf8') }, () => undefined);
  const paths = kindsOfPaths.map(([key, usual]) => pathsIn(root, key, usual).map(plainPath));
  const ownFile = posix.join(paths[0]?.[0] ?? 'models', 'tidemark/_tidemark.yml');
  const own = realOf(resolve(folder, ownFile));
  const seen = new Set(own === undefined ? [] : [own]);
  const files = paths.flat().flatMap((path) => yamlBelow(folder, path, seen));
  return { folder, ownFile, files: files.toSorted() };
};
