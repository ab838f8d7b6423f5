// `tidemark impact --format mermaid`: the ways as a drawing, from the column that was asked about to what it reaches.
import type { DownstreamReport, ImpactReport, ReachReport } from '../../batch/impact/impact-report.ts';
import { coverageLine, proofWords } from './impact-dbt.ts';
import { spotName } from './impact-lines.ts';

/** Labels stand in quotes; Mermaid takes entities for what would end them or be read as markup. */
const label = (text: string): string =>
  `"${text.replaceAll(/["#<>&`\n]/g, (letter) => `#${letter.codePointAt(0) ?? 32};`)}"`;

const wholeRows = 'whole rows';

class Drawing {
  readonly lines: string[] = [];
  private readonly ids = new Map<string, string>();
  private readonly arrows = new Set<string>();

  node(name: string, shape: readonly [open: string, close: string] = ['[', ']']): string {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const id = `n${this.ids.size + 1}`;
    this.ids.set(name, id);
    this.lines.push(`  ${id}${shape[0]}${label(name)}${shape[1]}`);
    return id;
  }

  arrow(from: string, to: string, how: string, line: '-->' | '-.->' = '-->'): void {
    const text = `  ${from} ${line}|${label(how)}| ${to}`;
    if (this.arrows.has(text)) return;
    this.arrows.add(text);
    this.lines.push(text);
  }
}

const stepName = (target: string, column: string | null): string =>
  column === null ? `${target}: ${wholeRows}` : `${target}.${column}`;

const drawReach = (drawing: Drawing, reach: ReachReport): void => {
  const last = reach.via.at(-1);
  const from =
    last === undefined
      ? drawing.node(spotName(reach.source, reach.source_column), ['([', '])'])
      : drawing.node(stepName(last.target, last.column));
  drawing.arrow(
    from,
    drawing.node(stepName(reach.target, reach.scope === 'row' ? null : reach.column)),
    reach.how,
  );
};

/** What is drawn of the table that the way through dbt starts from; the table itself where that is nothing. */
const startsOf = (drawing: Drawing, report: ImpactReport, name: string): readonly string[] => {
  const asked = report.columns.filter(({ source }) => source === name);
  const reached = report.reaches.filter(({ target }) => target === name);
  const names = [
    ...asked.map(({ source, column }) => spotName(source, column)),
    ...reached.map(({ target, column, scope }) => stepName(target, scope === 'row' ? null : column)),
  ];
  return (names.length === 0 ? [name] : [...new Set(names)]).map((each) => drawing.node(each));
};

/** From the last node on the way; what is not proven with a broken line. */
const drawDownstream = (drawing: Drawing, report: ImpactReport, found: DownstreamReport): void => {
  const { kind, name, how, via } = found;
  const [last = name, ...before] = via.toReversed();
  const node = drawing.node(name, kind === 'exposure' ? ['{{', '}}'] : ['[/', '/]']);
  const from = before.length > 0 ? [drawing.node(last, ['[/', '/]'])] : startsOf(drawing, report, last);
  for (const each of from) drawing.arrow(each, node, proofWords[how], how === 'proven' ? '-->' : '-.->');
};

export const impactMermaid = (report: ImpactReport): string => {
  const drawing = new Drawing();
  for (const { source, column } of report.columns) drawing.node(spotName(source, column), ['([', '])']);
  for (const reach of report.reaches) drawReach(drawing, reach);
  for (const each of report.downstream) drawDownstream(drawing, report, each);
  if (report.coverage !== undefined) drawing.lines.push(`  %% ${coverageLine(report.coverage)}`);
  return ['flowchart LR', ...drawing.lines].join('\n');
};
