// Proposals are looked at as if they were a dictionary already: checked against the warehouse, compiled there, tried on
// the real rows, and compared with what their tables hold. Nothing is written but scratch.
import type { Dictionary, Target } from '../../dictionary/dictionary.ts';
import { parseDictionary, type ParsedDictionary } from '../../dictionary/parse.ts';
import { dictionaryInvalid } from '../../dictionary/problems.ts';
import { targetName } from '../../dictionary/tables.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import type { FileText } from '../../project/document.ts';
import type { Project } from '../../project/project.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { compileTargets } from '../compute/compile-targets.ts';
import type { Progress } from '../context.ts';
import { againstData, type TargetMatch } from '../data/against-data.ts';
import { checkData } from '../data/check-data.ts';
import { checkDictionary, withContext, type Checked } from '../open.ts';
import type { Match } from './proposal.ts';

export interface Trial {
  readonly warehouse: Warehouse;
  readonly project: Project;
  /** What is there already. */
  readonly present: readonly FileText[];
  readonly proposed: readonly FileText[];
  readonly samplePercent: number | undefined;
  readonly progress: Progress;
}

interface ColumnRate {
  readonly name: string;
  readonly different: number;
}

export interface Looked {
  readonly match: Match;
  readonly columns: readonly ColumnRate[];
  readonly notices: readonly string[];
  /** Whatever changes, all of it is compared. */
  readonly inFull: boolean;
}

export interface Verdict {
  /** Sentences by the name of the target, or of the source. */
  readonly refusedTargets: ReadonlyMap<string, string>;
  readonly refusedSources: ReadonlyMap<string, string>;
  readonly looked: ReadonlyMap<string, Looked>;
}

const sentence = ({ message, hint }: Problem): string =>
  hint === undefined ? message : `${message} (${hint})`;

const isError = ({ severity }: Problem): boolean => severity === 'error';

/** Whose file, or whose lines of the file of sources, a problem is about. */
const blame = (problems: readonly Problem[], trial: Trial, { raw }: ParsedDictionary): Verdict => {
  const targets = new Map<string, string>();
  const sources = new Map<string, string>();
  const own = new Set(trial.proposed.map(({ file }) => file));
  for (const problem of problems) {
    const { at } = problem;
    if (at === undefined || !own.has(at.file)) throw dictionaryInvalid([problem]);
    const target = raw.targets.find(({ name }) => name.at.file === at.file);
    const source = raw.sources.findLast(({ name }) => name.at.file === at.file && name.at.line <= at.line);
    if (target !== undefined && !targets.has(targetName(target)))
      targets.set(targetName(target), sentence(problem));
    else if (source !== undefined && target === undefined) sources.set(source.name.text, sentence(problem));
  }
  return { refusedTargets: targets, refusedSources: sources, looked: new Map() };
};

const matchOf = ({ rows, compared, different, missing, extra }: TargetMatch): Match => {
  const all = rows + (extra ?? 0);
  const equal = compared - different;
  const percent = all === 0 ? null : Math.round((equal / all) * 10_000) / 100;
  return {
    rows,
    different,
    missing,
    extra: extra ?? 0,
    percent: percent === 100 && equal < all ? 99.99 : percent,
  };
};

const isInFull = ({ root }: Target): boolean => root.kind === 'query' && root.query.changed === undefined;

const compareAll = async (
  trial: Trial,
  checked: Checked,
  parsed: ParsedDictionary,
  names: readonly string[],
): Promise<Verdict> => {
  const { project, warehouse, progress, samplePercent } = trial;
  const found = await withContext({ project, warehouse, progress, parsed, checked }, (context) =>
    againstData(context, { select: names, samplePercent, samples: 0 }),
  );
  const warnings = checked.problems.filter((problem) => !isError(problem));
  const byName = new Map(checked.dictionary.targets.map((target) => [target.name, target]));
  return {
    refusedTargets: new Map(found.notCompared.map(({ name, reason }) => [name, reason])),
    refusedSources: new Map(),
    looked: new Map(
      found.targets.map((target) => {
        const known = byName.get(target.name);
        const looked: Looked = {
          match: matchOf(target),
          columns: target.columns,
          inFull: known !== undefined && isInFull(known),
          notices: warnings.filter(({ at }) => at?.file === known?.at.file).map(({ message }) => message),
        };
        return [target.name, looked];
      }),
    ),
  };
};

const problemsOf = async (
  { warehouse }: Trial,
  dictionary: Dictionary,
  names: readonly string[],
): Promise<readonly Problem[]> => {
  const selected = new Set(names);
  const compiled = (await compileTargets(warehouse, dictionary, selected)).filter(isError);
  return compiled.length > 0 ? compiled : (await checkData(warehouse, dictionary, selected)).filter(isError);
};

/** What is refused must go before the rest can be compared: then nothing was looked at yet. */
export const prove = async (trial: Trial): Promise<Verdict> => {
  const { warehouse, project, present, proposed } = trial;
  const parsed = parseDictionary([...present, ...proposed]);
  const checked = await checkDictionary(warehouse, project, { strict: true, parsed });
  const errors = checked.problems.filter(isError);
  if (errors.length > 0) return blame(errors, trial, parsed);
  const own = new Set(proposed.map(({ file }) => file));
  const names = checked.dictionary.targets.filter(({ at }) => own.has(at.file)).map(({ name }) => name);
  const problems = await problemsOf(trial, checked.dictionary, names);
  if (problems.length > 0) return blame(problems, trial, parsed);
  if (names.length === 0) return { refusedTargets: new Map(), refusedSources: new Map(), looked: new Map() };
  return compareAll(trial, checked, parsed, names);
};
