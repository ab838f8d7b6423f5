// Mapping files → raw dictionary. Pure: takes the texts, reads no file.
import type { Problem } from '../errors/tidemark-error.ts';
import type { FileText, Value } from '../project/document.ts';
import { parseYaml } from '../project/document.ts';
import { fieldsOf } from '../project/fields.ts';
import { emptyFile, inOrder } from '../project/problems.ts';
import { noSources } from './problems.ts';
import { readSources } from './parse-source.ts';
import { readTarget, targetKeys } from './parse-target.ts';
import type { RawDictionary, RawSource, RawTarget } from './raw.ts';

export interface ParsedDictionary {
  readonly raw: RawDictionary;
  readonly problems: readonly Problem[];
}

/** One file holds `sources`, or one `target`, or both. */
export const parseDictionary = (files: readonly FileText[]): ParsedDictionary => {
  const problems: Problem[] = [];
  const sources: RawSource[] = [];
  const targets: RawTarget[] = [];
  let incomplete = false;
  for (const file of files) {
    const report = (problem: Problem): unknown => problems.push(problem);
    const { root, broken, start } = parseYaml(file, report);
    incomplete ||= broken;
    if (root === undefined) {
      if (!broken) report(emptyFile(start, '`sources` or a `target`'));
      continue;
    }
    const onlySources = valueAt(root, 'sources') !== undefined && valueAt(root, 'target') === undefined;
    const keys = onlySources
      ? { known: ['sources'] }
      : { ...targetKeys, known: [...targetKeys.known, 'sources'] };
    const fields = fieldsOf(root, ownerOf(root), keys, report);
    if (fields.get('sources') !== undefined) sources.push(...readSources(fields));
    if (onlySources || root.kind !== 'mapping') continue;
    const target = readTarget(fields);
    if (target === undefined) incomplete = true;
    else targets.push(target);
  }
  if (sources.length === 0 && !incomplete) problems.push(noSources(files.length));
  return { raw: { sources, targets, incomplete }, problems: inOrder(problems) };
};

const valueAt = (root: Value, key: string): Value | undefined =>
  root.kind === 'mapping' ? root.entries.find((entry) => entry.key.text === key)?.value : undefined;

const ownerOf = (root: Value): string => {
  const target = valueAt(root, 'target');
  return target?.kind === 'scalar' && target.text !== '' ? `target \`${target.text}\`` : 'this file';
};
