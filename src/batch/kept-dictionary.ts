// The dictionary as the mappings alone say it. Of large ones reading is most of what `impact` has to do, so that what
// was read without a mistake is kept beside the user's other caches, under the hash of all that it depends on.
import { readFileSync } from 'node:fs';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { dictionaryText, readDictionaryText, textForm } from '../dictionary/dictionary-text.ts';
import { parseDictionary } from '../dictionary/parse.ts';
import { dictionaryInvalid } from '../dictionary/problems.ts';
import { resolveDictionary } from '../dictionary/resolve.ts';
import { databaseName } from '../project/database-name.ts';
import type { FileText } from '../project/document.ts';
import type { Project } from '../project/project.ts';
import { namingOf } from './naming.ts';
import { keep, keptPlace, readKept, type Kept } from './user-cache.ts';

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

/** All that the dictionary depends on. */
const partsOf = (project: Project, files: readonly FileText[]): readonly (string | Buffer)[] => {
  const { schemas, limits, connection, manifest } = project;
  const settings = {
    form: textForm,
    schemas,
    limits,
    type: connection.type,
    database: databaseName(connection),
    redacts: project.redactKey !== undefined,
  };
  return [
    JSON.stringify(settings),
    manifest === undefined ? '' : readFileSync(manifest),
    ...files.flatMap(({ file, text }) => [file, text]),
  ];
};

const placeOf = (project: Project, files: readonly FileText[]): Kept | undefined =>
  isLarge(files) ? keptPlace('dictionaries', project, () => partsOf(project, files)) : undefined;

/** The same, from what is kept where there is such. */
export const keptDictionaryOf = (project: Project, files: readonly FileText[]): Dictionary => {
  const kept = placeOf(project, files);
  if (kept === undefined) return readDictionaryOf(project, files);
  const known = readKept(kept, (text) => readDictionaryText(text, files));
  if (known !== undefined) return known;
  const dictionary = readDictionaryOf(project, files);
  keep(kept, () => dictionaryText(dictionary, files));
  return dictionary;
};
