// What an expression reads.
import type { ColumnRef, Expression } from './dictionary.ts';

/** The aliases that an expression reads. */
export const aliasesIn = ({ parts }: Pick<Expression, 'parts'>): ReadonlySet<string> =>
  new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : [part.alias])));

/** The column that an expression is, and nothing else. */
export const plainColumn = ({ parts }: Pick<Expression, 'parts'>): ColumnRef | undefined => {
  const solid = parts.filter((part) => typeof part !== 'string' || part.trim() !== '');
  const [ref] = solid;
  return solid.length === 1 && typeof ref !== 'string' ? ref : undefined;
};
