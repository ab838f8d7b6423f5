// The values that may be bound to a statement; anything else would reach the drivers as a guess.
import { TidemarkError } from '../errors/tidemark-error.ts';

export type BoundValue = string | number | boolean | bigint | null;

const isBoundValue = (value: unknown): value is BoundValue =>
  value === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof value);

export const boundValues = (values: readonly unknown[]): BoundValue[] =>
  values.map((value, index) => {
    if (isBoundValue(value)) return value;
    throw new TidemarkError('internal', {
      message: `parameter $${index + 1} is bound to a value of type ${typeof value}`,
    });
  });
