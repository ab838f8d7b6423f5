// What a log says now of each of its rows, as a query and without scratch: what questions about real rows are asked of
// before the log was ever taken in. What a run takes in is decided in fold-images.ts, for late and tied events as well.
import { commas, id, sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { judgedRows, type FlawedReading } from './flaws.ts';
import { isMoved } from './read-events.ts';

const present = id('tidemark.present');

/** Events in their order, one row each: key, value and silence of each column; the old key of a moved row is deleted. */
const events = (reading: FlawedReading): Fragment => {
  const { source } = reading;
  const keys = new Set(source.key.map(({ name }) => name));
  const isJson = source.detect.image.kind === 'json';
  const placed = source.columns.map(({ name }, place) => ({ place, isKey: keys.has(name) }));
  const silent = (place: number, isKey: boolean): Fragment =>
    isKey || !(isJson ? isInside(reading, place) : true) ? sql`false` : id('r', `g#${place}`);
  const told = placed.flatMap(({ place, isKey }) => [
    sql`${id('r', `v#${place}`)} as ${id(`v#${place}`)}`,
    sql`${silent(place, isKey)} as ${id(`g#${place}`)}`,
  ]);
  const order = commas([
    ...source.detect.sequence.map((_, place) => id('r', `s#${place}`)),
    sql`case when r.kind = 'D' then 1 else 0 end`,
  ]);
  const rows = sql`select r.*, row_number() over (order by ${order}) as n from (${judgedRows(reading)}) as r where r.flaw is null`;
  const moved = placed.flatMap(({ place, isKey }) => [
    isKey && isInside(reading, place) ? id('r', `w#${place}`) : id('r', `v#${place}`),
    sql`true`,
  ]);
  const hasMoves = source.detect.image.kind === 'json' && source.detect.image.before !== undefined;
  return sql`with r as (${rows})
  select r.kind, r.n, ${commas(told)} from r${
    hasMoves ? sql`\n  union all select 'D', r.n, ${commas(moved)} from r where ${isMoved(reading)}` : sql``
  }`;
};

/** In the image, not beside it. */
const isInside = ({ source }: FlawedReading, place: number): boolean => {
  const { image } = source.detect;
  return image.kind === 'json' && !image.beside.has(source.columns[place]?.name ?? '');
};

/** The rows that are there, under the names of the source's columns. */
export const currentRows = (reading: FlawedReading): Fragment => {
  const { dialect, source } = reading;
  const keys = new Set(source.key.map(({ name }) => name));
  const typed = (text: Fragment, type: string): Fragment =>
    source.detect.image.kind === 'json' ? sql`cast(${text} as ${verbatim(type)})` : text;
  const value = ({ name, type }: (typeof source.columns)[number], place: number): Fragment => {
    if (keys.has(name)) return sql`${typed(id('e', `v#${place}`), type)} as ${id(name)}`;
    const where = sql`e.kind <> 'D' and not ${id('e', `g#${place}`)}`;
    const last = dialect.last(id('e', `v#${place}`), type, { where, order: sql`e.n` });
    return sql`${typed(last, type)} as ${id(name)}`;
  };
  const grouped = source.columns.flatMap(({ name }, place) =>
    keys.has(name) ? [id('e', `v#${place}`)] : [],
  );
  const kind = dialect.last(sql`e.kind`, 'varchar', { where: sql`true`, order: sql`e.n` });
  return sql`(select true as ${present}, ${commas(source.columns.map(({ name }) => id('c', name)))}
  from (select ${kind} as "tidemark.kind", ${commas(source.columns.map(value))}
    from (select x.*, coalesce(max(case when x.kind = 'T' then x.n end) over (), 0) as truncated from (${events(reading)}) as x) as e
    where e.kind <> 'T' and e.n > e.truncated group by ${commas(grouped)}) as c
  where c."tidemark.kind" <> 'D')`;
};
