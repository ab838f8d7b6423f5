// `docs`: the dictionary in dbt's own docs. Columns of models that nobody describes, and an exposure per target, stand
// in a file of ours; where somebody describes a model, lines of ours stand in his file, and nothing of his is changed.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describedIn, describeIn, entryName } from '../../dbt/docs/describe-columns.ts';
import { metaBelow, type DocumentedTarget } from '../../dbt/docs/documented.ts';
import { withoutOurs } from '../../dbt/docs/our-lines.ts';
import { exposureName, isOwnFile, ownFileText } from '../../dbt/docs/own-file.ts';
import type { DbtManifest } from '../../dbt/manifest.ts';
import { readManifest } from '../../dbt/read-manifest.ts';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import { dictionaryInvalid } from '../../dictionary/problems.ts';
import type { Dictionary } from '../../dictionary/dictionary.ts';
import type { Project } from '../../project/project.ts';
import { checkDictionary, withWarehouse } from '../open.ts';
import { dbtFilesOf, type DbtFiles } from './dbt-files.ts';
import type { DocsFile, DocsReport, DocsTarget } from './docs-report.ts';
import { documentedTargets } from './documented-targets.ts';

export interface DocsOptions {
  readonly project: Project;
  /** The folder of dbt_project.yml, where it is not above the manifest. */
  readonly dbt?: string | undefined;
  /** Else the files are left as they are, and the report says what would become of them. */
  readonly write?: boolean | undefined;
  /** Take away all that we ever wrote. */
  readonly remove?: boolean | undefined;
  readonly waitMs?: number | undefined;
}

