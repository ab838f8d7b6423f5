// Keys that a source no longer had when it was looked for, kept until they are deleted or seen again.
import type { SchemaName } from '../project/project.ts';
import { sql, table } from '../sql/fragment.ts';
import type { TableName } from '../sql/table-name.ts';
import type { Session } from '../warehouse/port.ts';
import { instant, state } from './state.ts';

export interface MissingNow {
  readonly source: string;
  /** Scratch: the keys that this freeze did not find (`key`, `known`, `ripe`). */
  readonly absent: TableName;
  readonly moment: string;
}

/** Keys that were seen, or that are deleted now, are forgotten; new ones are kept with the moment. */
export const saveMissing = async (session: Session, schema: SchemaName, now: MissingNow): Promise<void> => {
  const missing = state(schema, 'missing');
  await session.execute(sql`delete from ${missing} as m where m.source = ${now.source}
  and not exists (select 1 from ${table(now.absent)} as a where a.key = m.key and not a.ripe)`);
  await session.execute(sql`insert into ${missing} (source, key, first_missing_at)
select cast(${now.source} as varchar), a.key, ${instant(now.moment)} from ${table(now.absent)} as a where not a.known`);
};
