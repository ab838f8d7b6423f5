// Mapping files as they were at a revision of git: two processes, however many files there are.
import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { FileText } from './document.ts';
import type { Project } from './project.ts';

const refuse = (message: string, hint: string): TidemarkError =>
  new TidemarkError('revision_unreadable', { message, hint });

const mostBytes = 2 ** 30;

interface Answer {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const git = (directory: string, args: readonly string[], input?: string): Answer => {
  const { error, status, stdout, stderr } = spawnSync('git', ['-C', directory, ...args], {
    maxBuffer: mostBytes,
    ...(input === undefined ? {} : { input }),
  });
  if (error !== undefined) {
    const missing = 'code' in error && error.code === 'ENOENT';
    throw refuse(
      missing ? 'git is not installed, or not on the PATH' : `git could not be started: ${error.message}`,
      'revisions are read through git',
    );
  }
  return { status, stdout, stderr: stderr.toString('utf8') };
};

const commitOf = (directory: string, revision: string): string => {
  if (git(directory, ['rev-parse', '--git-dir']).status !== 0)
    throw refuse(`\`${directory}\` is not in a git repository`, 'revisions are read through git');
  const found = git(directory, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${revision}^{commit}`,
  ]);
  if (found.status === 0) return found.stdout.toString('utf8').trim();
  throw refuse(
    `git knows no revision \`${revision}\``,
    'a branch, a tag or a commit; a shallow clone may have to fetch it first',
  );
};

/** What `cat-file --batch` prints: a line that ends in the size, that many bytes, a line break. */
const blobsOf = (output: Buffer, count: number): readonly string[] => {
  const blobs: string[] = [];
  let at = 0;
  while (blobs.length < count) {
    const end = output.indexOf('\n', at);
    const size = Number(/ blob (\d+)$/.exec(output.toString('utf8', at, end))?.[1] ?? Number.NaN);
    if (end === -1 || Number.isNaN(size))
      throw refuse('git gave no file where one was asked for', 'run it again');
    blobs.push(output.toString('utf8', end + 1, end + 1 + size));
    at = end + size + 2;
  }
  return blobs;
};

/** As `readMappings`, of another moment; each file is named with its revision. None where there was no folder. */
export const readMappingsAt = (project: Project, revision: string): readonly FileText[] => {
  const { directory } = project;
  const commit = commitOf(directory, revision);
  const folder = relative(directory, project.mappings).replaceAll('\\', '/') || '.';
  const listed = git(directory, ['ls-tree', '-r', '-z', '--name-only', commit, '--', folder]);
  if (listed.status !== 0)
    throw refuse(`git cannot list \`${folder}\`: ${listed.stderr.trim()}`, 'is it outside the repository?');
  const paths = listed.stdout
    .toString('utf8')
    .split('\0')
    .filter((path) => /\.ya?ml$/.test(path) && !path.split('/').some((part) => /^\.[^.]/.test(part)))
    .toSorted();
  if (paths.length === 0) return [];
  const asked = paths.map((path) => `${commit}:./${path}\n`).join('');
  const { stdout } = git(directory, ['cat-file', '--batch'], asked);
  const texts = blobsOf(stdout, paths.length);
  return paths.map((path, place) => ({ file: `${revision}:${path}`, text: texts[place] ?? '' }));
};
