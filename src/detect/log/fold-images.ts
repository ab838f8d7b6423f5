// What the kept events make of their keys, compared with the mirror: the net images of a log.
import type { LogSource } from '../../dictionary/dictionary.ts';
import type { Column } from '../../sql/dialect.ts';
import { eventOrder, sameGroup } from '../../sql/event-order.ts';
import { ands, commas, id, sql, table, type Fragment } from '../../sql/fragment.ts';
import { afterName, insertImages, keyName, type ImageTable } from '../../sql/images.ts';
import { jsonObject } from '../../sql/json.ts';
import { anyColumnDiffers, imageRow, mirrorRows, sameRow, type BesideMirror } from '../mirror.ts';
import { silentColumns, speaksOf, type Keeping } from './keep-events.ts';
import { isReset, keyNames, listed, sequenceNames } from './log-state.ts';
import { besideMark, isMark } from './undone-rows.ts';

export interface Folding extends Keeping, BesideMirror<LogSource> {}

const isKey = ({ events }: Keeping, name: string): boolean => events.key.some((each) => each.name === name);

/** The values that stand in the state are read as text, and become what they were. */
const saidValue = ({ dialect, events }: Keeping, column: Pick<Column, 'name' | 'type'>): Fragment => {
  const silent = silentColumns(events);
  const member = { name: column.name, place: silent.indexOf(column.name) };
  const text = dialect.json.text(id('s', 'opened'), member, { column: id('s', 'said'), type: 'varchar' });
  return dialect.fromJsonText(text, column.type);
};

const valueOf = (folding: Keeping, column: Column): Fragment => {
  const { events } = folding;
  if (isKey(folding, column.name)) return id('s', keyName(events, column.name));
  const read = id('e', afterName(events, column.name));
  return sql`case when s.n is not null then ${read} else ${saidValue(folding, column)} end`;
};

/** Kept events under alias `s`, with what they say made ready. */
const opened = ({ dialect, events, kept }: Keeping, filter: Fragment): Fragment =>
  sql`(select s.*, ${dialect.json.open(id('s', 'said'), 'varchar', silentColumns(events))} as opened
    from ${table(kept)} as s where s.op <> 'T' and ${filter} ${dialect.fence})`;

const rowValues = (folding: Folding, value: (column: Column) => Fragment): Fragment =>
  commas(folding.source.columns.map((column) => sql`${value(column)} as ${id(column.name)}`));

/** Keys whose only event says everything: most of them. What is neither just read nor written beside it is what the
 *  mirror has. */
const single = (folding: Folding): Fragment =>
  sql`select true as "tidemark.present", s.op = 'U' as "tidemark.alive", (s.op = 'D' or s.n is not null) as "tidemark.known",
    e.declared as "tidemark.declared", ${rowValues(folding, (column) =>
      isKey(folding, column.name)
        ? id('s', keyName(folding.events, column.name))
        : id('e', afterName(folding.events, column.name)),
    )}
  from ${table(folding.kept)} as s left join ${table(folding.events.table)} as e on e.n = s.n
  where s.op <> 'T' and s.alone`;

/** Keys of several events, or of one that leaves columns out: column by column, what was said last. */
const entangled = (folding: Folding): Fragment => {
  const { dialect, events } = folding;
  const key = listed(keyNames(events), 's');
  const order = (direction: 'asc' | 'desc'): Fragment => eventOrder(events, 's', direction, 'beside');
  const placed = sql`select s.*, row_number() over (partition by ${key} order by ${order('asc')}) as place,
      row_number() over (partition by ${key} order by ${order('desc')}) = 1 as is_last
    from ${besideMark(events, opened(folding, sql`not s.alone`))} as s`;
  const from = sql`select s.*, max(case when ${isReset('s')} then s.place end) over (partition by ${key}) as since from (${placed}) as s`;
  const values = folding.source.columns.map((column) => {
    if (isKey(folding, column.name))
      return sql`${id('s', keyName(events, column.name))} as ${id(column.name)}`;
    const where = sql`s.place >= coalesce(s.since, 0) and ${speaksOf('s', column.name)}`;
    return sql`${dialect.last(valueOf(folding, column), column.type, { where, order: id('s', 'place') })} as ${id(column.name)}`;
  });
  const letter = dialect.last(id('e', 'declared'), 'varchar', {
    where: sql`s.is_last`,
    order: id('s', 'place'),
  });
  return sql`select true as "tidemark.present", max(case when s.is_last then s.op end) = 'U' as "tidemark.alive", true as "tidemark.known",
    ${letter} as "tidemark.declared", ${commas(values)}
  from (${from}) as s left join ${table(events.table)} as e on e.n = s.n group by ${key}`;
};

