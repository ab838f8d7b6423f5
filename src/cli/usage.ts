// Wrong usage, worded.
import { TidemarkError } from '../errors/tidemark-error.ts';
import { nearest } from '../project/nearest.ts';

export const usage = (message: string, hint?: string): TidemarkError =>
  new TidemarkError('usage', { message, hint });

export const didYouMean = (name: string, known: readonly string[], otherwise: string): string => {
  const found = nearest(name, known);
  return found === undefined ? otherwise : `did you mean \`${found}\`?`;
};
