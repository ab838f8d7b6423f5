// Floats that an aggregate yields: one value, while they differ by the order of its addends only.
import type { MappedColumn } from '../dictionary/dictionary.ts';
import type { Fragment } from '../sql/fragment.ts';
import type { TargetWork } from './target-work.ts';

/** None for a column whose values are exact. */
export const nearlySame = (
  { dialect }: TargetWork,
  column: MappedColumn | undefined,
  left: Fragment,
  right: Fragment,
): Fragment | undefined =>
  column?.aggregated === undefined ? undefined : dialect.nearlySame(left, right, column.type);
