// Streams: a copy of the table as it was at the offset, and what differs from it now, net. Only DML that commits moves the offset; a
// table that was made anew leaves its streams behind.
import type { Catalog } from './catalog.ts';
import { SnowflakeFailure } from './failure.ts';
import { innerObject, quotedInner, shownObject, type ObjectName } from './names.ts';

export interface Stream {
  readonly on: ObjectName;
  /** When the table was made that it is on. */
  readonly created: string;
  readonly appendOnly: boolean;
  readonly columns: readonly string[];
  /** The table as it was at the offset. */
  readonly copy: string;
}

/** What the stream shows, as a query. */
export const streamRows = (catalog: Catalog, stream: Stream): string => {
  const { on, created, appendOnly, columns, copy } = stream;
  if (catalog.find(on)?.created !== created)
    throw new SnowflakeFailure(
      '091901',
      '01000',
      `Base table '${shownObject(on)}' dropped, cannot read from stream.`,
    );
  const names = columns.map(quotedInner).join(', ');
  const now = `select ${names} from ${innerObject(on)}`;
  const before = `select ${names} from ${copy}`;
  const leg = (rows: string, action: string): string =>
    `select *, '${action}' as ${quotedInner('METADATA$ACTION')} from (${rows})`;
  const inserts = leg(`${now} except all ${before}`, 'INSERT');
  return appendOnly
    ? `(${inserts})`
    : `(${inserts} union all ${leg(`${before} except all ${now}`, 'DELETE')})`;
};

/** What moves the offset to this moment, in the transaction that read it. */
export const moveOffset = ({ on, columns, copy }: Stream): readonly string[] => {
  const names = columns.map(quotedInner).join(', ');
  return [`delete from ${copy}`, `insert into ${copy} (${names}) select ${names} from ${innerObject(on)}`];
};
