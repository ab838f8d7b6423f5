// The wording of what can be wrong with an aggregate target.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import { problem, quoted } from '../project/problems.ts';

export const aggregatedKey = (at: Position, column: string): Problem =>
  problem(
    'aggregate_misplaced',
    at,
    `key column \`${column}\` is an aggregate`,
    'the key says which rows are aggregated: build it of columns of the grain',
  );

export const aggregateOfOne = (at: Position, call: string, root: string): Problem =>
  problem(
    'aggregate_misplaced',
    at,
    `\`${call}\` would aggregate the one row of \`${root}\` that the key stands for`,
    `join the rows that are meant with \`many: true\`, or choose a key that several rows of \`${root}\` share`,
  );

interface Outside {
  readonly column: string;
  readonly alias: string;
  readonly many: string;
}

export const manyOutside = (at: Position, { column, alias, many }: Outside): Problem =>
  problem(
    'many_outside_aggregate',
    at,
    alias === many
      ? `\`${column}\` reads \`${alias}\`, a join of many rows, outside an aggregate`
      : `\`${column}\` reads \`${alias}\`, of which there is one for each row of the many-join \`${many}\`, outside an aggregate`,
    `aggregate it: \`max(${alias}.…)\`, \`count(distinct ${alias}.…)\`, …; an aggregate of your own is told by \`filter (where true)\` behind it`,
  );

export const countsWhich = (at: Position, call: string, names: readonly string[]): Problem =>
  problem(
    'fan_out',
    at,
    `\`${call}\` reads no table, and could mean the rows of ${quoted(names)}`,
    `name a column: ${names.map((name) => `\`count(${name}.…)\``).join(' or ')}`,
  );

export const fanOut = (at: Position | undefined, what: string, many: readonly string[]): Problem =>
  problem(
    'fan_out',
    at,
    `${what} reads ${quoted(many)} at once, and each row of the one would stand beside each row of the other`,
    'aggregate each by itself, or let the condition of one name the other where its rows belong to it',
  );

interface Choice {
  readonly what: string;
  readonly call: string;
  readonly chosen: readonly string[];
  readonly isJoin: boolean;
}

export const choosesElsewhere = (at: Position | undefined, { what, call, chosen, isJoin }: Choice): Problem =>
  problem(
    'fan_out',
    at,
    `${what} chooses by rows of ${quoted(chosen)}, which \`${call}\` does not read: they would multiply what it counts`,
    isJoin
      ? 'make it a left join, and write `filter (where …)` where rows without a match must not count'
      : 'write it as `filter (where …)` of the aggregates that it is meant for, or into `on`',
  );

export const keepsNothing = (at: Position, target: string): Problem =>
  problem(
    'not_supported',
    at,
    `\`on_missing: keep\` is not possible for \`${target}\`: its rows are groups, which have no look-up row of their own`,
    'take it out',
  );

export const historyOfGroups = (at: Position, target: string): Problem =>
  problem(
    'not_supported',
    at,
    `target \`${target}\` is a history and aggregates as well`,
    'let one target aggregate, and make the history of that one',
  );
