// The versions whose keys the diff looks at: those that should be there, and those that are, of the affected keys.
import { commas, id, sql, table, unionAll, type Fragment } from '../../sql/fragment.ts';
import { keyName } from '../../sql/images.ts';
import { keysMatch } from '../../sql/keys.ts';
import { keyExpression, keysColumns } from '../desired/root.ts';
import { imageShapeOf, rootKeyName } from '../target-work.ts';
import { entityKey, type HistoryWork } from './history-work.ts';

/** Pairs of target key and root key. */
export const fillVersionKeys = (history: HistoryWork): Fragment => {
  const { work, store } = history;
  const { target, scratch } = work;
  const shape = imageShapeOf(target);
  const root = store.key.map((_, place) => rootKeyName(place));
  const names = [...target.key.map(({ name }) => keyName(shape, name)), ...root];
  const arms = [
    sql`select ${commas(names.map((name) => id('d', name)))} from ${table(scratch.desired)} as d`,
  ];
  if (target.exists) {
    const affected = sql`(select distinct ${commas(root.map((name) => id(name)))} from ${table(scratch.affected)}) as a`;
    const { alias } = target.root;
    const asRoot = commas(
      store.key.map(({ name }, place) => sql`${id('a', rootKeyName(place))} as ${id(name)}`),
    );
    const entity = commas([
      ...entityKey(work).map(({ name }) => sql`${keyExpression(work, name)} as ${id(name)}`),
      ...store.key.map(({ name }, place) => sql`${id(alias, name)} as ${id(rootKeyName(place))}`),
    ]);
    const match = keysMatch(
      work.dialect,
      entityKey(work),
      (name) => id('t', name),
      (name) => id('k', name),
    );
    arms.push(
      sql`select ${commas([...target.key.map(({ name }) => id('t', name)), ...root.map((name) => id('k', name))])} from (select ${entity} from (select ${asRoot} from ${affected}) as ${id(alias)}) as k join ${table(target.table)} as t on ${match}`,
    );
  }
  return sql`insert into ${table(scratch.keys)} (${commas(keysColumns(work).map(({ name }) => id(name)))})\n${unionAll(arms)}`;
};
