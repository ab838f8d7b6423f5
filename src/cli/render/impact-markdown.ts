// `tidemark impact --format markdown`: what goes into the comment on a pull request.
import type { AskedReport, ImpactReport, ReachReport } from '../../batch/impact/impact-report.ts';
import { askedName, byAsked, extent, impactLines } from './impact-lines.ts';
import { number } from './text.ts';

/** As code, whatever it holds: a longer fence than any inside, and no bar that would end the cell. */
const code = (text: string): string => {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return text === '' ? '' : `${fence}${pad}${text.replaceAll('|', String.raw`\|`)}${pad}${fence}`;
};

const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
};

const reachTable = (asked: AskedReport, reaches: readonly ReachReport[]): string => {
  const lines = impactLines(reaches);
  const counted = lines.some(({ rows }) => rows !== undefined);
  const derived = lines.some(({ via }) => via.length > 0);
  const head = [
    'target',
    'column',
    ...(asked.column === null ? ['reads'] : []),
    'how',
    ...(counted ? ['rows'] : []),
    ...(derived ? ['through'] : []),
    'as',
  ];
  const rows = lines.map((line) => [
    code(line.target),
    line.column.startsWith('(') ? 'whole rows' : code(line.column),
    ...(asked.column === null ? [code(line.from)] : []),
    line.how,
    ...(counted ? [line.rows === undefined ? '' : number(line.rows)] : []),
    ...(derived ? [line.via.map(code).join(' → ')] : []),
    code(line.expression),
  ]);
  return markdownTable(head, rows);
};

const section = (asked: AskedReport, reaches: readonly ReachReport[]): string =>
  reaches.length === 0
    ? `### ${code(askedName(asked))} reaches nothing\n\nNo mapping reads it.`
    : `### ${code(askedName(asked))} reaches ${extent(reaches)}\n\n${reachTable(asked, reaches)}`;

export const impactMarkdown = (report: ImpactReport): string =>
  byAsked(report)
    .map(({ asked, reaches }) => section(asked, reaches))
    .join('\n\n');
