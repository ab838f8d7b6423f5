// tidemark validate
import { validate as validateProject, type ValidateOptions } from '../../batch/validate.ts';
import { isTidemarkError, type TidemarkError } from '../../errors/tidemark-error.ts';
import { testPlaces } from '../../project/project.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { choiceOf, durationOf, isOn, percentOf, wholeOf } from '../read-options.ts';
import { problemText, renderValidate, validateJson, type ShownReport } from '../render/validate.ts';
import { usage } from '../usage.ts';
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
  againstData: null,
  problems:
    error.problems.length > 0
      ? error.problems
      : [{ code: error.code, message: error.message, severity: 'error', hint: error.hint, at: error.at }],
});

const againstOf = (options: Invocation['options']): ValidateOptions['against'] => {
  const samplePercent = percentOf(options, 'sample');
  const samples = wholeOf(options, 'samples');
  if (isOn(options, 'againstData')) return { samplePercent, samples: samples ?? 3 };
  if (samplePercent !== undefined || samples !== undefined)
    throw usage('`--sample` and `--samples` belong to `--against-data`');
  return undefined;
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, select, progress } = invocation;
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const against = againstOf(options);
  const wish = {
    offline: isOn(options, 'offline'),
    saveCatalog: isOn(options, 'saveCatalog'),
    progress,
    against,
    select,
    data: options['data'] !== false,
    tests: options['tests'] !== false,
    testsOn: choiceOf(options, 'on', testPlaces),
  };
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
    text: (style) => renderValidate(report, style),
    problems: report.problems,
    problemsAsked: true,
    problemText: (problem, style) => problemText(problem, report, style),
  };
};

export const validate: Command = { endsOnSignal: false, execute };
