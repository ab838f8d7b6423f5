// What a freeze of a log works with, and what it leaves for the commit beside the images.
import type { BesideMirror } from '../../detect/mirror.ts';
import type { LogSource } from '../../dictionary/dictionary.ts';
import type { EventTable } from '../../sql/events.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { RejectedNow } from '../../store/rejected.ts';

/** A log with the scratch that must be there before the snapshot is taken. */
export interface PreparedLog extends BesideMirror<LogSource> {
  readonly kind: 'log';
  readonly events: EventTable;
  readonly kept: TableName;
  readonly flawed: TableName;
  /** Scratch for the keys of holds that end; none where nothing is held. */
  readonly ended: TableName | undefined;
}

export interface FrozenLog {
  readonly events: EventTable;
  /** Our own table, and the scratch that holds what becomes of it. */
  readonly state: TableName;
  readonly kept: TableName;
  /** The state is made anew; otherwise the keys in `kept` are replaced. */
  readonly isAnew: boolean;
  /** There is something to be written there. */
  readonly isChanged: boolean;
  /** Events that were set aside, and those that no longer are; none where nothing changes. */
  readonly rejected?: RejectedNow | undefined;
}
