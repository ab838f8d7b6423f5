// `tidemark impact --format mermaid`: the ways as a drawing, from the column that was asked about to what it reaches.
import type { ImpactReport, ReachReport } from '../../batch/impact/impact-report.ts';
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

export const impactMermaid = (report: ImpactReport): string => {
  const drawing = new Drawing();
  for (const { source, column } of report.columns) drawing.node(spotName(source, column), ['([', '])']);
  for (const reach of report.reaches) drawReach(drawing, reach);
  return ['flowchart LR', ...drawing.lines].join('\n');
};
