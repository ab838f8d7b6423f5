// tidemark doctor
import { doctor as examine, type DoctorReport } from '../../batch/doctor/doctor.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, isOn } from '../read-options.ts';
import { projectLine } from '../render/project-line.ts';
import type { Style } from '../render/style.ts';
import { wrap } from '../render/text.ts';

type Finding = DoctorReport['findings'][number];

const marks: Readonly<Record<Finding['severity'], string>> = {
  fine: 'ok     ',
  notice: 'notice ',
  warning: 'warning',
  error: 'error  ',
};

const painted = ({ severity }: Finding, { colors }: Style): string => {
  const mark = marks[severity];
  switch (severity) {
    case 'fine':
      return colors.green(mark);
    case 'notice':
      return colors.dim(mark);
    case 'warning':
      return colors.yellow(mark);
    case 'error':
      return colors.red(mark);
  }
};

const indent = ' '.repeat(9);

/** A statement stands on one line, however long: it is there to be copied. */
const shown = (finding: Finding, style: Style): string => {
  const { message, evidence, fix, severity, fixed = false } = finding;
  const words = severity === 'fine' && evidence !== undefined ? `${message} (${evidence})` : message;
  const lines = wrap(words, style.width - indent.length);
  return [
    `${painted(finding, style)}  ${lines[0] ?? ''}`,
    ...lines.slice(1).map((line) => `${indent}${line}`),
    ...(severity === 'fine' || evidence === undefined ? [] : [`${indent}${style.colors.dim(evidence)}`]),
    ...(fix === undefined ? [] : [`${indent}${fixed ? 'mended by' : '→'} ${fix}`]),
  ].join('\n');
};

const order: readonly Finding['severity'][] = ['error', 'warning', 'notice', 'fine'];

const render = ({ findings }: DoctorReport, style: Style): string =>
  findings
    .toSorted((left, right) => order.indexOf(left.severity) - order.indexOf(right.severity))
    .map((finding) => shown(finding, style))
    .join('\n');

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const project = await invocation.project();
  const { options } = invocation;
  const found = await examine({ project, fix: isOn(options, 'fix'), waitMs: durationOf(options, 'wait') });
  // What mends a finding by program is nobody's concern outside.
  const findings = found.findings.map(({ repair, ...finding }) => ({
    ...finding,
    ...(repair === undefined ? {} : { safe: true }),
  }));
  const report = { ...found, findings };
  const line = await projectLine(project);
  const broken = findings.filter(({ severity, fixed }) => severity === 'error' && fixed !== true);
  return {
    exit: report.status === 'errors' ? 1 : 0,
    json: report,
    text: (style) => `${line(style)}\n\n${render(report, style)}`,
    inShort: broken
      .map(({ message, fix }) => (fix === undefined ? message : `${message}\n→ ${fix}`))
      .join('\n'),
  };
};

export const doctor: Command = { endsOnSignal: false, execute };
