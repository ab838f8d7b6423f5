// Impact: what hangs on a column, read off the mappings alone. The warehouse is opened only for what they do not say.
import { filesReached } from '../../dictionary/files-reached.ts';
import { parseDictionary } from '../../dictionary/parse.ts';
import { isTidemarkError, type Problem } from '../../errors/tidemark-error.ts';
import { readAsked, type Asked } from '../../graph/asked.ts';
import { buildGraph } from '../../graph/graph.ts';
import { columnsReadOf, lineageOf, reachOf, type Lineage, type Reach, type Spot } from '../../graph/reach.ts';
import { quoted } from '../../project/problems.ts';
import type { FileText } from '../../project/document.ts';
import type { Project } from '../../project/project.ts';
import { readMappings } from '../../project/read-project.ts';
import { isLarge, keptDictionaryOf, readDictionaryOf } from '../kept-dictionary.ts';
import type { Start } from './dbt-downstream.ts';
import type { ImpactReport, ReachReport, TargetNote } from './impact-report.ts';

export interface ImpactOptions {
  readonly project: Project;
  /** `source.column` or `source`. */
  readonly columns: readonly string[];
  /** Count the rows of the targets that hang on them, in the warehouse. */
  readonly rows?: boolean | undefined;
  /** On to what dbt builds of it. */
  readonly dbt?: boolean | undefined;
  /** Never ask the warehouse. */
  readonly offline?: boolean | undefined;
  readonly waitMs?: number | undefined;
}

/** The mappings by themselves: every table and column that they name is believed. */
export const lineageOfProject = (project: Project, files = readMappings(project)): Lineage =>
  lineageOf(buildGraph(keptDictionaryOf(project, files)));

/** The same of other files than those that stand in the project's folder. */
export const lineageOfFiles = (project: Project, files: readonly FileText[]): Lineage =>
  lineageOf(buildGraph(readDictionaryOf(project, files)));

/** Of a table its rows, and every column that is read. */
const spotsOf = (lineage: Lineage, { relation, column }: Spot): readonly Spot[] =>
  column === undefined
    ? [undefined, ...columnsReadOf(lineage, relation)].map((each) => ({ relation, column: each }))
    : [{ relation, column }];

export const reachReport = ({ from, target, column, how, scope, via, expression }: Reach): ReachReport => ({
  source: from.relation,
  source_column: from.column ?? null,
  target,
  column,
  how,
  scope,
  via: via.map((step) => ({ target: step.target, column: step.column ?? null })),
  expression: expression?.text ?? null,
  at:
    expression === undefined
      ? null
      : { file: expression.at.file, line: expression.at.line, column: expression.at.column },
});

/** What dbt may build of: that which was asked about, and all that it reaches. */
export const startsOf = (spots: readonly Spot[], reaches: readonly ReachReport[]): readonly Start[] => [
  ...spots,
  ...reaches.flatMap(({ target, column, scope }): readonly Start[] => [
    { relation: target, column },
    ...(scope === 'row' ? [{ relation: target, column: undefined }] : []),
  ]),
];

/** Whom to ask before the change is made. */
const ownersOf = (
  { graph }: Lineage,
  reaches: readonly ReachReport[],
): { readonly owners?: readonly TargetNote[] } => {
  const owners = [...new Set(reaches.map(({ target }) => target))].flatMap((name): readonly TargetNote[] => {
    const { owner = null, description = null } = graph.targets.get(name) ?? {};
    return owner === null && description === null ? [] : [{ target: name, owner, description }];
  });
  return owners.length === 0 ? {} : { owners };
};

const distinct = (asked: readonly Asked[]): readonly Asked[] => [
  ...new Map(asked.map((each) => [JSON.stringify([each.relation, each.column]), each])).values(),
];

interface Question {
  readonly lineage: Lineage;
  readonly asked: readonly Asked[];
  readonly warnings: readonly Problem[];
}

