// The project file as text: what `init` found out, in as few lines as say it.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inFlow, yaml } from '../../dictionary/import/yaml-words.ts';
import { TidemarkError, type Problem } from '../../errors/tidemark-error.ts';
import { parseProject } from '../../project/parse-project.ts';
import { projectInvalid } from '../../project/problems.ts';
import type { Project } from '../../project/project.ts';
import type { Variables } from '../../project/variables.ts';
import { fromProject, type Place } from './find-place.ts';

export const projectFileName = 'tidemark.yml';

export interface ProjectWish {
  readonly directory: string;
  readonly place: Place;
  readonly name: string;
  readonly variables: Variables;
  /** Where most of the sources, and of the targets, stand. */
  readonly schemas: { readonly staging: string; readonly targets: string };
}

export interface DraftProject {
  readonly text: string;
  readonly project: Project;
}

const warehouseText = (place: Place, directory: string): string => {
  switch (place.kind) {
    case 'dbt': {
      const folder = inFlow(fromProject(directory, place.folder));
      return place.target === undefined
        ? `{ dbt: ${folder} }`
        : `{ dbt: ${folder}, target: ${inFlow(place.target)} }`;
    }
    case 'duckdb':
      return `{ type: duckdb, path: ${inFlow(fromProject(directory, place.path))} }`;
    case 'postgres':
      return `{ type: postgres, url: "\${${place.variable}}" }`;
    default:
      return place satisfies never;
  }
};

/** Schemas of ours must be no one else's. */
const mirrorsFor = (staging: string, targets: string): string => {
  const wanted = staging === 'staging' ? 'staging_public' : 'tidemark_mirrors';
  return wanted === targets ? `${wanted}_2` : wanted;
};

const textOf = ({ directory, place, name, schemas: { staging, targets } }: ProjectWish): string =>
  [
    '# Written by `tidemark init`.',
    'version: 1',
    `name: ${yaml(name)}`,
    `warehouse: ${warehouseText(place, directory)}`,
    `schemas: { staging: ${inFlow(staging)}, mirrors: ${inFlow(mirrorsFor(staging, targets))}, targets: ${inFlow(targets)}, state: tidemark }`,
    'mappings: mappings',
    ...(place.kind === 'dbt' ? [`manifest: ${yaml(fromProject(directory, place.manifest))}`] : []),
    '',
  ].join('\n');

/** A place in a file that is not written yet is no place. */
const elsewhere = ({ at, ...problem }: Problem): Problem =>
  at === undefined || at.file === projectFileName ? problem : { ...problem, at };

export const draftProject = (wish: ProjectWish): DraftProject => {
  const { directory, variables } = wish;
  const text = textOf(wish);
  const { project, problems } = parseProject({
    file: projectFileName,
    text,
    path: join(directory, projectFileName),
    directory,
    variables,
    files: {
      exists: existsSync,
      read: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
    },
  });
  if (project !== undefined && problems.length === 0) return { text, project };
  const told = problems.map(elsewhere);
  const [first, second] = told;
  if (first !== undefined && second === undefined)
    throw new TidemarkError(first.code, { message: first.message, hint: first.hint, at: first.at });
  throw projectInvalid(basename(projectFileName), told);
};
