// The lines that dbt's docs would get, for people: file by file, and what stays untold.
import type { DocsFile, DocsReport } from '../../batch/docs/docs-report.ts';
import type { Style } from './style.ts';
import { count, cut } from './text.ts';

/** Of each file; what is more is counted. */
const most = 24;

const words: Readonly<Record<DocsFile['change'], string>> = {
  create: 'new',
  update: 'changed',
  delete: 'taken away',
};

const fileLines = ({ file, change, added, removed }: DocsFile, style: Style): string => {
  const all = [...removed.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)];
  const shown = all.slice(0, most).map((line) => (style.color ? line : cut(line, style.width)));
  const rest = all.length - shown.length;
  return [
    style.colors.bold(`${file} (${words[change]})`),
    ...shown.map((line) => line.trimEnd()),
    ...(rest > 0 ? [style.colors.dim(`and ${count(rest, 'line')} more`)] : []),
  ].join('\n');
};

const headline = ({ status, action, files, left, targets }: DocsReport): string => {
  const what = action === 'remove' ? 'what was written' : `the docs of ${count(targets.length, 'target')}`;
  switch (status) {
    case 'current':
      return action === 'remove'
        ? `nothing of ours ${left.length === 0 ? 'is in' : 'can be taken out of'} the dbt project`
        : `${what} are as the mappings say${left.length === 0 ? '' : ', but for what was left'}`;
    case 'written':
      return action === 'remove'
        ? `took ${what} out of ${count(files.length, 'file')}`
        : `wrote ${what} into ${count(files.length, 'file')}`;
    case 'different':
      return action === 'remove'
        ? `would take ${what} out of ${count(files.length, 'file')}`
        : `would write ${what} into ${count(files.length, 'file')}`;
    default:
      return status satisfies never;
  }
};

const untold = ({ left: files, targets }: DocsReport): readonly string[] => [
  ...files.map(({ file, reason }) => `${file}: left as it is: ${reason}`),
  ...targets.flatMap(({ name, left }) => left.map((reason) => `${name}: not told: ${reason}`)),
];

const next = ({ status, action }: DocsReport): string => {
  if (status === 'current') return '';
  if (status === 'written') return 'next: `dbt docs generate`';
  return `nothing was written: \`tidemark docs ${action === 'remove' ? '--remove ' : ''}--write\` does it`;
};

export const renderDocs = (report: DocsReport, style: Style): string =>
  [
    headline(report),
    ...(report.status === 'written' ? [] : report.files.map((file) => fileLines(file, style))),
    untold(report).join('\n'),
    style.colors.dim(next(report)),
  ]
    .filter((paragraph) => paragraph !== '')
    .join('\n\n');
