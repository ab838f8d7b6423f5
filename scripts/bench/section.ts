// What a part of the benchmark has to say: a table of figures, and the claims that they bear out or do not.
import type { Sample } from './measure.ts';

interface Claim {
  readonly says: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface Section {
  readonly title: string;
  /** What was compared and how, a paragraph. */
  readonly text: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly claims: readonly Claim[];
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 9950 ? 2 : 1)} s`;
export const times = (ratio: number): string => `${ratio.toFixed(ratio < 9.95 ? 2 : 1)}×`;
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;
export const count = (rows: number): string => rows.toLocaleString('en-US');

export const sampleHead = ['median', 'lowest', 'highest', 'runs'] as const;
export const sampleCells = (sample: Sample): readonly string[] => [
  seconds(sample.medianMs),
  seconds(sample.lowMs),
  seconds(sample.highMs),
  String(sample.runs),
];

const padded = (cells: readonly string[], widths: readonly number[]): readonly string[] =>
  cells.map((cell, place) =>
    place === 0 ? cell.padEnd(widths[place] ?? 0) : cell.padStart(widths[place] ?? 0),
  );

const widthsOf = (rows: readonly (readonly string[])[]): readonly number[] =>
  (rows[0] ?? []).map((_, place) => Math.max(...rows.map((row) => row[place]?.length ?? 0)));

const verdict = (claim: Claim): string => `${claim.met ? 'met' : 'MISSED'}: ${claim.says}: ${claim.measured}`;

export const asText = ({ title, head, rows, claims }: Section): string => {
  const widths = widthsOf([head, ...rows]);
  const lines = [head, ...rows].map((row) => `  ${padded(row, widths).join('  ')}`);
  return [title, ...lines, ...claims.map((claim) => `  ${verdict(claim)}`)].join('\n');
};

export const asMarkdown = ({ title, text, head, rows, claims }: Section): string => {
  const widths = widthsOf([head, ...rows]);
  const line = (cells: readonly string[]): string => `| ${padded(cells, widths).join(' | ')} |`;
  const rule = `|${widths.map((width, place) => (place === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const told = claims.map((claim) => `- ${claim.met ? '' : '**'}${verdict(claim)}${claim.met ? '' : '**'}`);
  return [`## ${title}`, text, [line(head), rule, ...rows.map(line)].join('\n'), told.join('\n')]
    .filter((each) => each !== '')
    .join('\n\n');
};