/** None: no such file. */
interface Change {
  readonly file: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

interface Outcome {
  readonly changes: readonly Change[];
  readonly targets: readonly DocsTarget[];
}

const readIn = ({ folder }: DbtFiles, file: string): string | undefined =>
  existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : undefined;

const ownBefore = (files: DbtFiles): string | undefined => {
  const text = readIn(files, files.ownFile);
  if (text === undefined || isOwnFile(text)) return text;
  throw new TidemarkError('usage', {
    message: `\`${files.ownFile}\` was not written by \`tidemark docs\``,
    hint: 'the docs of the mappings belong there: give it another name',
  });
};

const removal = (files: DbtFiles): Outcome => ({
  targets: [],
  changes: [
    { file: files.ownFile, before: ownBefore(files), after: undefined },
    ...files.files.map((file) => {
      const before = readIn(files, file) ?? '';
      return { file, before, after: withoutOurs(before) };
    }),
  ],
});

const manifestOf = ({ manifest }: Project): DbtManifest => {
  if (manifest !== undefined) return readManifest(manifest);
  throw new TidemarkError('manifest_invalid', {
    message: '`docs` names the nodes of dbt, and the project names no manifest',
    hint: 'say where dbt writes it: `manifest: target/manifest.json` in the project file (`dbt compile` makes it)',
  });
};

const dictionaryOf = ({ project, waitMs }: DocsOptions): Promise<Dictionary> =>
  withWarehouse(project, { readOnly: true, waitMs: waitMs ?? 10_000 }, async (warehouse) => {
    const { dictionary, problems } = await checkDictionary(warehouse, project);
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw dictionaryInvalid(errors);
    return dictionary;
  });

interface Placed {
  readonly target: DocumentedTarget;
  /** Where it is described; none: nowhere. */
  readonly file: string | undefined;
  readonly left: readonly string[];
}

/** Why its columns are told in no file at all. */
const untold = ({ node }: DocumentedTarget, project: string): readonly string[] => {
  if (node === undefined) return ["no node of dbt's manifest is this table"];
  if (node.package !== project) return [`the package \`${node.package}\` describes it`];
  if (node.kind !== 'model' && node.kind !== 'snapshot') return [`it is a ${node.kind} of dbt`];
  return [];
};

const reportOf = ({ target, file, left }: Placed): DocsTarget => ({
  name: target.name,
  node: target.node?.id ?? null,
  exposure: target.node === undefined && target.reads.length === 0 ? null : exposureName(target.name),
  file: file ?? null,
  columns: target.columns.length,
  left,
});

const writing = (
  files: DbtFiles,
  { nodes, project, version }: DbtManifest,
  dictionary: Dictionary,
): Outcome => {
  const meta = metaBelow(version);
  const texts = new Map(files.files.map((file) => [file, readIn(files, file) ?? '']));
  const fileOf = new Map(
    [...texts].flatMap(([file, text]) => [...describedIn(text)].map((name) => [name, file])),
  );
  const all = documentedTargets(dictionary, nodes);
  const told = all.filter((target) => untold(target, project).length === 0);
  const placeOf = ({ node }: DocumentedTarget) =>
    node === undefined ? undefined : fileOf.get(entryName(node));
  const left = new Map(all.map((target) => [target.name, untold(target, project)]));
  const undescribed = told.filter((target) => placeOf(target) === undefined);
  const changes = [...texts].map(([file, before]): Change => {
    const here = told.filter((target) => placeOf(target) === file);
    const described = describeIn(before, here, meta);
    for (const [name, reasons] of described.left) left.set(name, reasons);
    return { file, before, after: described.text };
  });
  const bare = undescribed.filter(({ node }) => node?.hasContract === true || node?.version !== undefined);
  for (const { name } of bare) left.set(name, ['its contract wants a type for each column that is named']);
  const exposed = all.filter(({ node, reads }) => node !== undefined || reads.length > 0);
  const own = {
    exposed,
    undescribed: undescribed.filter((target) => !bare.includes(target)),
    project,
    meta,
  };
  const after = exposed.length === 0 ? undefined : ownFileText(own);
  return {
    changes: [{ file: files.ownFile, before: ownBefore(files), after }, ...changes],
    targets: all.map((target) =>
      reportOf({
        target,
        left: left.get(target.name) ?? [],
        file: placeOf(target) ?? (own.undescribed.includes(target) ? files.ownFile : undefined),
      }),
    ),
  };
};

const lines = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : text.split('\n').filter((line) => line.trim() !== '');

/** How many lines of one there are more than of the other. */
const more = (one: readonly string[], other: readonly string[]): readonly string[] => {
  const counts = new Map<string, number>();
  for (const line of other) counts.set(line, (counts.get(line) ?? 0) + 1);
  return one.filter((line) => {
    const left = counts.get(line) ?? 0;
    if (left > 0) counts.set(line, left - 1);
    return left === 0;
  });
};

const fileReport = (shown: string, { before, after }: Change): DocsFile => ({
  file: shown,
  change: before === undefined ? 'create' : after === undefined ? 'delete' : 'update',
  added: more(lines(after), lines(before)),
  removed: more(lines(before), lines(after)),
});

const apply = ({ folder }: DbtFiles, { file, after }: Change): void => {
  const path = join(folder, file);
  if (after !== undefined) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, after);
    return;
  }
  rmSync(path);
  if (readdirSync(dirname(path)).length === 0) rmdirSync(dirname(path));
};

export const docs = async (options: DocsOptions): Promise<DocsReport> => {
  const { project, remove = false, write = false } = options;
  const files = dbtFilesOf(project, options.dbt);
  const { changes, targets } = remove
    ? removal(files)
    : writing(files, manifestOf(project), await dictionaryOf(options));
  const different = changes.filter(({ before, after }) => before !== after);
  if (write) for (const change of different) apply(files, change);
  const shown = (file: string): string =>
    relative(project.directory, join(files.folder, file)).replaceAll('\\', '/');
  return {
    schema: 'tidemark/docs/1',
    project: project.name,
    environment: project.environment,
    action: remove ? 'remove' : 'write',
    status: different.length === 0 ? 'current' : write ? 'written' : 'different',
    files: different.map((change) => fileReport(shown(change.file), change)),
    targets,
  };
};
