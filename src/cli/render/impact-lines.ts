// An impact as people read it: one line for each way that reaches a target, whole rows as one.
import type {
  AskedReport,
  ChangeReport,
  ImpactReport,
  PendingReport,
  ReachReport,
} from '../../batch/impact/impact-report.ts';
import { count, number } from './text.ts';

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
export const inOneLine = (text: string | null): string => (text ?? '').replaceAll(/\s+/g, ' ').trim();

const wholeRows = '(whole rows)';

/** `anyway`: whatever it comes from, each way is told once. */
export const impactLines = (reaches: readonly ReachReport[], anyway = false): readonly ImpactLine[] => {
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
    const key = JSON.stringify([anyway ? '' : line.from, line.target, line.column, line.how]);
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

export interface ChangePart {
  readonly what: string;
  readonly change: ChangeReport['change'];
  readonly before: string | null;
  readonly after: string | null;
}

/** By relation; a target that is new or gone is said so beside its name. */
export const changeLines = (
  changes: readonly ChangeReport[],
): readonly { readonly relation: string; readonly parts: readonly ChangePart[] }[] => {
  const groups = new Map<string, ChangePart[]>();
  for (const { relation, kind, column, change, before, after } of changes) {
    const parts = groups.get(relation) ?? [];
    groups.set(relation, parts);
    const whole = before === null && after === null ? `the ${kind}` : 'rows';
    parts.push({ what: column ?? whole, change, before, after });
  }
  return [...groups].map(([relation, parts]) => ({ relation, parts }));
};

export const pendingTotals = ({ sources, targets }: PendingReport): string => {
  const rows = (
    of: readonly { readonly inserted: number; readonly updated: number; readonly deleted: number }[],
  ) => of.reduce((sum, each) => sum + each.inserted + each.updated + each.deleted, 0);
  if (rows(sources) + rows(targets) === 0) return 'nothing waits in staging';
  const cells = targets.reduce((sum, each) => sum + each.cells, 0);
  return `${count(rows(sources), 'change')} in staging: ${count(rows(targets), 'row')} of ${count(targets.length, 'target')}, ${number(cells)} ${cells === 1 ? 'cell' : 'cells'} of updated rows`;
};
