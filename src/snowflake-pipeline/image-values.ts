// Of one event of a log: the value of each column, and what is wrong with it. An image is JSON, opened layer by layer so that
// each value is computed once, or the columns of the log itself.
import type { EpochUnit, EventTime, LogImage } from '../dictionary/detection.ts';
import type { LogSource } from '../dictionary/dictionary.ts';
import type { Column } from '../sql/dialect.ts';
import { at, literal, quoted } from './quote.ts';

type Side = 'before' | 'after';

const beginning = `cast('1970-01-01 00:00:00' as timestamp_ntz(6))`;

const partOf: Readonly<Record<EpochUnit, string>> = {
  days: 'day',
  s: 'second',
  ms: 'millisecond',
  us: 'microsecond',
  ns: 'nanosecond',
};

const counted = (number: string, unit: EpochUnit): string =>
  `dateadd('${partOf[unit]}', ${number}, ${beginning})`;

const isSemiStructured = (type: string): boolean => /^(variant|object|array)/i.test(type);
const isText = (type: string): boolean => /^(varchar|text|string|char)/i.test(type);

/** Where the parsed image stands in the rows under `r`. */
const imageOf = (side: Side): string => (side === 'before' ? 'r."TIDEMARK_BEFORE"' : 'r."TIDEMARK_AFTER"');

const member = (side: Side, name: string): string => `get(${imageOf(side)}, ${literal(name)})`;

/** JSON's null is a value there; here it is SQL's. */
const memberText = (side: Side, name: string): string =>
  `iff(typeof(${member(side, name)}) = 'NULL_VALUE', null, to_varchar(${member(side, name)}))`;

const isOwn = (image: LogImage, name: string): boolean => image.kind === 'typed' || image.beside.has(name);

const placeOf = (source: LogSource, name: string): number =>
  source.columns.findIndex((column) => column.name === name) + 1;

const suffix = (side: Side): string => (side === 'before' ? '_BEFORE' : '');
const textName = (source: LogSource, side: Side, name: string): string =>
  quoted(`TEXT_${placeOf(source, name)}${suffix(side)}`);
const valueName = (source: LogSource, side: Side, name: string): string =>
  quoted(`VALUE_${placeOf(source, name)}${suffix(side)}`);
const toldName = (source: LogSource, name: string): string => quoted(`TOLD_${placeOf(source, name)}`);

/** What is taken out of the images: every column as it became, those of the key also as they were. */
const membersOf = (source: LogSource): readonly { readonly column: Column; readonly side: Side }[] => {
  const { image } = source.detect;
  const inside = source.columns.filter(({ name }) => !isOwn(image, name));
  const after = inside.map((column) => ({ column, side: 'after' as const }));
  if (image.kind === 'typed' || image.before === undefined) return after;
  const keys = inside.filter(({ name }) => source.key.some((each) => each.name === name));
  return [...after, ...keys.map((column) => ({ column, side: 'before' as const }))];
};

const converted = (source: LogSource, { name, type }: Column, text: string): string => {
  const { image } = source.detect;
  const unit = image.kind === 'json' ? image.units.get(name) : undefined;
  if (unit !== undefined)
    return `cast(coalesce(${counted(`try_cast(${text} as number(38,0))`, unit)}, try_cast(${text} as timestamp_ntz(6))) as ${type})`;
  return isText(type) ? text : `try_cast(${text} as ${type})`;
};

/** Layer two: the text of each member, and whether the image has it at all. */
export const openedColumns = (source: LogSource): readonly string[] =>
  membersOf(source).flatMap(({ column: { name, type }, side }) => {
    const told = side === 'after' ? [`${member(side, name)} is not null as ${toldName(source, name)}`] : [];
    const text = isSemiStructured(type)
      ? `${member(side, name)} as ${textName(source, side, name)}`
      : `${memberText(side, name)} as ${textName(source, side, name)}`;
    return [...told, text];
  });

/** Layer three: the texts as values. */
export const valueColumns = (source: LogSource): readonly string[] =>
  membersOf(source).map(({ column, side }) => {
    const text = `r.${textName(source, side, column.name)}`;
    const value = isSemiStructured(column.type) ? text : converted(source, column, text);
    return `${value} as ${valueName(source, side, column.name)}`;
  });

export const valueOf = (source: LogSource, side: Side, { name }: Column): string =>
  isOwn(source.detect.image, name) ? at('r', name) : `r.${valueName(source, side, name)}`;

interface Flaw {
  readonly when: string;
  readonly reason: string;
}

/** What is wrong with a column of an upsert. */
const flawsOf = (source: LogSource, { name, type }: Column): readonly Flaw[] => {
  const { image, unavailable } = source.detect;
  const placeholder = literal(unavailable);
  if (isOwn(image, name))
    return isText(type) && image.kind === 'typed'
      ? [{ when: `${at('r', name)} = ${placeholder}`, reason: `the value of ${name} is not told` }]
      : [];
  const absent = {
    when: `not r.${toldName(source, name)}`,
    reason: `the image says nothing of ${name}`,
  };
  if (isSemiStructured(type)) return [absent];
  const text = `r.${textName(source, 'after', name)}`;
  return [
    absent,
    { when: `${text} = ${placeholder}`, reason: `the value of ${name} is not told` },
    ...(isText(type)
      ? []
      : [
          {
            when: `${text} is not null and r.${valueName(source, 'after', name)} is null`,
            reason: `the value of ${name} is no ${type}`,
          },
        ]),
  ];
};

export const flaws = (source: LogSource): readonly Flaw[] =>
  source.columns.flatMap((column) => flawsOf(source, column));

/** NULL where the log says nothing, or nothing that is a time. */
export const happenedAt = (time: EventTime | undefined): string => {
  if (time === undefined) return 'cast(null as timestamp_ntz(6))';
  const value = at('r', time.column);
  const inZone = (moment: string): string =>
    time.timezone === undefined || time.timezone === 'UTC'
      ? moment
      : `convert_timezone(${literal(time.timezone)}, 'UTC', ${moment})`;
  switch (time.kind) {
    case 'moment':
      return inZone(`cast(${value} as timestamp_ntz(6))`);
    case 'number':
      return counted(value, time.unit);
    case 'text': {
      const number = `try_cast(${value} as number(38,0))`;
      return `coalesce(${counted(number, time.unit)}, ${inZone(`try_cast(${value} as timestamp_ntz(6))`)})`;
    }
  }
};
