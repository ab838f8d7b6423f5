// tidemark validate
import { validate as validateProject } from '../../batch/validate.ts';
import { isTidemarkError, type TidemarkError } from '../../errors/tidemark-error.ts';
import { testPlaces } from '../../project/project.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { choiceOf, durationOf } from '../read-options.ts';
import { problemText, validateJson, verdict, type ShownReport } from '../render/validate.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const wrongUsage = 2;

const unreadable = (error: TidemarkError): ShownReport => ({
  schema: 'tidemark/validate/1',
  project: null,
  environment: null,
  status: 'invalid',
  sources: 0,
  targets: 0,
  columns: 0,
  tests: null,
  problems:
    error.problems.length > 0
      ? error.problems
      : [{ code: error.code, message: error.message, severity: 'error', hint: error.hint, at: error.at }],
});

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, select } = invocation;
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const wish = { select, tests: options['tests'] !== false, testsOn: choiceOf(options, 'on', testPlaces) };
  let report: ShownReport;
  try {
    const project = await invocation.project();
    report = await waitingFor(project, invocation, waitMs, (ms) =>
      validateProject({ project, ...wish, waitMs: ms }),
    );
  } catch (error) {
    if (!isTidemarkError(error) || error.code !== 'project_invalid') throw error;
    report = unreadable(error);
  }
  return {
    exit: report.status === 'valid' ? 0 : wrongUsage,
    json: validateJson(report),
    text: (style) => verdict(report, style),
    problems: report.problems,
    problemsAsked: true,
    problemText: (problem, style) => problemText(problem, report, style),
  };
};

export const validate: Command = { endsOnSignal: false, execute };
