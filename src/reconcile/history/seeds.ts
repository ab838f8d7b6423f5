// A history that is there already is taken over: its versions become the first events of their keys, so that what it
// holds is what the events yield.
import { commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { entityKey, asInstant, neededColumn, roleColumn, type HistoryWork } from './history-work.ts';
import { bareRef, eventStoreColumns } from './event-store.ts';

/** The mapped column that shows what was read, if one does. */
const shownBy = ({ work }: HistoryWork, alias: string, column: string): string | undefined =>
  work.target.columns.find(({ expression }) => {
    const ref = bareRef(expression);
    return ref?.alias === alias && ref.column === column;
  })?.name;

export const isDeleted = ({ history, work }: HistoryWork): Fragment => {
  const flag = roleColumn(history, 'deleted');
  if (flag === undefined) return sql`false`;
  return work.dialect.baseType(flag.type) === 'boolean'
    ? sql`coalesce(${id('t', flag.name)}, false)`
    : sql`coalesce(lower(${id('t', flag.name)}) = 'true', false)`;
};

/** The columns of one event beside its time and operation; `row`: with what the version shows. */
export const shownValues = (history: HistoryWork, row: boolean): readonly Fragment[] => {
  const { store } = history;
  const nothing = (type: string): Fragment => sql`cast(null as ${verbatim(type)})`;
  const value = (alias: string, column: string, type: string): Fragment => {
    const name = shownBy(history, alias, column);
    return name === undefined ? nothing(type) : sql`cast(${id('t', name)} as ${verbatim(type)})`;
  };
  return [
    ...store.key.map(({ name, type }) => value(store.rootAlias, name, type)),
    ...store.raw.map(({ ref, type }) => (row ? value(ref.alias, ref.column, type) : nothing(type))),
    ...store.seeded.map(({ name, type }) => (row ? id('t', name) : nothing(type))),
  ];
};

export const fillSeeds = (history: HistoryWork, moment: string): Fragment => {
  const { work, store, scratch } = history;
  const { target } = work;
  const from = neededColumn(history.history, 'valid_from');
  const to = neededColumn(history.history, 'valid_to');
  const { validToCurrent } = history.history;
  const end =
    validToCurrent === undefined
      ? id('c', to.name)
      : sql`nullif(${id('c', to.name)}, cast(${validToCurrent} as ${verbatim(to.type)}))`;
  const window = sql`partition by ${commas(entityKey(work).map(({ name }) => id('c', name)))} order by ${id('c', from.name)}`;
  const event = (facts: { op: Fragment; at: Fragment; place: Fragment; row: boolean }): Fragment =>
    sql`select ${commas([
      facts.op,
      facts.at,
      sql`cast(${moment} as timestamptz)`,
      ...store.sequence.map(({ type }) => sql`cast(null as ${verbatim(type)})`),
      sql`lpad(cast(${facts.place} as varchar), 12, '0')`,
      sql`'s' || cast(${facts.place} as varchar)`,
      sql`cast(null as varchar)`,
      ...shownValues(history, facts.row),
    ])} from versions as t`;
  const opens = event({
    op: sql`case when ${isDeleted(history)} then 'D' else 'S' end`,
    at: asInstant(history, id('t', from.name), from.type),
    place: sql`(2 * t."tidemark.n")`,
    row: true,
  });
  const ends = event({
    op: sql`'D'`,
    at: asInstant(history, sql`t."tidemark.end"`, to.type),
    place: sql`(2 * t."tidemark.n" + 1)`,
    row: false,
  });
  const names = commas(eventStoreColumns(store).map(({ name }) => id(name)));
  // A version that ends where the next one begins was followed by it; any other end is a delete.
  return sql`insert into ${table(scratch.fresh)} (${names})
with versions as (select c.*, ${end} as "tidemark.end", row_number() over (${window}) as "tidemark.n", lead(${id('c', from.name)}) over (${window}) as "tidemark.next" from ${table(target.table)} as c)
${opens}
union all
${ends} where t."tidemark.end" is not null and not ${isDeleted(history)} and t."tidemark.end" is distinct from t."tidemark.next"`;
};
