// From forms that a target may have to the one that holds: each round, what was refused or does not match goes on to
// its next form, until all that is left matches on the rows.
import { nameList } from '../../dictionary/import/yaml-words.ts';
import type { FileText } from '../../project/document.ts';
import type { Project } from '../../project/project.ts';
import { matchText, sourcesFile, targetFile } from './mapping-files.ts';
import type { Candidate, Form, Match, SourceProposal, Tried } from './proposal.ts';
import { prove, type Looked, type Trial, type Verdict } from './prove.ts';

export interface Line {
  readonly candidate: Candidate;
  /** Forms to try, the best first. */
  readonly forms: readonly Form[];
  /** Why there are no better ones. */
  readonly reasons: readonly string[];
  readonly sourcesOf: (form: Form) => readonly SourceProposal[];
}

export interface Settled {
  readonly line: Line;
  /** What holds; none: it is left to its builder. */
  readonly form: Form | undefined;
  readonly looked: Looked | undefined;
  /** What did not hold, the best first. */
  readonly failed: readonly Tried[];
}

interface State {
  readonly line: Line;
  readonly queue: Form[];
  form: Form | undefined;
  looked: Looked | undefined;
  /** It holds, though it is compared in full each time: nothing better was found. */
  lastResort: boolean;
  readonly failed: Tried[];
}

type Ground = Omit<Trial, 'proposed'> & { readonly pathOf: (name: string | undefined) => string };

export const sourcesUsed = (
  lines: readonly { readonly line: Line; readonly form: Form | undefined }[],
): readonly SourceProposal[] => {
  const found = new Map<string, SourceProposal>();
  for (const { line, form } of lines)
    if (form !== undefined) for (const source of line.sourcesOf(form)) found.set(source.name, source);
  return [...found.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1));
};

const filesOf = (
  states: readonly State[],
  declared: ReadonlySet<string>,
  { pathOf, project }: { readonly pathOf: Ground['pathOf']; readonly project: Project },
): readonly FileText[] => {
  const sources = sourcesUsed(states).filter(({ name }) => !declared.has(name));
  const targets = states.flatMap(({ line: { candidate }, form }) =>
    form === undefined
      ? []
      : [
          {
            file: pathOf(candidate.name),
            text: targetFile({ candidate, form, match: undefined, notices: [] }, true),
          },
        ],
  );
  if (sources.length === 0) return targets;
  return [{ file: pathOf(undefined), text: sourcesFile(sources, [], project.schemas.staging) }, ...targets];
};

const goOn = (state: State, refused: string, match?: Match): void => {
  const { form, line } = state;
  if (form !== undefined) state.failed.push({ candidate: line.candidate, form, match, notices: [], refused });
  state.form = state.queue.shift();
};

/** Of columns that pass through, those that match hold by themselves. */
const narrow = (state: State, { columns, match }: Looked): boolean => {
  const { form } = state;
  if (form?.kind !== 'this' || match.missing + match.extra > 0) return false;
  const wrong = new Set(columns.flatMap(({ name, different }) => (different > 0 ? [name] : [])));
  const right = form.columns.filter(({ name }) => !wrong.has(name));
  if (right.length === 0 || right.length === form.columns.length) return false;
  const used = new Set(right.map(({ source }) => source));
  state.form = { ...form, columns: right, joins: form.joins.filter(({ source }) => used.has(source)) };
  return true;
};

/** Up to here comparing all of a table at each change costs less than leaving most of its columns behind. */
const smallRows = 1_000_000;

/** Whether it holds as it is. */
const holds = (state: State, looked: Looked): boolean => {
  const { form, queue } = state;
  const { match, inFull } = looked;
  if (match.percent === 100 || (match.percent === null && form?.kind === 'model')) {
    const better = inFull && match.rows > smallRows && !state.lastResort && queue.length > 0;
    state.looked = looked;
    if (!better) return true;
    state.lastResort = true;
    if (form !== undefined) queue.push(form);
    state.form = queue.shift();
    return false;
  }
  if (!narrow(state, looked)) goOn(state, matchText(match), match);
  return false;
};

const drop = (states: readonly State[], verdict: Verdict): void => {
  for (const state of states) {
    const { form, line } = state;
    if (form === undefined) continue;
    const own = verdict.refusedTargets.get(line.candidate.name);
    const source = line.sourcesOf(form).find(({ name }) => verdict.refusedSources.has(name));
    const refused = own ?? (source && verdict.refusedSources.get(source.name));
    if (refused !== undefined) goOn(state, refused);
  }
};

/** More than any table has forms, in rounds. */
const mostRounds = 30;

export const settle = async (
  lines: readonly Line[],
  declared: ReadonlySet<string>,
  ground: Ground,
): Promise<readonly Settled[]> => {
  const states = lines.map((line): State => {
    const [form, ...queue] = line.forms;
    return { line, queue, form, looked: undefined, lastResort: false, failed: [] };
  });
  let round = 0;
  for (let done = false; !done; round += 1) {
    if (round === mostRounds) for (const state of states) state.form = undefined;
    const proposed = filesOf(states, declared, ground);
    if (!states.some(({ form }) => form !== undefined)) break;
    const verdict = await prove({ ...ground, proposed });
    const refused = verdict.refusedTargets.size + verdict.refusedSources.size;
    if (refused > 0) drop(states, verdict);
    done = refused === 0;
    for (const state of states) {
      const looked = verdict.looked.get(state.line.candidate.name);
      if (state.form === undefined || looked === undefined) continue;
      if (!holds(state, looked)) done = false;
    }
  }
  return states.map(({ line, form, looked, failed }) => ({
    line,
    form,
    looked: form === undefined ? undefined : looked,
    failed,
  }));
};

/** For people: what it is left with, and why. */
export const whyLeft = ({ line, failed }: Settled): string => {
  const [first] = failed;
  if (first !== undefined) return first.refused ?? '';
  return line.reasons.length === 0
    ? `nothing of ${nameList([line.candidate.name])} can be traced`
    : line.reasons.join('; ');
};
