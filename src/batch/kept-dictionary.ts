// The dictionary as the mappings alone say it. Of large ones reading is most of what `impact` has to do, so that what
// was read without a mistake is kept beside the user's other caches, under the hash of all that it depends on.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { dictionaryText, readDictionaryText, textForm } from '../dictionary/dictionary-text.ts';
import { parseDictionary } from '../dictionary/parse.ts';
import { dictionaryInvalid } from '../dictionary/problems.ts';
import { resolveDictionary } from '../dictionary/resolve.ts';
import { databaseName } from '../project/database-name.ts';
import type { FileText } from '../project/document.ts';
import type { Project } from '../project/project.ts';
import { namingOf } from './naming.ts';

/** Below this reading costs less than looking. */
const largeBytes = 64 * 1024;

export const isLarge = (files: readonly FileText[]): boolean =>
  files.reduce((bytes, { text }) => bytes + text.length, 0) >= largeBytes;

/** Every table and column that the mappings name is believed. */
export const readDictionaryOf = (project: Project, files: readonly FileText[]): Dictionary => {
  const { raw, problems } = parseDictionary(files);
  const resolved = resolveDictionary(raw, namingOf(project), undefined);
  const errors = [...problems, ...resolved.problems].filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw dictionaryInvalid(errors);
  return resolved.dictionary;
};

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

/** All that the dictionary depends on. */
const keyOf = (program: string, project: Project, files: readonly FileText[]): string => {
  const { schemas, limits, connection, manifest } = project;
  const settings = {
    form: textForm,
    schemas,
    limits,
    type: connection.type,
    database: databaseName(connection),
    redacts: project.redactKey !== undefined,
  };
  return hashOf(
    program,
    JSON.stringify(settings),
    manifest === undefined ? '' : readFileSync(manifest),
    ...files.flatMap(({ file, text }) => [file, text]),
  );
};

interface Kept {
  readonly file: string;
  readonly key: string;
}

/** One file for each project and environment, so that what is kept does not grow. */
const placeOf = (project: Project, files: readonly FileText[]): Kept | undefined => {
  if (!isLarge(files)) return undefined;
  try {
    const program = programIdentity();
    if (program === undefined) return undefined;
    const folder = join(
      process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'),
      'tidemark',
      'dictionaries',
    );
    const name = hashOf(project.file, project.directory, project.environment).slice(0, 32);
    return { file: join(folder, `${name}.json`), key: keyOf(program, project, files) };
  } catch {
    return undefined; // no home, a manifest that cannot be read: reading says what is wrong
  }
};

const read = ({ file, key }: Kept, files: readonly FileText[]): Dictionary | undefined => {
  try {
    const text = readFileSync(file, 'utf8');
    const end = text.indexOf('\n');
    // Its own hash stands in front: a file that was cut short or touched is none.
    if (text.slice(0, end) !== `${key} ${hashOf(text.slice(end + 1))}`) return undefined;
    return readDictionaryText(text.slice(end + 1), files);
  } catch {
    return undefined; // not there, or of another form
  }
};

/** What cannot be kept costs time, nothing else. */
const keep = ({ file, key }: Kept, dictionary: Dictionary, files: readonly FileText[]): void => {
  try {
    const text = dictionaryText(dictionary, files);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${key} ${hashOf(text)}\n${text}`, { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    // a home that is read-only, a full disk, a value that the text has no word for
  }
};

/** The same, from what is kept where there is such. */
export const keptDictionaryOf = (project: Project, files: readonly FileText[]): Dictionary => {
  const kept = placeOf(project, files);
  if (kept === undefined) return readDictionaryOf(project, files);
  const known = read(kept, files);
  if (known !== undefined) return known;
  const dictionary = readDictionaryOf(project, files);
  keep(kept, dictionary, files);
  return dictionary;
};
