// Says what came of a call: data on stdout, diagnostics on stderr, one line of JSON when that was asked for.
import type { Problem, TidemarkError } from '../errors/tidemark-error.ts';
import type { CommandName } from './command-table.ts';
import type { Outcome } from './invocation.ts';
import type { Edge, Manner } from './manner.ts';
import { renderProblem, renderProblems } from './render/diagnostics.ts';
import { errorJson } from './render/json.ts';
import type { Style } from './render/style.ts';
import { instantUtc } from './render/text.ts';

const retryWords: Readonly<Record<number, string>> = {
  1: 'a retry may help',
  4: 'a retry helps once they are done; `--wait 5m` waits that long',
};

/** Only a run could have written; whatever it threw, its transaction was rolled back. */
const stateOfData = (error: TidemarkError, command: CommandName | undefined): string | undefined => {
  const { exitCode } = error;
  if (command === undefined || exitCode === 2 || error.code === 'interrupted' || error.code === 'internal')
    return undefined;
  const retry = error.retryable
    ? retryWords[exitCode]
    : exitCode === 1
      ? 'a retry does not help until this is mended'
      : undefined;
  const said = error.message.includes('nothing was written') || error.code === 'commit_unknown';
  const { last_batch: batch, data_at: at } = error.details;
  const standing =
    typeof batch === 'number' && typeof at === 'string'
      ? [`targets are as of batch ${batch}, data as of ${instantUtc(at)}`]
      : [];
  const parts = [
    ...((command === 'run' || command === 'reconcile') && !said ? ['nothing was written'] : []),
    ...standing,
    ...(retry === undefined ? [] : [retry]),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
};

const stackOf = (error: unknown): string => {
  if (!(error instanceof Error)) return JSON.stringify(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
};

export const tellError = (
  error: TidemarkError,
  command: CommandName | undefined,
  edge: Edge,
  manner: Manner,
): void => {
  if (manner.json) edge.stdout.write(`${JSON.stringify(errorJson(error))}\n`);
  const stack = manner.verbose ? stackOf(error) : '';
  if (manner.log.format === 'json') {
    manner.log.error(error.message, { ...errorJson(error), ...(stack === '' ? {} : { stack }) });
    return;
  }
  if (manner.json && stack === '') return;
  const shown = error.problems.length > 0 ? `${renderProblems(error.problems, manner.err)}\n\n` : '';
  const { message, hint } = error;
  const several = error.problems.length > 1;
  const last =
    error.problems.length === 1 ? '' : renderProblem(several ? { message, hint } : error, manner.err);
  const state = stateOfData(error, command);
  const lines = [
    `${shown}${last}`.trimEnd(),
    ...(state === undefined ? [] : [state]),
    ...(stack === '' ? [] : [stack]),
  ];
  if (!manner.json) edge.stderr.write(`${lines.join('\n')}\n`);
  else edge.stderr.write(`${stack}\n`);
};

export const tell = (outcome: Outcome, edge: Edge, manner: Manner): void => {
  if (manner.json) {
    edge.stdout.write(`${JSON.stringify(outcome.json)}\n`);
    return;
  }
  const { problems = [], problemsAsked = false, closing, inShort, exit } = outcome;
  const { problemText = renderProblem } = outcome;
  const problemTexts = (shown: readonly Problem[], style: Style): string =>
    shown.map((problem) => problemText(problem, style)).join('\n\n');
  if (problemsAsked && !manner.quiet && problems.length > 0) {
    edge.stdout.write(`${problemTexts(problems, manner.out)}\n\n`);
  }
  if (!manner.quiet) edge.stdout.write(`${outcome.text(manner.out)}\n`);
  if (manner.log.format === 'json') {
    for (const { message, ...facts } of problems) manner.log.error(message, facts);
    return;
  }
  const grave = manner.quiet ? problems.filter(({ severity }) => severity === 'error') : problems;
  const diagnostics = problemsAsked && !manner.quiet ? [] : grave;
  const short = manner.quiet && exit !== 0 && inShort !== undefined && inShort !== '' ? [inShort] : [];
  const lines = [
    ...(diagnostics.length === 0 ? [] : [problemTexts(diagnostics, manner.err)]),
    ...(closing === undefined ? [] : [closing]),
    ...short,
  ];
  if (lines.length === 0) return;
  edge.stderr.write(`${manner.quiet ? '' : '\n'}${lines.join('\n\n')}\n`);
};
