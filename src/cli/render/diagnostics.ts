// A problem as people read it: what, where, the line with a caret under the fault, a hint.
import { createColors } from 'picocolors';
import type { Position, Problem } from '../../errors/tidemark-error.ts';

export interface DiagnosticStyle {
  readonly color: boolean;
  /** Of the terminal; source lines are cut to it around the caret. */
  readonly width: number;
}

const plain: DiagnosticStyle = { color: false, width: 80 };

type Shown = Pick<Problem, 'message' | 'hint' | 'at'> & {
  readonly severity?: Problem['severity'] | undefined;
};

export const renderProblem = (problem: Shown, style: DiagnosticStyle = plain): string => {
  const colors = createColors(style.color);
  const severity = problem.severity ?? 'error';
  const paint = severity === 'error' ? colors.red : colors.yellow;
  const lines = [`${paint(colors.bold(`${severity}:`))} ${problem.message}`];
  if (problem.at !== undefined) lines.push(...renderPlace(problem.at, style, paint));
  if (problem.hint !== undefined) lines.push(`${colors.cyan('hint:')} ${problem.hint}`);
  return lines.join('\n');
};

export const renderProblems = (problems: readonly Shown[], style: DiagnosticStyle = plain): string =>
  problems.map((problem) => renderProblem(problem, style)).join('\n\n');

const renderPlace = (
  at: Position,
  style: DiagnosticStyle,
  paint: (text: string) => string,
): readonly string[] => {
  const { dim } = createColors(style.color);
  const number = String(at.line);
  const window = cutLine(at, style.width - number.length - 5);
  const gutter = ' '.repeat(number.length + 2);
  return [
    dim(`  ${at.file}:${at.line}:${at.column}`),
    `${dim(`  ${number} |`)} ${window.text}`.trimEnd(),
    `${dim(`${gutter} |`)} ${window.padding}${paint('^'.repeat(window.length))}`,
  ];
};

interface Window {
  readonly text: string;
  readonly padding: string;
  readonly length: number;
}

/** A line that is wider than the terminal would wrap and part the caret from what it points at. */
const cutLine = (at: Position, width: number): Window => {
  const room = Math.max(20, width);
  const caret = at.column - 1;
  const fits = at.source.length <= room || caret + at.length < room;
  const start = fits ? 0 : Math.max(0, Math.min(caret - 20, at.source.length - room));
  const end = Math.min(at.source.length, start + room);
  let text = at.source.slice(start, end);
  if (start > 0) text = `…${text.slice(1)}`;
  if (end < at.source.length) text = `${text.slice(0, -1)}…`;
  // Tabs keep their width under themselves.
  const padding = text
    .slice(0, caret - start)
    .replace(/[^\t]/g, ' ')
    .padEnd(caret - start);
  return { text, padding, length: Math.max(1, Math.min(at.length, room - padding.length)) };
};
