// Finds and reads a project: its file, looked for upward, and the mapping files that stand beside it.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { FileText } from './document.ts';
import { metaMappings } from './meta-mappings.ts';
import { parseProject } from './parse-project.ts';
import { noMappings, noProject, projectInvalid, unreadable } from './problems.ts';
import type { Project } from './project.ts';
import type { Variables } from './variables.ts';

const projectFileName = 'tidemark.yml';

export interface ReadProject {
  /** The project's folder, one below it, or its file; else TIDEMARK_PROJECT, else where we were started. */
  readonly directory?: string | undefined;
  /** Else TIDEMARK_ENV, else the project's `default_environment`. */
  readonly environment?: string | undefined;
  readonly variables: Variables;
}

export const readProject = (options: ReadProject): Project => {
  const { variables } = options;
  const path = findProject(resolve(options.directory ?? (variables['TIDEMARK_PROJECT'] || '.')));
  const file = basename(path);
  const { project, problems } = parseProject({
    file,
    text: readText(path, file),
    path,
    directory: dirname(path),
    environment: options.environment ?? (variables['TIDEMARK_ENV'] || undefined),
    variables,
    files: { exists: existsSync, read: (name) => (existsSync(name) ? readText(name, name) : undefined) },
  });
  if (project === undefined || problems.length > 0) throw projectInvalid(file, problems);
  return project;
};

const findProject = (start: string): string => {
  if (existsSync(start) && statSync(start).isFile()) return start;
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, projectFileName);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) throw noProject(start);
  }
};

const readText = (path: string, shown: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(shown, cause);
  }
};

/** All mapping files in name order, named as seen from the project's folder, then what stands in dbt's own files. */
export const readMappings = (project: Project): readonly FileText[] => {
  const folder = relative(project.directory, project.mappings) || '.';
  if (!existsSync(project.mappings))
    throw projectInvalid(basename(project.file), [noMappings(undefined, folder)]);
  const files = yamlFiles(project.mappings).map((path) => {
    const file = relative(project.directory, path).replaceAll('\\', '/');
    return { file, text: readText(path, file) };
  });
  return [...files, ...metaMappings(project)];
};

const yamlFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.name.startsWith('.')) return [];
      if (entry.isDirectory()) return yamlFiles(path);
      return /\.ya?ml$/.test(entry.name) ? [path] : [];
    });
