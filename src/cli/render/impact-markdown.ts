// `tidemark impact --format markdown`: what goes into the comment on a pull request.
import type { AskedReport, ImpactReport, ReachReport } from '../../batch/impact/impact-report.ts';
import {
  askedName,
  byAsked,
  extent,
  impactLines,
  inOneLine,
  pendingTotals,
  type ImpactLine,
} from './impact-lines.ts';
import { coverageLine, proofWords } from './impact-dbt.ts';
import { count, figures, number } from './text.ts';

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

const reachTable = (asked: AskedReport, lines: readonly ImpactLine[]): string => {
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
    : `### ${code(askedName(asked))} reaches ${extent(reaches)}\n\n${reachTable(asked, impactLines(reaches))}`;

const ownersTable = ({ owners = [] }: ImpactReport): readonly string[] => {
  const rows = owners.flatMap(({ target, owner, description }) =>
    owner === null ? [] : [[code(target), code(owner), code(inOneLine(description))]],
  );
  return rows.length === 0 ? [] : [markdownTable(['target', 'owner', 'what it is'], rows)];
};

const changed = ({ changes, reaches }: ImpactReport): readonly string[] => {
  if (changes === undefined) return [];
  if (changes.length === 0) return ['The mappings mean the same.'];
  const rows = changes.map(({ relation, kind, column, change, before, after }) => [
    code(relation),
    column === null ? (before === null && after === null ? `the ${kind}` : 'rows') : code(column),
    change,
    code(inOneLine(before)),
    code(inOneLine(after)),
  ]);
  const further =
    reaches.length === 0
      ? []
      : [
          `Through them **${extent(reaches)}**:`,
          reachTable({ source: '', column: '' }, impactLines(reaches, true)),
        ];
  return [
    `### ${count(changes.length, 'change')} of meaning`,
    markdownTable(['target', 'column', '', 'before', 'after'], rows),
    ...further,
  ];
};

const downstreamTable = ({ downstream, coverage }: ImpactReport): readonly string[] => {
  if (coverage === undefined) return [];
  const rows = downstream.map((each) => [
    proofWords[each.how],
    `${each.kind} ${code(each.name)}`,
    each.via.map(code).join(' → '),
    each.columns.map(code).join(', '),
    each.why.replaceAll('|', String.raw`\|`),
  ]);
  return [
    `### ${coverageLine(coverage)}`,
    ...(rows.length === 0 ? [] : [markdownTable(['how', 'node', 'through', 'columns', 'why'], rows)]),
  ];
};

const pendingTable = ({ pending }: ImpactReport): readonly string[] => {
  if (pending === undefined) return [];
  const rows = pending.targets.map(({ name, inserted, updated, deleted, cells, columns }) => [
    code(name),
    ...[inserted, updated, deleted, cells].map(number),
    figures(columns),
  ]);
  const behind = pending.behind.map(({ name, reason }) => `- ${code(name)} is left out: ${reason}`);
  return [
    `### ${pendingTotals(pending)}`,
    ...(rows.length === 0
      ? []
      : [markdownTable(['target', 'inserted', 'updated', 'deleted', 'cells', 'by column'], rows)]),
    ...(behind.length === 0 ? [] : [behind.join('\n')]),
  ];
};

export const impactMarkdown = (report: ImpactReport): string =>
  [
    ...byAsked(report).map(({ asked, reaches }) => section(asked, reaches)),
    ...ownersTable(report),
    ...changed(report),
    ...downstreamTable(report),
    ...pendingTable(report),
  ].join('\n\n');
