// What the digest of a batch tells of versions: the same for a plan and the run that does what it said, though their
// moments differ and the numbers of versions are given when they are written.
import { sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import type { DigestedValue } from '../summary.ts';
import { asStored, type HistoryWork } from './history-work.ts';

export const digestedVersion =
  (history: HistoryWork, moment?: string): DigestedValue =>
  (value: Fragment, name: string): Fragment | undefined => {
    const column = history.history.columns.find((each) => each.name === name);
    switch (column?.role) {
      case 'surrogate_key':
      case 'scd_id':
        return undefined;
      case 'valid_from':
      case 'valid_to':
      case 'updated_at': {
        if (moment === undefined) return value;
        const now = asStored(history, sql`cast(${moment} as timestamptz)`, column.type);
        return sql`case when ${value} = ${now} then cast('0001-01-01' as ${verbatim(column.type)}) else ${value} end`;
      }
      default:
        return value;
    }
  };
