// An impact as people read it: one line for each way that reaches a target, whole rows as one.
import type { AskedReport, ImpactReport, ReachReport } from '../../batch/impact/impact-report.ts';
import { count } from './text.ts';

export interface ImpactLine {
  readonly from: string;
  readonly target: string;
  readonly column: string;
  readonly how: ReachReport['how'];
  readonly expression: string;
  readonly via: readonly string[];
  readonly rows: number | undefined;
}

export const spotName = (relation: string, column: string | null): string =>
  column === null ? relation : `${relation}.${column}`;

export const askedName = ({ source, column }: AskedReport): string => spotName(source, column);

/** On one line, whatever the mapping file breaks it into. */
const inOneLine = (text: string | null): string => (text ?? '').replaceAll(/\s+/g, ' ').trim();

const wholeRows = '(whole rows)';

export const impactLines = (reaches: readonly ReachReport[]): readonly ImpactLine[] => {
  const lines = new Map<string, ImpactLine>();
  for (const reach of reaches) {
    const line: ImpactLine = {
      from: spotName(reach.source, reach.source_column),
      target: reach.target,
      column: reach.scope === 'row' ? wholeRows : reach.column,
      how: reach.how,
      expression: inOneLine(reach.expression),
      via: reach.via.map((step) => spotName(step.target, step.column)),
      rows: reach.rows,
    };
    const key = JSON.stringify([line.from, line.target, line.column, line.how]);
    if (!lines.has(key)) lines.set(key, line);
  }
  return [...lines.values()];
};

/** `7 columns of 5 targets`. */
export const extent = (reaches: readonly ReachReport[]): string => {
  const targets = new Set(reaches.map(({ target }) => target));
  const columns = new Set(reaches.map(({ target, column }) => JSON.stringify([target, column])));
  return `${count(columns.size, 'column')} of ${count(targets.size, 'target')}`;
};

const isOf = (reach: ReachReport, asked: AskedReport): boolean =>
  reach.source === asked.source && (asked.column === null || reach.source_column === asked.column);

/** What belongs to each of the columns or tables that were asked about. */
export const byAsked = ({ columns, reaches }: ImpactReport) =>
  columns.map((asked) => ({ asked, reaches: reaches.filter((reach) => isOf(reach, asked)) }));
