// The scripts on disk: written whole or not at all, and never over what somebody edited unless that is asked for.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { Project } from '../../project/project.ts';
import type { Script } from '../../snowflake-pipeline/files.ts';
import { ownerOf } from '../../snowflake-pipeline/owner.ts';
import { refuseScriptsOfAnother } from './owner.ts';
import { isUntouched, ownerIn, scriptText, statementsOf, type FileStatement } from './script-text.ts';

const usualFolder = 'sql/snowflake';

export interface WrittenFile {
  /** Seen from the project's folder. */
  readonly file: string;
  readonly status: 'new' | 'written' | 'unchanged';
}

const shown = (project: Project, path: string): string =>
  relative(project.directory, path).replaceAll('\\', '/');

const folderOf = (project: Project, folder = usualFolder): string => resolve(project.directory, folder);

interface Planned extends WrittenFile {
  readonly path: string;
  readonly text: string;
  readonly isEdited: boolean;
  readonly owner?: string | undefined;
}

const plan = (project: Project, folder: string, script: Script): Planned => {
  const path = join(folder, script.file);
  const text = scriptText(script, ownerOf(project.name, project.environment));
  const file = shown(project, path);
  if (!existsSync(path)) return { path, text, file, status: 'new', isEdited: false };
  const before = readFileSync(path, 'utf8');
  return {
    path,
    text,
    file,
    status: before === text ? 'unchanged' : 'written',
    owner: ownerIn(before),
    isEdited: before !== text && !isUntouched(before),
  };
};

export const writeScripts = (
  project: Project,
  scripts: readonly Script[],
  { folder, force }: { readonly folder?: string | undefined; readonly force: boolean },
): readonly WrittenFile[] => {
  const target = folderOf(project, folder);
  const planned = scripts.map((script) => plan(project, target, script));
  if (!force) refuseScriptsOfAnother(project, planned, 'nothing was written');
  const edited = planned.filter(({ isEdited }) => isEdited);
  if (edited.length > 0 && !force)
    throw new TidemarkError('script_edited', {
      message: `${edited.map(({ file }) => `\`${file}\``).join(', ')} ${edited.length === 1 ? 'was' : 'were'} edited by hand, or not written by us; nothing was written`,
      hint: 'keep the change elsewhere and write over the file with `--force`, or render into another folder with `--path`',
      details: { files: edited.map(({ file }) => file) },
    });
  mkdirSync(target, { recursive: true });
  for (const { path, text, status } of planned) {
    if (status === 'unchanged') continue;
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }
  return planned.map(({ file, status }) => ({ file, status }));
};

export interface ScriptFile {
  readonly file: string;
  readonly owner?: string | undefined;
  readonly statements: readonly FileStatement[];
}

/** Those whose names begin with two digits, in order. */
export const readScripts = (project: Project, folder?: string): readonly ScriptFile[] => {
  const target = folderOf(project, folder);
  const names = existsSync(target)
    ? readdirSync(target)
        .filter((name) => /^\d\d_.+\.sql$/.test(name))
        .toSorted()
    : [];
  if (names.length === 0)
    throw new TidemarkError('scripts_missing', {
      message: `there are no scripts in \`${shown(project, target)}\``,
      hint: '`tidemark snowflake generate` writes them',
    });
  const files = names.map((name) => {
    const text = readFileSync(join(target, name), 'utf8');
    return { file: shown(project, join(target, name)), owner: ownerIn(text), statements: statementsOf(text) };
  });
  refuseScriptsOfAnother(project, files, 'nothing was run');
  return files;
};
