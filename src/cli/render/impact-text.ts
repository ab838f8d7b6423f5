// `tidemark impact` for a terminal: a heading for each target, a line for each way that reaches it.
import type { AskedReport, ImpactReport, ReachReport } from '../../batch/impact/impact-report.ts';
import {
  askedName,
  byAsked,
  changeLines,
  extent,
  impactLines,
  inOneLine,
  pendingTotals,
  type ImpactLine,
} from './impact-lines.ts';
import { behindTable, figuresTables } from './batch.ts';
import type { Style } from './style.ts';
import { downstreamText } from './impact-dbt.ts';
import { count, cut, number, widthOf } from './text.ts';

const nothing = (asked: AskedReport): string =>
  `\`${askedName(asked)}\` reaches nothing: no mapping reads it`;

interface Cell {
  readonly text: string;
  readonly align?: 'right';
}

const cellsOf = (asked: AskedReport, line: ImpactLine): readonly Cell[] => [
  { text: line.column },
  { text: line.how },
  ...(line.rows === undefined ? [] : [{ text: number(line.rows), align: 'right' } as const]),
  ...(asked.column === null ? [{ text: line.from.slice(asked.source.length + 1) || '(rows)' }] : []),
  { text: line.expression },
];

const gap = '  ';

/** Columns of one width under all headings; the last is cut to what is left of the line. */
const aligned = (rows: readonly (readonly Cell[])[], width: number): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, place) =>
    Math.max(...rows.map((cells) => widthOf(cells[place]?.text ?? ''))),
  );
  return rows.map((cells) => {
    const line = cells.map(({ text, align }, place) => {
      if (place === cells.length - 1) return text;
      const space = ' '.repeat((widths[place] ?? 0) - widthOf(text));
      return align === 'right' ? space + text : text + space;
    });
    return cut(`${gap}${line.join(gap)}`.trimEnd(), width);
  });
};

const heading = ({ target, via }: ImpactLine, { bold }: Style['colors']): string =>
  via.length === 0 ? bold(target) : `${bold(target)}, through ${via.join(' → ')}`;

const ways = (asked: AskedReport, lines: readonly ImpactLine[], style: Style): string => {
  const texts = aligned(
    lines.map((line) => cellsOf(asked, line)),
    style.width,
  );
  let last = '';
  const shown = lines.flatMap((line, place) => {
    const head = heading(line, style.colors);
    const text = texts[place] ?? '';
    if (head === last) return [text];
    last = head;
    return [head, text];
  });
  return shown.join('\n');
};

const answer = (asked: AskedReport, reaches: readonly ReachReport[], style: Style): string =>
  reaches.length === 0
    ? nothing(asked)
    : `${style.colors.bold(askedName(asked))} reaches ${extent(reaches)}\n\n${ways(asked, impactLines(reaches), style)}`;

const totals = ({ targets = [] }: ImpactReport): readonly string[] =>
  targets.length === 0
    ? []
    : [targets.map(({ target, rows, of }) => `${target}: ${count(rows, 'row')} of ${number(of)}`).join('\n')];

const owners = ({ owners: notes = [] }: ImpactReport, { width }: Style): readonly string[] => {
  // Whose nobody says is for programs to read: most mappings describe themselves.
  const named = notes.filter(({ owner }) => owner !== null);
  if (named.length === 0) return [];
  const rows = named.map(({ target, owner, description }) => [
    { text: target },
    { text: owner ?? '' },
    { text: inOneLine(description) },
  ]);
  return [['whose they are', ...aligned(rows, width)].join('\n')];
};

const changes = (report: ImpactReport, style: Style): readonly string[] => {
  if (report.changes === undefined) return [];
  if (report.changes.length === 0) return ['the mappings mean the same'];
  const { green, red, yellow, bold } = style.colors;
  const marks = { added: green('+'), removed: red('-'), changed: yellow('~') };
  const groups = changeLines(report.changes).map(({ relation, parts }) => {
    const lines = parts.map(({ what, change, before, after }) => {
      const values = [before, after].filter((text) => text !== null).map(inOneLine);
      return `${gap}${marks[change]} ${what}${values.length === 0 ? '' : `: ${values.join(' → ')}`}`;
    });
    return [bold(relation), ...lines].join('\n');
  });
  const further =
    report.reaches.length === 0
      ? []
      : [
          `and through them ${extent(report.reaches)}`,
          ways({ source: '', column: '' }, impactLines(report.reaches, true), style),
        ];
  return [`${count(report.changes.length, 'change')} of meaning`, groups.join('\n'), ...further];
};

const pendingText = ({ pending }: ImpactReport, style: Style): readonly string[] => {
  if (pending === undefined) return [];
  return [
    pendingTotals(pending),
    ...figuresTables(pending, style),
    ...(pending.behind.length === 0 ? [] : [behindTable(pending.behind, style)]),
    style.colors.dim('nothing was written; `tidemark plan` shows rows, `tidemark run` writes them'),
  ];
};

export const impactText = (report: ImpactReport, style: Style): string =>
  [
    ...byAsked(report).map(({ asked, reaches }) => answer(asked, reaches, style)),
    ...totals(report),
    ...owners(report, style),
    ...changes(report, style),
    ...downstreamText(report, style),
    ...pendingText(report, style),
  ].join('\n\n');
