// The dictionary as it stands in the mappings, seen from its sources. Needs no warehouse.
import { parseDictionary } from '../dictionary/parse.ts';
import { targetName } from '../dictionary/tables.ts';
import { shapeOf, sourceFirst, type Fed, type Shape } from '../dictionary/source-first.ts';
import { TidemarkError } from '../errors/tidemark-error.ts';
import { didYouMean } from '../project/problems.ts';
import type { Project } from '../project/project.ts';
import { readMappings } from '../project/read-project.ts';
import { lineageOfProject } from './impact/impact.ts';

export interface ReadDictionaryOptions {
  readonly project: Project;
  /** Only what feeds these targets. */
  readonly select?: readonly string[] | undefined;
}

export interface DictionaryReport {
  readonly schema: 'tidemark/dictionary/1';
  readonly project: string;
  readonly environment: string;
  /** `{source: {column: {target: column}}}`; a column that an expression makes is `{column, expression}`. */
  readonly dictionary: Shape;
}

const checkNames = (names: readonly string[], known: readonly string[]): void => {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new TidemarkError('unknown_target', {
    message: `\`${unknown}\` is no target of this project`,
    hint: didYouMean(unknown, known) ?? `targets are: ${known.join(', ')}`,
  });
};

export const dictionaryFeeds = ({ project, select = [] }: ReadDictionaryOptions): readonly Fed[] => {
  const { graph } = lineageOfProject(project);
  checkNames(select, [...graph.targets.keys()]);
  const feeds = sourceFirst({ sources: [...graph.sources.values()], targets: graph.order });
  return select.length === 0 ? feeds : feeds.filter(({ target }) => select.includes(target));
};

export const dictionaryReport = (
  { project }: ReadDictionaryOptions,
  feeds: readonly Fed[],
): DictionaryReport => ({
  schema: 'tidemark/dictionary/1',
  project: project.name,
  environment: project.environment,
  dictionary: shapeOf(feeds),
});

export const readDictionary = (options: ReadDictionaryOptions): DictionaryReport =>
  dictionaryReport(options, dictionaryFeeds(options));

/** All sources and targets, as one may name them. */
export const namesOfProject = (project: Project): readonly string[] => {
  const files = readMappings(project);
  const { graph } = lineageOfProject(project, files);
  const models = parseDictionary(files).raw.targets.filter(
    ({ model, enabled }) => model !== undefined && enabled,
  );
  return [...graph.sources.keys(), ...graph.targets.keys(), ...models.map(targetName)];
};
