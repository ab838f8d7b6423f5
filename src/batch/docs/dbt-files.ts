// The YAML files of a dbt project in which its models and snapshots may be described.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
  /** All YAML files, from that folder. */
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

const yamlBelow = (folder: string, path: string): readonly string[] => {
  if (!existsSync(join(folder, path))) return [];
  return readdirSync(join(folder, path), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
};

export const dbtFilesOf = (project: Project, dbt: string | undefined): DbtFiles => {
  const folder = folderOf(project, dbt);
  const file = join(folder, dbtFile);
  const { root } = parseYaml({ file, text: readFileSync(file, 'utf8') }, () => undefined);
  const models = pathsIn(root, 'model-paths', 'models');
  const paths = [...models, ...pathsIn(root, 'snapshot-paths', 'snapshots')];
  const ownFile = `${models[0] ?? 'models'}/tidemark/_tidemark.yml`;
  const all = new Set(paths.flatMap((path) => yamlBelow(folder, path)));
  return { folder, ownFile, files: [...all].filter((each) => each !== ownFile).toSorted() };
};
