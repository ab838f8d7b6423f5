// What a batch keeps of its logs: the events that later ones are folded with, and those that were set aside.
import { createHash } from 'node:crypto';
import { createState, keyNames, listed, stateColumns } from '../../detect/log/log-state.ts';
import { keysMatch } from '../../sql/keys.ts';
import { id, sql, table } from '../../sql/fragment.ts';
import { showTable } from '../../sql/table-name.ts';
import { saveRejected } from '../../store/rejected.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import { tableInfo } from '../context.ts';
import type { FrozenLog } from '../freeze/frozen-log.ts';

export const hasNews = ({ isAnew, isChanged, rejected }: FrozenLog): boolean =>
  isAnew || isChanged || rejected !== undefined;

const indexName = (log: FrozenLog): string =>
  `tidemark_${createHash('sha256').update(showTable(log.state)).digest('hex').slice(0, 16)}`;

const make = async (context: BatchContext, session: Session, log: FrozenLog): Promise<void> => {
  if (tableInfo(context, log.state) !== undefined) await session.execute(sql`drop table ${table(log.state)}`);
  await session.execute(createState(log.state, log.events));
};

/** The keys of which something new is known, whole. */
const dropOld = async (context: BatchContext, session: Session, log: FrozenLog): Promise<void> => {
  const { events, state, kept } = log;
  const names = keyNames(events);
  const place = (name: string): string => names[events.key.findIndex((each) => each.name === name)] ?? '';
  const match = keysMatch(
    context.warehouse.dialect,
    events.key,
    (name) => id('f', place(name)),
    (name) => id('k', place(name)),
  );
  await session.execute(sql`delete from ${table(state)} as f
using (select distinct ${listed(names, 's')} from ${table(kept)} as s where s.op <> 'T') as k where f.op <> 'T' and ${match}`);
};

const saveState = async (context: BatchContext, session: Session, log: FrozenLog): Promise<void> => {
  if (log.isAnew) await make(context, session, log);
  else if (log.isChanged) await dropOld(context, session, log);
  else return;
  const names = listed(stateColumns(log.events).map(({ name }) => name));
  // A truncate that was read again is kept once.
  await session.execute(sql`insert into ${table(log.state)} (${names}) select ${names} from ${table(log.kept)} as s
where s.op <> 'T' or not exists (select 1 from ${table(log.state)} as f where f.op = 'T' and f.tie = s.tie)`);
  if (log.isAnew && context.warehouse.dialect.capabilities.indexesMirrors) {
    const key = listed(keyNames(log.events));
    await session.execute(sql`create index ${id(indexName(log))} on ${table(log.state)} (${key})`);
  }
};

export const saveLog = async (
  context: BatchContext,
  session: Session,
  log: FrozenLog,
  moment: string,
): Promise<void> => {
  await saveState(context, session, log);
  const { dialect } = context.warehouse;
  if (log.rejected !== undefined) {
    await saveRejected(session, context.project.schemas.state, {
      now: log.rejected,
      moment,
      jsonType: dialect.jsonType,
    });
  }
};