/** On a first run every key that is there is an insert. */
const firstImages = (folding: Folding, rows: Fragment): Fragment =>
  insertImages(
    folding.images,
    sql`${imageRow(folding, sql`'I'`, sql`0`)}\nfrom (${rows}) as s where s."tidemark.alive" and s."tidemark.known"`,
  );

/** `entangledToo`: there are keys of several events, or with columns left out. */
export const foldImages = (folding: Folding, entangledToo: boolean): Fragment => {
  const { dialect, source, mirror, known, images } = folding;
  const rows = entangledToo ? sql`${single(folding)}\nunion all\n${entangled(folding)}` : single(folding);
  if (mirror === undefined) return firstImages(folding, rows);
  const isThere = sql`m."tidemark.present" is not null`;
  const isAlive = sql`s."tidemark.alive"`;
  const operation = sql`case when s."tidemark.present" is null or not ${isAlive} then 'D' when ${isThere} then 'U' else 'I' end`;
  // Read from a position on, the log says nothing of the other keys; read whole, what no event speaks of is no row.
  const join = known.kind === 'since' ? sql`left join` : sql`full join`;
  return insertImages(
    images,
    sql`${imageRow(folding, operation, sql`0`)}
from (${rows}) as s
${join} ${mirrorRows(folding)} as m on ${sameRow(dialect, source)}
where case when s."tidemark.present" is null then true
  when not s."tidemark.known" then false
  when not ${isAlive} then ${isThere}
  else not ${isThere} or ${anyColumnDiffers(dialect, source)} end`,
  );
};

/** The mark of an undo says nothing of columns that came after it: of those the mirror has what held on. */
const completeMarks = (folding: Folding): Fragment => {
  const { dialect, events, kept, source } = folding;
  const silent = silentColumns(events);
  const columns = source.columns
    .filter(({ name }) => silent.includes(name))
    .map((column) => ({
      column,
      has: dialect.json.has(id('s', 'opened'), { name: column.name, place: silent.indexOf(column.name) }),
    }));
  const said = jsonObject(
    columns.map(({ column: { name, type }, has }) => ({
      name,
      value: dialect.jsonValue(
        sql`case when ${has} then ${saidValue(folding, { name, type })} else ${id('m', name)} end`,
        type,
      ),
    })),
  );
  const places = listed([...keyNames(events), ...sequenceNames(events), 'tie'], 's');
  const marks = opened(folding, sql`not s.alone and s.op = 'U' and ${isMark('s')}`);
  return sql`update ${table(kept)} as s set said = x.whole
from (select ${places}, ${said} as whole from ${marks} as s join ${mirrorRows(folding)} as m on ${ofMirror(folding)}
  where not (${ands(columns.map(({ has }) => has))})) as x
where ${sameGroup(dialect, events, 's', 'x')} and s.tie = x.tie`;
};

const ofMirror = ({ dialect, events, source }: Folding): Fragment =>
  ands(
    source.key.map(({ name, nullable }) =>
      dialect.sameKey(id('m', name), id('s', keyName(events, name)), nullable),
    ),
  );

/** An event that no longer stands alone keeps its values: those just read, or those that the mirror has for it. */
export const keepValues = (folding: Folding): readonly Fragment[] => {
  const { dialect, events, kept, mirror, source } = folding;
  const silent = silentColumns(events);
  const object = (value: (column: Column) => Fragment): Fragment =>
    jsonObject(
      source.columns
        .filter(({ name }) => silent.includes(name))
        .map((column) => ({
          name: column.name,
          value: dialect.jsonValue(value(column), column.type),
          when: speaksOf('s', column.name),
        })),
    );
  const wanted = sql`not s.alone and s.op = 'U' and s.said is null`;
  const fromEvents = sql`update ${table(kept)} as s set said = ${object((column) => id('e', afterName(events, column.name)))}
from ${table(events.table)} as e where ${wanted} and e.n = s.n`;
  if (mirror === undefined) return [fromEvents];
  const fromMirror = sql`update ${table(kept)} as s set said = ${object((column) => id('m', column.name))}
from ${mirrorRows(folding)} as m where ${wanted} and s.n is null and ${ofMirror(folding)}`;
  return [fromMirror, fromEvents, ...(silent.length === 0 ? [] : [completeMarks(folding)])];
};

/** Tells each event which image it had a part in. */
export const linkChanges = ({ dialect, events }: Keeping, images: ImageTable): Fragment => {
  const match = ands(
    events.key.map(({ name, nullable }) =>
      dialect.sameKey(id('e', keyName(events, name)), id('i', keyName(images, name)), nullable),
    ),
  );
  return sql`update ${table(events.table)} as e set change = i.seq from ${table(images.table)} as i where ${match}`;
};
