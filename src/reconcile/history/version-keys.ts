// The versions that the diff looks at, of the affected keys: those that are there, and those that should be.
import { commas, id, sql, table, unionAll, type Fragment } from '../../sql/fragment.ts';
import { keyName } from '../../sql/images.ts';
import { keysMatch } from '../../sql/keys.ts';
import { keyExpression, keysColumns } from '../desired/root.ts';
import { currentColumns } from '../current-rows.ts';
import { imageShapeOf, rootKeyName } from '../target-work.ts';
import { entityKey, type HistoryWork } from './history-work.ts';

/** The key of a version's row, beside that of the root where it comes from, of the affected keys. */
const affectedRows = ({ work, store }: HistoryWork): Fragment => {
  const { target, scratch } = work;
  const { alias } = target.root;
  const root = store.key.map((_, place) => rootKeyName(place));
  const asRoot = commas(
    store.key.map(({ name }, place) => sql`${id('a', rootKeyName(place))} as ${id(name)}`),
  );
  const columns = commas([
    ...entityKey(work).map(({ name }) => sql`${keyExpression(work, name)} as ${id(name)}`),
    ...store.key.map(({ name }, place) => sql`${id(alias, name)} as ${id(rootKeyName(place))}`),
  ]);
  return sql`select ${columns} from (select ${asRoot} from (select distinct ${commas(root.map((name) => id(name)))} from ${table(scratch.affected)}) as a) as ${id(alias)}`;
};

/** The versions that the table holds of the affected rows, found by the key of the row: one look into a big table,
 *  for their keys and for what they show. */
export const fillCurrentVersions = (history: HistoryWork): Fragment => {
  const { work } = history;
  const { target, scratch } = work;
  const shape = imageShapeOf(target);
  const columns = currentColumns(work).map(({ name }) => name);
  const entity = entityKey(work).map(({ name }) => name);
  const match = keysMatch(
    work.dialect,
    entityKey(work),
    (name) => id('t', name),
    (name) => id('k', name),
  );
  // Of versions that were taken over the table tells the key, which the events need not yield in the same form.
  return sql`insert into ${table(scratch.current)} (${commas(columns.map((name) => id(name)))})
select ${commas(columns.map((name) => id('t', name)))} from (
select ${commas(entity.map((name) => id('r', name)))} from (${affectedRows(history)}) as r
union
select ${commas(entity.map((name) => id('d', keyName(shape, name))))} from ${table(scratch.desired)} as d) as k
join ${table(target.table)} as t on ${match}`;
};

/** Pairs of target key and root key. */
export const fillVersionKeys = (history: HistoryWork): Fragment => {
  const { work, store } = history;
  const { target, scratch } = work;
  const shape = imageShapeOf(target);
  const root = store.key.map((_, place) => rootKeyName(place));
  const names = [...target.key.map(({ name }) => keyName(shape, name)), ...root];
  const match = keysMatch(
    work.dialect,
    entityKey(work),
    (name) => id('t', name),
    (name) => id('k', name),
  );
  const arms = [
    sql`select ${commas(names.map((name) => id('d', name)))} from ${table(scratch.desired)} as d`,
    sql`select ${commas([...target.key.map(({ name }) => id('t', name)), ...root.map((name) => id('k', name))])} from (${affectedRows(history)}) as k join ${table(scratch.current)} as t on ${match}`,
  ];
  return sql`insert into ${table(scratch.keys)} (${commas(keysColumns(work).map(({ name }) => id(name)))})\n${unionAll(arms)}`;
};
