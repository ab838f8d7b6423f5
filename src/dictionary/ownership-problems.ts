// The wording of what can be wrong where dbt and a mapping write one table.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import { problem, quoted } from '../project/problems.ts';

const warning = (told: Problem): Problem => ({ ...told, severity: 'warning' });

export const touchesWatermark = (at: Position, column: string, model: string): Problem =>
  problem(
    'incremental_watermark',
    at,
    `\`touch\` sets \`${column}\`, by which the incremental model \`${model}\` tells how far it is`,
    'dbt would pass over the rows that came before: touch another column, or none',
  );

export const mapsWatermark = (at: Position, column: string, model: string): Problem =>
  problem(
    'incremental_watermark',
    at,
    `\`${column}\` is mapped, and the incremental model \`${model}\` tells by it how far it is`,
    'dbt would pass over rows whose other columns are left to it: leave this column to dbt, or map all of them',
  );

export const partialInsert = (at: Position, target: string, left: readonly string[]): Problem =>
  warning(
    problem(
      'partial_insert',
      at,
      `rows that are inserted into \`${target}\` lack what only dbt computes, until it builds the table anew: ${quoted(left)}`,
      'map these columns too, or leave the rows to dbt with `rows: update-only`',
    ),
  );

export const twoTruths = (
  at: Position,
  column: string,
  { model, ours, theirs }: { readonly model: string; readonly ours: string; readonly theirs: string },
): Problem =>
  warning(
    problem(
      'two_truths',
      at,
      `\`${column}\` is mapped from ${ours}, and the dbt model \`${model}\` makes it of ${theirs}`,
      'two truths for one column: the next build of dbt writes its own; `validate --against-data` counts the rows in which they differ',
    ),
  );

export const staleSibling = (
  at: Position,
  column: string,
  {
    model,
    reads,
    siblings,
  }: { readonly model: string; readonly reads: string; readonly siblings: readonly string[] },
): Problem =>
  problem(
    'stale_sibling',
    at,
    `\`${column}\` follows ${reads}, and ${quoted(siblings)} of \`${model}\`, which the dbt model makes of it too, ${siblings.length === 1 ? 'does' : 'do'} not`,
    `rows would be half as they were until the next build: map ${siblings.length === 1 ? 'it' : 'them'} too, or say \`accept_stale: [${siblings.join(', ')}]\``,
  );
