// Cells that keep what the target holds, because a look-up row that their expression reads is gone.
import type { MappedColumn } from '../../dictionary/dictionary.ts';
import { outsideOf } from '../../dictionary/branches.ts';
import { aliasesIn } from '../../dictionary/references.ts';
import type { TargetWork } from '../target-work.ts';

/** The look-ups of which a missing row keeps the cell. An aggregate over no rows is a value like any other. */
export const keptWhenMissing = ({ target }: TargetWork, column: MappedColumn): readonly string[] => {
  if (target.onMissing === 'null') return [];
  const read = aliasesIn(outsideOf(column));
  return target.joins.map((join) => join.alias).filter((alias) => read.has(alias));
};
