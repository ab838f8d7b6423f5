// Asks the warehouse whether a vanished column lives on under a new name, for the hint of the refusal.
import type { Judged } from '../../detect/judge-drift.ts';
import { countEqual, likelyPairs, type Pair } from '../../detect/rename-match.ts';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { Row, Warehouse } from '../../warehouse/port.ts';

/** Fewer rows that agree are no sign of anything. */
const tellingPercent = 50;

export interface Match extends Pair {
  readonly percent: number;
}

const percentOf = (row: Row, place: number): number => {
  const rows = Number(row[`n${place}`] ?? 0);
  return rows === 0 ? 0 : (100 * Number(row[`e${place}`] ?? 0)) / rows;
};

/** The likeliest first. */
export const findRenames = async (
  warehouse: Warehouse,
  { source, vanished, appeared }: Judged,
): Promise<readonly Match[]> => {
  const { dialect } = warehouse;
  const pairs = likelyPairs(dialect, vanished, appeared);
  const joinable = source.key.every(({ name }) => !vanished.some((column) => column.name === name));
  if (pairs.length === 0 || !joinable) return [];
  const [row] = await warehouse.session((session) => session.rows(countEqual(dialect, source, pairs)));
  return pairs
    .map((pair, place) => ({ ...pair, percent: percentOf(row ?? {}, place) }))
    .filter(({ percent }) => percent >= tellingPercent)
    .toSorted((a, b) => b.percent - a.percent);
};

/** Cut rather than rounded: 99.96 % is not all. */
const shown = (percent: number): string => `${Math.floor(percent * 10) / 10} %`;

const withHint = (error: TidemarkError, matches: readonly Match[], source: string): TidemarkError => {
  const match = matches.find(({ vanished }) => vanished.name === error.details['column']);
  if (match === undefined) return error;
  const { vanished, appeared, percent } = match;
  return new TidemarkError(error.code, {
    message: error.message,
    hint: `\`${appeared.name}\` is new and ${shown(percent)} equal to the mirrored \`${vanished.name}\`: renamed? Then write \`renamed: { ${appeared.name}: ${vanished.name} }\` for source \`${source}\`, and map \`${appeared.name}\``,
    at: error.at,
    details: {
      ...error.details,
      renamed: { from: vanished.name, to: appeared.name, equal_percent: percent },
    },
  });
};

export const addRenameHints = (judged: Judged, matches: readonly Match[]): Judged => {
  const { name } = judged.source;
  return {
    ...judged,
    refused: judged.refused && withHint(judged.refused, matches, name),
    refusedTargets: new Map(
      [...judged.refusedTargets].map(([target, error]) => [target, withHint(error, matches, name)]),
    ),
  };
};
