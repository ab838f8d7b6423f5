// Mappings that stand in dbt's own files, under `meta: {tidemark: …}` of a model: read as if they were files of ours.
import { existsSync } from 'node:fs';
import { stringify } from 'yaml';
import type { DbtNode } from '../dbt/manifest.ts';
import { readManifest } from '../dbt/read-manifest.ts';
import { isTidemarkError } from '../errors/tidemark-error.ts';
import type { FileText } from './document.ts';
import type { Project } from './project.ts';

/** Where nothing else says what its columns are made of, the model's own SQL does. */
const withModel = (name: string, mapping: Readonly<Record<string, unknown>>): object => {
  const says = ['model', 'from', 'join', 'columns'].some((key) => Object.hasOwn(mapping, key));
  return says ? { target: name, ...mapping } : { target: name, model: name, ...mapping };
};

const fileOf = ({ kind, name, file, mapping }: DbtNode): readonly FileText[] =>
  kind !== 'model' || mapping === undefined
    ? []
    : [{ file: `${file} (meta.tidemark)`, text: stringify(withModel(name, mapping), { lineWidth: 0 }) }];

/** None where there is no manifest, or none that can be read: whoever needs it says so. */
export const metaMappings = ({ manifest }: Pick<Project, 'manifest'>): readonly FileText[] => {
  if (manifest === undefined || !existsSync(manifest)) return [];
  try {
    return readManifest(manifest).nodes.flatMap(fileOf);
  } catch (error) {
    if (isTidemarkError(error)) return [];
    throw error;
  }
};
