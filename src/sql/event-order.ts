// The order of a key's events: by sequence, and among those of one sequence upserts before deletes, each upsert behind
// the one whose image it found, the rest by a hash of what they say. A function of the set of events alone.
import type { Dialect } from './dialect.ts';
import { ands, commas, id, sql, verbatim, type Fragment } from './fragment.ts';
import { sequenceName, type EventTable } from './events.ts';
import { keyName } from './images.ts';

const hashLength = 16;
const unknownImage = '-'.repeat(hashLength);

export interface TieParts {
  readonly isDelete: Fragment;
  /** Hashes, longer than is needed: of all that the event says, and of the images before and after. */
  readonly content: Fragment;
  readonly before: Fragment;
  readonly after: Fragment;
}

const cut = (hash: Fragment): Fragment => sql`substr(${hash}, 1, ${sql.lit(hashLength)})`;

/** `1` upsert or `2` delete, its content, and, of an upsert, the images that it found and left. */
export const tieOf = ({ isDelete, content, before, after }: TieParts): Fragment => {
  const image = (hash: Fragment): Fragment => sql`coalesce(${cut(hash)}, ${sql.lit(unknownImage)})`;
  return sql`case when ${isDelete} then '2' || ${cut(content)} else '1' || ${cut(content)} || ${image(before)} || ${image(after)} end`;
};

const foundImage = (tie: Fragment): Fragment =>
  sql`substr(${tie}, ${sql.lit(2 + hashLength)}, ${sql.lit(hashLength)})`;
const leftImage = (tie: Fragment): Fragment =>
  sql`substr(${tie}, ${sql.lit(2 + 2 * hashLength)}, ${sql.lit(hashLength)})`;

type Ordered = Pick<EventTable, 'key' | 'columns' | 'sequence'>;

/** An `order by` list over rows that have the columns of an event table, and `turn`, under `alias`; `first`: a column
 *  that goes before the tie of events of one sequence. */
export const eventOrder = (
  events: Ordered,
  alias: string,
  direction: 'asc' | 'desc' = 'asc',
  first?: string,
): Fragment =>
  commas(
    [
      ...events.sequence.map((_, place) => id(alias, sequenceName(place))),
      ...(first === undefined ? [] : [id(alias, first)]),
      sql`substr(${id(alias, 'tie')}, 1, 1)`,
      id(alias, 'turn'),
      id(alias, 'tie'),
    ].map((each) => sql`${each} ${verbatim(direction)}`),
  );

const groupNames = (events: Ordered): readonly string[] => [
  ...events.key.map(({ name }) => keyName(events, name)),
  ...events.sequence.map((_, place) => sequenceName(place)),
];

/** Same key, same sequence. */
export const sameGroup = (dialect: Dialect, events: Ordered, left: string, right: string): Fragment =>
  ands([
    ...events.key.map(({ name, nullable }) =>
      dialect.sameKey(id(left, keyName(events, name)), id(right, keyName(events, name)), nullable),
    ),
    ...events.sequence.map(
      (_, place) => sql`${id(left, sequenceName(place))} = ${id(right, sequenceName(place))}`,
    ),
  ]);

/** Rows (key, sequence, tie, turn) of the upserts that share their sequence with others of their key: how many
 *  images lead from one that none of them leads to. Where all lead to each other in a circle there is no first, and no
 *  row. `rows`: a query with key, sequence and tie under their names in an event table. */
export const turnsOf = (dialect: Dialect, events: Ordered, rows: Fragment): Fragment => {
  const group = (alias: string): Fragment => commas(groupNames(events).map((name) => id(alias, name)));
  const leads = (from: string, to: string): Fragment =>
    sql`${sameGroup(dialect, events, from, to)} and ${id(from, 'tie')} <> ${id(to, 'tie')}
      and ${leftImage(id(from, 'tie'))} = ${foundImage(id(to, 'tie'))} and ${foundImage(id(to, 'tie'))} <> ${sql.lit(unknownImage)}`;
  return sql`with recursive
  -- upserts, each once, with the number of those that share key and sequence
  upserts as (select ${group('u')}, u.tie, count(*) over (partition by ${group('u')}) as members
    from (select distinct ${group('r')}, r.tie from (${rows}) as r where r.tie like '1%') as u),
  tied as (select * from upserts as u where u.members > 1),
  -- from those that follow none of the others, from image to image
  led(${commas(groupNames(events).map((name) => id(name)))}, tie, turn) as (
    select ${group('t')}, t.tie, cast(0 as bigint) from tied as t where not exists (select 1 from tied as p where ${leads('p', 't')})
    union
    select ${group('t')}, t.tie, l.turn + 1 from led as l join tied as t on ${leads('l', 't')} where l.turn + 1 < t.members)
select ${group('l')}, l.tie, min(l.turn) as turn from led as l group by ${group('l')}, l.tie`;
};
