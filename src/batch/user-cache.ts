// What took long to work out is kept beside the user's other caches, under the hash of all that it depends on: one file
// for each project and environment, so that what is kept does not grow.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Project } from '../project/project.ts';

export interface Kept {
  readonly file: string;
  readonly key: string;
}

/** Which program reads: the built one has the hashes of its parts in their names; any other keeps nothing. */
const programIdentity = (): string | undefined => {
  const folder = dirname(fileURLToPath(import.meta.url));
  return basename(folder) === 'chunks' ? readdirSync(folder).toSorted().join() : undefined;
};

const hashOf = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
};

export type KeptOf = Pick<Project, 'file' | 'directory' | 'environment'>;

/** `dependsOn`: all that decides what it is. None where nothing can be kept. */
export const keptPlace = (
  kind: string,
  { file, directory, environment }: KeptOf,
  dependsOn: () => readonly (string | Buffer)[],
): Kept | undefined => {
  try {
    const program = programIdentity();
    if (program === undefined) return undefined;
    const folder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tidemark', kind);
    const name = hashOf(file, directory, environment).slice(0, 32);
    return { file: join(folder, `${name}.json`), key: hashOf(program, ...dependsOn()) };
  } catch {
    return undefined; // no home, a manifest that cannot be read: reading says what is wrong
  }
};

/** Its own hash stands in front: a file that was cut short or touched is none. */
export const readKept = <T>({ file, key }: Kept, parse: (text: string) => T): T | undefined => {
  try {
    const text = readFileSync(file, 'utf8');
    const end = text.indexOf('\n');
    if (text.slice(0, end) !== `${key} ${hashOf(text.slice(end + 1))}`) return undefined;
    return parse(text.slice(end + 1));
  } catch {
    return undefined; // not there, or of another form
  }
};

/** What cannot be kept costs time, nothing else. */
export const keep = ({ file, key }: Kept, write: () => string): void => {
  try {
    const text = write();
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${key} ${hashOf(text)}\n${text}`, { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    // a home that is read-only, a full disk, a value that the text has no word for
  }
};
