// Cells that keep what the target holds, because a look-up row that their expression reads is gone.
import type { MappedColumn } from '../../dictionary/dictionary.ts';
import { aliasesOf } from '../../graph/reads.ts';
import type { TargetWork } from '../target-work.ts';

/** The look-ups of which a missing row keeps the cell. */
export const keptWhenMissing = (work: TargetWork, column: MappedColumn): readonly string[] =>
  work.target.onMissing === 'null'
    ? []
    : work.target.joins.map((join) => join.alias).filter((alias) => aliasesOf(column.expression).has(alias));