/** Targets that are dbt models, of which the mappings by themselves say nothing: never shown as if nothing reached them. */
export const modelsLeftOut = (files: readonly FileText[]): readonly Problem[] => {
  // Reading them all again is what is kept from doing: no file that names no model has one.
  if (!files.some(({ text }) => /\bmodel\b/.test(text))) return [];
  const models = parseDictionary(files).raw.targets.filter(({ model }) => model !== undefined);
  if (models.length === 0) return [];
  return [
    {
      code: 'catalog_missing',
      severity: 'warning',
      message: `what reaches ${quoted(models.map(({ name }) => name.text))} is not told: the mappings alone do not say what a dbt model reads`,
      hint: '`tidemark impact SOURCE.COLUMN` asks the warehouse and the manifest',
    },
  ];
};

/** Read from the few files that have to do with it; none where that answers another question, or has a mistake, which
 *  is told with all the others. */
const glancedAt = (
  project: Project,
  files: readonly FileText[],
  { columns, rows, dbt }: ImpactOptions,
): Lineage | undefined => {
  if (rows === true || dbt === true || !isLarge(files)) return undefined;
  const names = columns.map((text) => text.split('.', 1)[0] ?? '');
  const few = filesReached(files, names);
  if (few === undefined) return undefined;
  try {
    const lineage = lineageOfFiles(project, few);
    const meant = columns.map((text) => readAsked(lineage, text).relation.toLowerCase());
    return meant.every((name, place) => name === names[place]?.toLowerCase()) ? lineage : undefined;
  } catch (error) {
    if (isTidemarkError(error)) return undefined;
    throw error;
  }
};

const lineageFor = async (options: ImpactOptions): Promise<Pick<Question, 'lineage' | 'warnings'>> => {
  const { project, offline, waitMs } = options;
  const files = readMappings(project);
  const warnings = modelsLeftOut(files);
  if (warnings.length === 0 || offline === true) {
    const lineage = glancedAt(project, files, options) ?? lineageOfProject(project, files);
    return { lineage, warnings };
  }
  const { lineageOfModels } = await import('./lineage-of-models.ts');
  return { lineage: await lineageOfModels(project, waitMs), warnings: [] };
};

const questionOf = async (options: ImpactOptions): Promise<Question> => {
  const { lineage, warnings } = await lineageFor(options);
  const asked = distinct(options.columns.map((text) => readAsked(lineage, text)));
  const unnamed = asked.filter(({ isNamed }) => !isNamed);
  if (unnamed.length === 0) return { lineage, asked, warnings };
  const { lookUpColumns } = await import('./look-up-columns.ts');
  const looked = await lookUpColumns(lineage, unnamed, options);
  const named = asked.filter(({ isNamed }) => isNamed);
  return {
    lineage,
    asked: distinct([...named, ...looked.asked]),
    warnings: [...warnings, ...looked.warnings],
  };
};

export const impact = async (options: ImpactOptions): Promise<ImpactReport> => {
  const { project } = options;
  const { lineage, asked, warnings } = await questionOf(options);
  const spots = asked.flatMap((each) => spotsOf(lineage, each));
  const reaches = spots.flatMap((spot) => reachOf(lineage, spot).map(reachReport));
  const counted =
    options.rows === true
      ? await (await import('./count-rows.ts')).countRows(options, spots, reaches)
      : { reaches, warnings: [] };
  const onward =
    options.dbt === true
      ? await (
          await import('./dbt-downstream.ts')
        ).dbtDownstream(project, lineage.graph, startsOf(spots, reaches))
      : undefined;
  return {
    schema: 'tidemark/impact/1',
    project: project.name,
    environment: project.environment,
    columns: asked.map(({ relation, column }) => ({ source: relation, column: column ?? null })),
    ...counted,
    ...ownersOf(lineage, reaches),
    downstream: [],
    ...onward,
    warnings: [...warnings, ...counted.warnings, ...(onward?.warnings ?? [])],
  };
};
