// What dbt builds of a change, in all forms for people: what is unknown is never left out, nor is how much was told.
import type { DownstreamCoverage, DownstreamReport, ImpactReport } from '../../batch/impact/impact-report.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { count } from './text.ts';

export const proofWords: Readonly<Record<DownstreamReport['how'], string>> = {
  proven: 'proven',
  by_name: 'by name',
  unknown: 'unknown',
};

/** `3 nodes downstream in dbt: 1 proven, 1 by name, 1 unknown`. */
export const coverageLine = (coverage: DownstreamCoverage): string => {
  const { nodes, untouched, not_compiled: notCompiled, not_in_dbt: elsewhere } = coverage;
  const figures = [
    `${coverage.proven} proven`,
    `${coverage.by_name} by name`,
    `${coverage.unknown} unknown`,
    ...(untouched === 0 ? [] : [`${untouched} proven to read none of it`]),
    ...(notCompiled === 0 ? [] : [`${count(notCompiled, 'model')} not compiled`]),
  ];
  const unknown = elsewhere.length === 0 ? '' : `; unknown of ${elsewhere.join(', ')}, no node of dbt`;
  if (nodes === 0)
    return `in dbt nothing reads ${elsewhere.length === 0 ? 'it' : 'what it knows of it'}${unknown}`;
  return `${count(nodes, 'node')} downstream in dbt: ${figures.join(', ')}${unknown}`;
};

const rowsOf = (found: readonly DownstreamReport[]): readonly (readonly string[])[] =>
  found.map(({ how, kind, name, why }) => [proofWords[how], `${kind} ${name}`, why]);

/** By the way that leads there. */
export const downstreamText = ({ downstream, coverage }: ImpactReport, style: Style): readonly string[] => {
  if (coverage === undefined) return [];
  const ways = new Map<string, DownstreamReport[]>();
  for (const found of downstream) {
    const way = found.via.join(' → ');
    ways.set(way, [...(ways.get(way) ?? []), found]);
  }
  const columns = ['how', 'node', 'why'].map((title) => ({ title }));
  const groups = [...ways].map(([way, found]) =>
    [`through ${way}`, renderTable({ columns, rows: rowsOf(found) }, style)].join('\n'),
  );
  return [[style.colors.bold(coverageLine(coverage)), ...groups].join('\n\n')];
};
