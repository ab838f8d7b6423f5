// Source rows whose change somebody undid: staging still shows the undone change, and is not believed while it does.
// Any other staging row ends the hold; a released one is queued, and read whatever the watermark.
import type { Dialect } from '../sql/dialect.ts';
import { ands, commas, id, ors, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { afterName, insertImages, keyName, type ImageTable } from '../sql/images.ts';
import { jsonObject } from '../sql/json.ts';
import { keysMatch } from '../sql/keys.ts';
import type { TableName } from '../sql/table-name.ts';
import { keyText } from './missing.ts';
import {
  alive,
  anyColumnDiffers,
  imageRow,
  mirrorRows,
  stagingRows,
  type BesideMirror,
  type Comparison,
} from './mirror.ts';

/** The holds of one source. */
export interface Holding<C extends BesideMirror = Comparison> {
  readonly comparison: C;
  readonly holds: TableName;
}

/** A row as canonical JSON text. */
export const rowText = (
  dialect: Dialect,
  columns: ImageTable['columns'],
  value: (name: string) => Fragment,
): Fragment =>
  jsonObject(columns.map(({ name, type }) => ({ name, value: dialect.jsonValue(value(name), type) })));

const asJson = (dialect: Dialect, text: Fragment): Fragment =>
  sql`cast(${text} as ${verbatim(dialect.jsonType)})`;

/** Columns that came since the hold was made say nothing about it. */
export const sameAsHeld = (
  { comparison }: Holding<BesideMirror>,
  present: Fragment,
  value: (name: string) => Fragment,
): Fragment => {
  const { dialect, source } = comparison;
  const held = asJson(dialect, id('h', 'staging'));
  const differing = source.columns.map(
    ({ name, type }) =>
      sql`(${dialect.jsonHas(held, name)} and ${dialect.differs(value(name), dialect.fromJsonText(dialect.jsonText(held, name), type), type)})`,
  );
  const whole = rowText(dialect, source.columns, value);
  return sql`case when not ${present} then h.staging is null when h.staging is null then false
  when ${whole} = h.staging then true else not ${ors(differing)} end`;
};

/** Images of held rows of which staging still says what was undone. */
export const dropHeld = (holding: Holding<BesideMirror>): Fragment => {
  const { comparison, holds } = holding;
  const { dialect, images, source } = comparison;
  const same = sameAsHeld(holding, sql`i.op <> 'D'`, (name) => id('i', afterName(images, name)));
  return sql`delete from ${table(images.table)} as i where exists (select 1 from ${table(holds)} as h
  where h.source = ${source.name} and not h.queued and h.key = ${keyText(dialect, images)} and ${same})`;
};

const typedKeys = (dialect: Dialect, { key }: BesideMirror['source'], alias: string): readonly Fragment[] =>
  key.map(
    ({ name, type }) =>
      sql`${dialect.fromJsonText(dialect.jsonText(asJson(dialect, id(alias, 'key')), name), type)} as ${id(name)}`,
  );

const heldRows = ({ comparison, holds }: Holding<BesideMirror>, queued: Fragment): Fragment => {
  const { dialect, source } = comparison;
  return sql`(select r.key as "tidemark.key", r.staging, r.mirror, ${commas(typedKeys(dialect, source, 'r'))}
  from ${table(holds)} as r where r.source = ${source.name} and r.queued = ${queued})`;
};

const joined = ({ comparison }: Holding, alias: string): Fragment =>
  keysMatch(
    comparison.dialect,
    comparison.source.key,
    (name) => id('h', name),
    (name) => id(alias, name),
  );

/** Holds that staging contradicts, and released ones; `only` limits it to named keys. */
export const fillEnded = (holding: Holding, into: TableName, only: TableName | undefined): Fragment => {
  const { comparison } = holding;
  const { source } = comparison;
  const same = sameAsHeld(holding, sql`(s."tidemark.present" is not null)`, (name) => id('s', name));
  const named =
    only === undefined ? [] : [sql`exists (select 1 from ${table(only)} as w where ${joined(holding, 'w')})`];
  const contradicted = sql`select h."tidemark.key" from ${heldRows(holding, sql`false`)} as h
left join ${stagingRows(source, alive(source))} as s on ${joined(holding, 's')}
where ${ands([sql`not ${same}`, ...named])}`;
  const released = sql`select h."tidemark.key" from ${heldRows(holding, sql`true`)} as h where ${ands(named)}`;
  return sql`insert into ${table(into)} (key) ${contradicted} union all ${released}`;
};

/** Released keys that a window would not see, and that are not among the images already. */
export const compareReleased = (holding: Holding): Fragment => {
  const { comparison } = holding;
  const { dialect, source, images } = comparison;
  const inStaging = sql`s."tidemark.present"`;
  const inMirror = sql`m."tidemark.present"`;
  const operation = sql`case when ${inMirror} is null then 'I' when ${inStaging} is null then 'D' else 'U' end`;
  const gone = source.detect.deletes.kind === 'never' ? sql`false` : inMirror;
  const known = keysMatch(
    dialect,
    source.key,
    (name) => id('h', name),
    (name) => id('i', keyName(images, name)),
  );
  return insertImages(
    images,
    sql`${imageRow(comparison, operation, sql`(select count(*) from ${table(images.table)})`)}
from ${heldRows(holding, sql`true`)} as h
left join ${stagingRows(source, alive(source))} as s on ${joined(holding, 's')}
left join ${mirrorRows(comparison)} as m on ${joined(holding, 'm')}
where case when ${inStaging} then ${inMirror} is null or ${anyColumnDiffers(dialect, source)} else ${gone} end
  and not exists (select 1 from ${table(images.table)} as i where ${known})`,
  );
};

interface KeptValue {
  readonly name: string;
  readonly value: Fragment;
  /** Columns that came since the hold was made are not in it. */
  readonly has: Fragment;
}

/** What the mirror had of a held row since the undo. */
const keptValues = ({ comparison }: Holding<BesideMirror>): readonly KeptValue[] => {
  const { dialect, source } = comparison;
  const mirror = asJson(dialect, id('h', 'mirror'));
  return source.columns.map(({ name, type }) => ({
    name,
    value: dialect.fromJsonText(dialect.jsonText(mirror, name), type),
    has: dialect.jsonHas(mirror, name),
  }));
};

/** A mirror that somebody else wrote gets held rows back as they were since the undo. Once the images of held rows are
 *  dropped. */
export const restoreHeld = (holding: Holding): Fragment => {
  const { comparison } = holding;
  const { dialect, source, images } = comparison;
  const inMirror = sql`m."tidemark.present"`;
  const isGone = sql`h.mirror is null`;
  const kept = keptValues(holding).map(({ name, value, has }) => ({
    name,
    value: sql`case when ${has} then ${value} else coalesce(${id('m', name)}, ${id('s', name)}) end`,
  }));
  const differs = ors(
    kept.map(({ value }, place) => {
      const { name, type } = source.columns[place] ?? { name: '', type: '' };
      return dialect.differs(value, id('m', name), type);
    }),
  );
  const same = sameAsHeld(holding, sql`(s."tidemark.present" is not null)`, (name) => id('s', name));
  const row = commas([
    ...source.key.map(({ name }) => id('h', name)),
    ...source.columns.map(({ name }) => id('m', name)),
    ...kept.map(({ value }) => sql`case when not ${isGone} then ${value} end`),
  ]);
  const known = keysMatch(
    dialect,
    source.key,
    (name) => id('h', name),
    (name) => id('i', keyName(images, name)),
  );
  return insertImages(
    images,
    sql`select row_number() over () + (select coalesce(max(n.seq), 0) from ${table(images.table)} as n),
  case when ${isGone} then 'D' when ${inMirror} is null then 'I' else 'U' end, null, ${row}
from ${heldRows(holding, sql`false`)} as h
left join ${stagingRows(source, alive(source))} as s on ${joined(holding, 's')}
left join ${mirrorRows(comparison)} as m on ${joined(holding, 'm')}
where ${same} and case when ${isGone} then ${inMirror} is not null else ${inMirror} is null or ${differs} end
  and not exists (select 1 from ${table(images.table)} as i where ${known})`,
  );
};

/** A mirror that is made anew takes held rows as the old one had them. Three statements. */
export const keepHeldRows = (holding: Holding<BesideMirror>): readonly Fragment[] => {
  const { comparison, holds } = holding;
  const { dialect, source, images } = comparison;
  const key = keyText(dialect, images);
  const same = sameAsHeld(holding, sql`true`, (name) => id('i', afterName(images, name)));
  const held = sql`h.source = ${source.name} and not h.queued`;
  const kept = keptValues(holding);
  const assignments = kept.map(
    ({ name, value, has }) =>
      sql`${id(afterName(images, name))} = case when ${has} then ${value} else ${id('i', afterName(images, name))} end`,
  );
  const row = commas([
    ...source.key.map(({ name }) => id('h', name)),
    ...source.columns.map(({ type }) => sql`cast(null as ${verbatim(type)})`),
    ...kept.map(({ value }) => value),
  ]);
  return [
    sql`delete from ${table(images.table)} as i where exists (select 1 from ${table(holds)} as h where ${held} and h.key = ${key} and h.mirror is null and ${same})`,
    sql`update ${table(images.table)} as i set ${commas(assignments)} from ${table(holds)} as h where ${held} and h.key = ${key} and h.mirror is not null and ${same}`,
    insertImages(
      images,
      sql`select row_number() over () + (select coalesce(max(n.seq), 0) from ${table(images.table)} as n), 'I', null, ${row}
from ${heldRows(holding, sql`false`)} as h
where h.staging is null and h.mirror is not null
  and not exists (select 1 from ${table(images.table)} as i where h."tidemark.key" = ${key})`,
    ),
  ];
};
