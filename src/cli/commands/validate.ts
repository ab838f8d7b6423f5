// tidemark validate
import { validate as validateProject, type ValidateReport } from '../../batch/validate.ts';
import { isTidemarkError, type Problem, type TidemarkError } from '../../errors/tidemark-error.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf } from '../read-options.ts';
import { problemJson } from '../render/json.ts';
import type { Style } from '../render/style.ts';
import { count } from '../render/text.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const wrongUsage = 2;

/** A project file that cannot be read has no name to tell. */
type Report = Omit<ValidateReport, 'project' | 'environment'> & {
  readonly project: string | null;
  readonly environment: string | null;
};

const unreadable = (error: TidemarkError): Report => ({
  schema: 'tidemark/validate/1',
  project: null,
  environment: null,
  status: 'invalid',
  sources: 0,
  targets: 0,
  columns: 0,
  problems:
    error.problems.length > 0
      ? error.problems
      : [{ code: error.code, message: error.message, severity: 'error', hint: error.hint, at: error.at }],
});

const filesOf = (problems: readonly Problem[]): number =>
  new Set(problems.map(({ at }) => at?.file ?? '')).size;

const summary = (report: Report, style: Style): string => {
  const { problems } = report;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const said = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  const found = said.length === 0 ? '' : `${said.join(', ')} in ${count(filesOf(problems), 'file')}`;
  if (report.status === 'invalid') return `${style.colors.red('invalid')}: ${found}`;
  const what = `${count(report.sources, 'source')}, ${count(report.targets, 'target')}, ${count(report.columns, 'mapped column')}`;
  return `${style.colors.green('valid')}: ${what}${found === '' ? '' : `; ${found}`}`;
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const waitMs = durationOf(invocation.options, 'wait') ?? readersWaitMs;
  let report: Report;
  try {
    const project = await invocation.project();
    report = await waitingFor(project, invocation, waitMs, (ms) => validateProject({ project, waitMs: ms }));
  } catch (error) {
    if (!isTidemarkError(error) || error.code !== 'project_invalid') throw error;
    report = unreadable(error);
  }
  return {
    exit: report.status === 'valid' ? 0 : wrongUsage,
    json: { ...report, problems: report.problems.map(problemJson) },
    text: (style) => summary(report, style),
    problems: report.problems,
    problemsAsked: true,
  };
};

export const validate: Command = { endsOnSignal: false, execute };
