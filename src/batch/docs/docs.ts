// `docs`: the dictionary in dbt's own docs. Columns of models that nobody describes, and an exposure per target, stand
// in a file of ours; where somebody describes a model, lines of ours stand in his file, and nothing of his is changed.
import { isUtf8 } from 'node:buffer';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describeIn } from '../../dbt/docs/describe-columns.ts';
import { metaBelow, type DocumentedTarget } from '../../dbt/docs/documented.ts';
import { exposureName, isOwnFile, ownFileText } from '../../dbt/docs/own-file.ts';
import { takenOut } from '../../dbt/docs/taken-out.ts';
import type { DbtManifest, DbtNode } from '../../dbt/manifest.ts';
import { readManifest } from '../../dbt/read-manifest.ts';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import { dictionaryInvalid } from '../../dictionary/problems.ts';
import type { Dictionary } from '../../dictionary/dictionary.ts';
import type { Project } from '../../project/project.ts';
import { checkDictionary, withWarehouse } from '../open.ts';
import { dbtFilesOf, type DbtFiles } from './dbt-files.ts';
import type { DocsFile, DocsReport, DocsTarget } from './docs-report.ts';
import { documentedTargets } from './documented-targets.ts';
import { placesIn, type DocsPlace } from './places.ts';
import { replaceFile } from './replace-file.ts';

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
  /** Why it stays as it is. */
  readonly kept?: string | undefined;
}

interface Outcome {
  readonly changes: readonly Change[];
  readonly targets: readonly DocsTarget[];
}

const readIn = ({ folder }: DbtFiles, file: string): string | undefined =>
  existsSync(resolve(folder, file)) ? readFileSync(resolve(folder, file), 'utf8') : undefined;

/** Of those that are text: no others could be given back as they were. */
const textsOf = ({ folder, files }: DbtFiles): ReadonlyMap<string, string> =>
  new Map(
    files.flatMap((file) => {
      const bytes = readFileSync(resolve(folder, file));
      return isUtf8(bytes) ? [[file, bytes.toString('utf8')] as const] : [];
    }),
  );

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
    ...[...textsOf(files)].map(([file, before]): Change => {
      const { text: after, kept } = takenOut(before);
      return { file, before, after, kept };
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

const wantsTypes = 'its contract wants a type for each column that is named';

/** A file of ours names columns, and no types of theirs. */
const isBare = ({ node }: DocumentedTarget): boolean =>
  node?.hasContract === true || node?.version !== undefined;

interface Standing {
  readonly target: DocumentedTarget;
  /** None: it is told in no file at all. */
  readonly place: DocsPlace | undefined;
  readonly left: readonly string[];
}

const standingOf = (
  target: DocumentedTarget,
  project: string,
  placeOf: (node: DbtNode) => DocsPlace,
): Standing => {
  const left = untold(target, project);
  if (left.length > 0 || target.node === undefined) return { target, left, place: undefined };
  const place = placeOf(target.node);
  if (place.kind === 'elsewhere')
    return {
      target,
      place: undefined,
      left: [`it is described in \`${place.file}\`, which we cannot add to`],
    };
  if (place.kind === 'nowhere' && isBare(target)) return { target, place: undefined, left: [wantsTypes] };
  return { target, place, left };
};

const writing = (
  files: DbtFiles,
  { nodes, project, version }: DbtManifest,
  dictionary: Dictionary,
): Outcome => {
  const meta = metaBelow(version);
  const texts = textsOf(files);
  const all = documentedTargets(dictionary, nodes);
  const placeOf = placesIn(files, texts);
  const standings = all.map((target) => standingOf(target, project, placeOf));
  const left = new Map(standings.map((standing) => [standing.target.name, standing.left]));
  const changes = [...texts].map(([file, before]): Change => {
    const here = standings.flatMap(({ target, place }) =>
      place?.kind === 'file' && place.file === file ? [target] : [],
    );
    const { text: after, kept, left: reasons } = describeIn(before, here, meta);
    for (const [name, why] of reasons) left.set(name, why);
    return { file, before, after, kept };
  });
  const exposed = all.filter(({ node, reads }) => node !== undefined || reads.length > 0);
  const undescribed = standings.flatMap(({ target, place }) => (place?.kind === 'nowhere' ? [target] : []));
  const after = exposed.length === 0 ? undefined : ownFileText({ exposed, undescribed, project, meta });
  return {
    changes: [{ file: files.ownFile, before: ownBefore(files), after }, ...changes],
    targets: standings.map(({ target, place }) =>
      reportOf({
        target,
        left: left.get(target.name) ?? [],
        file: place?.kind === 'file' ? place.file : place && files.ownFile,
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
  const path = resolve(folder, file);
  if (after !== undefined) {
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, after);
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
    relative(project.directory, resolve(files.folder, file)).replaceAll('\\', '/');
  return {
    schema: 'tidemark/docs/1',
    project: project.name,
    environment: project.environment,
    action: remove ? 'remove' : 'write',
    status: different.length === 0 ? 'current' : write ? 'written' : 'different',
    files: different.map((change) => fileReport(shown(change.file), change)),
    left: changes.flatMap(({ file, kept }) =>
      kept === undefined ? [] : [{ file: shown(file), reason: kept }],
    ),
    targets,
  };
};
