// docs/benchmarks.md: one block per part, engine and scale. A run replaces the blocks that it measured and leaves
// the others, so that a long one (ten times the table) need not be repeated with every short one.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export interface Block {
  /** `postgres growth 1`: engine, part, scale. */
  readonly name: string;
  readonly text: string;
}

const opening = (name: string): string => `<!-- figures: ${name} -->`;
const closing = '<!-- end of figures -->';

const introduction = `# Benchmarks

Written by \`npm run bench\`, which makes its own data and its own Postgres server, and fails when a figure misses what
is promised (\`--no-fail\` writes it all the same). Every figure is a median; what is compared takes turns within one
run of the benchmark, on the same machine, after a round that is not counted. Figures that lose are shown like the others.`;

const blocksOf = (document: string): readonly Block[] =>
  [...document.matchAll(/<!-- figures: (.+?) -->\n([\s\S]*?)\n<!-- end of figures -->/g)].map(
    ([, name, text]) => ({
      name: name ?? '',
      text: (text ?? '').trim(),
    }),
  );

const overview = (blocks: readonly Block[]): string => {
  const rows = blocks.flatMap(({ text }) => {
    const title = /^## (.+)$/m.exec(text)?.[1] ?? '';
    return text
      .split('\n')
      .filter((line) => /^- (met|\*\*MISSED)/.test(line))
      .map((line) => `- ${title}: ${line.slice(2)}`);
  });
  return rows.length === 0 ? '' : `## What is promised, and what came of it\n\n${rows.join('\n')}`;
};

/** Blocks keep the order in which they were first measured; `order` says where new ones go. */
export const mergeBlocks = (
  old: readonly Block[],
  measured: readonly Block[],
  order: readonly string[],
): readonly Block[] => {
  const all = new Map([...old, ...measured].map((block) => [block.name, block]));
  const place = (name: string): number => order.findIndex((start) => name.startsWith(start));
  return [...all.values()].toSorted((a, b) => place(a.name) - place(b.name));
};

export const render = (blocks: readonly Block[]): string =>
  [introduction, overview(blocks), ...blocks.map(({ name, text }) => `${opening(name)}\n${text}\n${closing}`)]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');

export const saveBlocks = (file: string, measured: readonly Block[], order: readonly string[]): void => {
  const old = existsSync(file) ? blocksOf(readFileSync(file, 'utf8')) : [];
  writeFileSync(file, render(mergeBlocks(old, measured, order)));
};
