// Mapping files as text, for people to read on: every guess is marked by a comment, and so is what was not placed.
import { showTable } from '../../sql/table-name.ts';
import { keyOf, type TableFacts } from './facts.ts';
import type { PlacedTarget } from './place-target.ts';
import type { Feed } from './read-shape.ts';
import { nameList, oneLine, qualified, sqlName, yaml } from './yaml-words.ts';

const guessed = (why: string | undefined): string =>
  why === undefined ? '' : `   # guessed: ${oneLine(why)}`;

const expressionOf = ({ source, column: name, expression }: Feed): string =>
  expression ?? qualified(source, name);

export interface MappingText {
  readonly text: string;
  /** By the line that they stand in, counted from 1. */
  readonly columnLines: ReadonlyMap<number, string>;
}

export const targetText = (target: PlacedTarget, origin: string): MappingText => {
  const { facts, from, fromWhy, key, joins, placed, unplaced, updateOnly } = target;
  const lines = [
    `# Imported from ${oneLine(origin)}. What was guessed says so: check it, then take the comment away.`,
    `target: ${yaml(facts.written ?? sqlName(facts.name))}`,
    `key: ${nameList(key.columns)}${guessed(key.why)}`,
    ...(from === undefined
      ? [`# no \`from\`: its rows belong to others${guessed(fromWhy).replace('   #', ';')}`]
      : [`from: ${yaml(from)}${guessed(fromWhy)}`]),
    ...(updateOnly === undefined ? [] : [`rows: update-only${guessed(updateOnly)}`]),
    ...(joins.length === 0 ? [] : ['join:']),
    ...joins.map(({ source, from: before, on, why }) => {
      const parts = on.map(([own, other]) => `${qualified(before, other)} = ${qualified(source, own)}`);
      return `  ${yaml(source)}: ${yaml(parts.join(' and '))}${guessed(why)}`;
    }),
    'columns:',
  ];
  const columnLines = new Map<number, string>();
  for (const feed of placed) {
    lines.push(`  ${yaml(feed.to)}: ${yaml(expressionOf(feed))}`);
    columnLines.set(lines.length, feed.to);
  }
  for (const { feed, reason } of unplaced)
    lines.push(
      `  # ${oneLine(yaml(feed.to))}: ${oneLine(expressionOf(feed))}   # not placed: ${oneLine(reason)}`,
    );
  return { text: `${lines.join('\n')}\n`, columnLines };
};

export const sourcesText = (sources: readonly TableFacts[], origin: string): string => {
  const lines = [
    `# Imported from ${oneLine(origin)}. What was guessed says so: check it, then take the comment away.`,
    'sources:',
  ];
  for (const facts of sources) {
    const key = keyOf(facts);
    if (key === undefined) continue;
    lines.push(`  ${yaml(facts.name)}:`);
    if (facts.written !== undefined) lines.push(`    table: ${yaml(facts.written)}`);
    lines.push(`    key: ${nameList(key.columns)}${guessed(key.why)}`);
    const times = facts.info?.columns.filter(({ name }) => name.toLowerCase() === 'updated_at') ?? [];
    for (const { name } of times)
      lines.push(
        `    # updated_at: ${yaml(name)}   # only if it moves with every change of ${showTable(facts.table)}: then less is read`,
      );
  }
  return `${lines.join('\n')}\n`;
};
