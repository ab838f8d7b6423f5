// The files that say how dbt connects, found where dbt itself would look for them.
import { join, resolve } from 'node:path';
import type { Position } from '../../errors/tidemark-error.ts';
import type { FileText, Value } from '../document.ts';
import { parseYaml } from '../document.ts';
import { asText } from '../fields.ts';
import type { Report } from '../problems.ts';
import { maskSecrets } from '../secrets.ts';
import type { Variables } from '../variables.ts';
import { renderJinja } from './jinja.ts';
import { noDbtProject, noProfileName, noProfiles } from './problems.ts';

/** What reading a project needs of the disk. */
export interface Files {
  /** The text of a file; nothing where there is none. */
  readonly read: (path: string) => string | undefined;
  readonly exists: (path: string) => boolean;
}

export interface Search {
  /** Absolute: the folder of dbt_project.yml. */
  readonly directory: string;
  readonly variables: Variables;
  readonly files: Files;
  readonly report: Report;
  /** Where the project file names the folder. */
  readonly at: Position;
}

export interface FoundProfile {
  /** The profile's name, and the file that holds it. */
  readonly name: string;
  readonly file: FileText;
  readonly root: Value;
}

export const valueAt = (value: Value | undefined, key: string): Value | undefined =>
  value?.kind === 'mapping' ? value.entries.find((entry) => entry.key.text === key)?.value : undefined;

/** As dbt: DBT_PROFILES_DIR, the folder it runs in, ~/.dbt. */
const places = ({ directory, variables }: Search): readonly string[] => {
  const named = variables['DBT_PROFILES_DIR'];
  const home = variables['HOME'] ?? variables['USERPROFILE'];
  const folders = named
    ? [resolve(directory, named)]
    : [directory, ...(home === undefined || home === '' ? [] : [join(home, '.dbt')])];
  return folders.map((folder) => join(folder, 'profiles.yml'));
};

const profileName = (search: Search): string | undefined => {
  const { directory, variables, files, report, at } = search;
  const path = join(directory, 'dbt_project.yml');
  const text = files.read(path);
  if (text === undefined) {
    report(noDbtProject(at, path));
    return undefined;
  }
  if (variables['DBT_PROFILE']) return variables['DBT_PROFILE'];
  const { root, broken } = parseYaml({ file: path, text }, report, maskSecrets);
  const value = valueAt(root, 'profile');
  const name = value === undefined ? undefined : asText(value);
  if (name !== undefined) return renderJinja(name, variables, report).text;
  if (!broken) report(noProfileName(value?.at ?? at, path));
  return undefined;
};

export const findProfile = (search: Search): FoundProfile | undefined => {
  const name = profileName(search);
  if (name === undefined) return undefined;
  const paths = places(search);
  for (const path of paths) {
    const text = search.files.read(path);
    if (text === undefined) continue;
    const file = { file: path, text };
    const { root, broken } = parseYaml(file, search.report, maskSecrets);
    if (broken) return undefined;
    return root === undefined ? undefined : { name, file, root };
  }
  search.report(noProfiles(search.at, paths));
  return undefined;
};
