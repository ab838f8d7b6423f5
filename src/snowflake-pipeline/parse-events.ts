// The rows of a log as events: typed, put under their key, each with what orders it and what makes it the same event when
// it is told again. An update that moves a row to another key is the delete of the old one and the upsert of the new one.
import { operationKinds, type LogOperations, type OperationKind } from '../dictionary/detection.ts';
import type { LogSource } from '../dictionary/dictionary.ts';
import { flaws, happenedAt, openedColumns, valueColumns, valueOf } from './image-values.ts';
import { logNames } from './landed.ts';
import {
  eventColumns,
  eventsTable,
  keyNames,
  landedTable,
  parseRoutine,
  positionTable,
  sameKeys,
  sequenceColumns,
} from './objects.ts';
import { inRange } from './position.ts';
import { rejectStep } from './rejected.ts';
import type { PipelineSettings, Step } from './pipeline.ts';
import { at, expressionText, indented, listed, literal, quoted } from './quote.ts';

const letters: Readonly<Record<OperationKind, string>> = {
  insert: 'U',
  update: 'U',
  upsert: 'U',
  delete: 'D',
  truncate: 'T',
  ignore: '-',
};

const isWord = (op: string, { anyCase }: LogOperations, words: readonly (string | null)[]): string => {
  const text = anyCase ? `upper(trim(to_varchar(${op})))` : `to_varchar(${op})`;
  const named = words.flatMap((word) => (word === null ? [] : [literal(word)]));
  return [
    ...(named.length === 0 ? [] : [`${text} in (${listed(named)})`]),
    ...(words.includes(null) ? [`${op} is null`] : []),
  ].join(' or ');
};

/** U, D, T, - or NULL: a word that nobody declared. */
const kindOf = (source: LogSource): string => {
  const { op, image } = source.detect;
  const gone =
    source.deleted === undefined ? undefined : `coalesce(${expressionText(source.deleted)}, false)`;
  if (op === undefined) return gone === undefined ? `'U'` : `iff(${gone}, 'D', 'U')`;
  const column = quoted(source.name, op.column);
  const cases = operationKinds.flatMap((kind) => {
    const words = op.words.get(kind);
    if (words === undefined) return [];
    const letter = literal(letters[kind]);
    const meant = letters[kind] === 'U' && gone !== undefined ? `iff(${gone}, 'D', 'U')` : letter;
    return [`when ${isWord(column, op, words)} then ${meant}`];
  });
  if (image.kind === 'typed') return `case ${cases.join(' ')} end`;
  // Kafka's tombstone: nothing but a key, behind the delete.
  const nothing = [op.column, image.before, image.after].flatMap((name) =>
    name === undefined ? [] : [`${quoted(source.name, name)} is null`],
  );
  return `case ${[...cases, `when ${nothing.join(' and ')} then '-'`].join(' ')} end`;
};

const parsedImage = (source: LogSource, name: string | undefined): string =>
  name === undefined ? 'cast(null as variant)' : `try_parse_json(to_varchar(${quoted(source.name, name)}))`;

/** The landed rows with their operation and their images opened. */
const readRows = (settings: PipelineSettings, source: LogSource): string => {
  const alias = quoted(source.name);
  const { image } = source.detect;
  const images =
    image.kind === 'typed'
      ? []
      : [
          `${parsedImage(source, image.before)} as "TIDEMARK_BEFORE"`,
          `${parsedImage(source, image.after)} as "TIDEMARK_AFTER"`,
        ];
  return `select ${listed([`${alias}.*`, `${kindOf(source)} as "TIDEMARK_KIND"`, ...images])}
from ${landedTable(settings, source)} as ${alias}
join ${positionTable(settings, parseRoutine(source))} as p on ${inRange(`${alias}."TIDEMARK_BATCH"`)}`;
};

const isJson = (source: LogSource): boolean => source.detect.image.kind === 'json';
const hasBefore = ({ detect: { image } }: LogSource): boolean =>
  image.kind === 'json' && image.before !== undefined;

const keyValue = (source: LogSource, name: string, side: 'before' | 'after'): string => {
  const column = source.columns.find((each) => each.name === name);
  if (column === undefined) throw new RangeError(`${source.name} has no column ${name}`);
  return valueOf(source, side, column);
};

/** Of an upsert as it became; of a delete as it was, where that is told. */
const keyNow = (source: LogSource, name: string): string => {
  const after = keyValue(source, name, 'after');
  if (!hasBefore(source)) return after;
  const before = keyValue(source, name, 'before');
  return `iff(r."TIDEMARK_KIND" = 'D', coalesce(${before}, ${after}), coalesce(${after}, ${before}))`;
};

const sequenceValues = (source: LogSource): readonly string[] =>
  source.detect.sequence.map(({ name, type, converted }) =>
    converted ? `try_cast(to_varchar(${at('r', name)}) as ${type})` : at('r', name),
  );

const textOf = (value: string): string => `coalesce(to_varchar(${value}), chr(30))`;

const identityOf = (source: LogSource, half: string): string => {
  const { identity } = source.detect;
  const names = identity.length > 0 ? identity : logNames(source);
  return `md5(${[literal(half), ...names.map((name) => textOf(at('r', name)))].join(' || chr(31) || ')})`;
};

/** Why an event cannot be taken; NULL where it can. */
const reasonOf = (source: LogSource): string => {
  const noKey = keyNames(source).map((name) => `${keyNow(source, name)} is null`);
  const noPlace = sequenceValues(source).map((value) => `${value} is null`);
  const noImage = isJson(source)
    ? [`when r."TIDEMARK_KIND" = 'U' and r."TIDEMARK_AFTER" is null then 'there is no image that is JSON'`]
    : [];
  return `case
${indented(
  [
    `when r."TIDEMARK_KIND" is null then 'an operation that nobody declared'`,
    `when r."TIDEMARK_KIND" = 'T' then 'a truncate, which is not carried out here'`,
    ...noImage,
    `when ${noKey.join(' or ')} then 'a column of the key is NULL'`,
    `when ${noPlace.join(' or ')} then 'the sequence is NULL'`,
    ...flaws(source).map(
      ({ when, reason }) => `when r."TIDEMARK_KIND" = 'U' and ${when} then ${literal(reason)}`,
    ),
  ].join('\n'),
)}
end`;
};

interface Half {
  readonly kind: string;
  readonly name: string;
  readonly key: (name: string) => string;
  readonly where: string;
}

const halvesOf = (source: LogSource): readonly Half[] => {
  const now: Half = {
    kind: 'r."TIDEMARK_KIND"',
    name: 'now',
    key: (name) => keyNow(source, name),
    where: `r."TIDEMARK_KIND" in ('U', 'D')`,
  };
  const movable = hasBefore(source)
    ? keyNames(source).filter((name) => {
        const { image } = source.detect;
        return image.kind === 'json' && !image.beside.has(name);
      })
    : [];
  if (movable.length === 0) return [now];
  const before = (name: string): string => keyValue(source, name, 'before');
  const moved = movable.map((name) => `${before(name)} <> ${keyValue(source, name, 'after')}`);
  const known = movable.map((name) => `${before(name)} is not null`);
  return [
    now,
    {
      kind: `'D'`,
      name: 'before',
      key: (name) => (movable.includes(name) ? before(name) : keyNow(source, name)),
      where: `r."TIDEMARK_KIND" = 'U' and ${known.join(' and ')} and (${moved.join(' or ')})`,
    },
  ];
};

const eventValues = (source: LogSource, half: Half): readonly string[] => {
  const keys = keyNames(source);
  const isUpsert = `${half.kind} = 'U'`;
  return [
    'r."TIDEMARK_BATCH"',
    'r."TIDEMARK_AT"',
    half.kind,
    happenedAt(source.detect.time),
    ...sequenceValues(source),
    identityOf(source, half.name),
    ...source.columns.map((column) =>
      keys.includes(column.name)
        ? half.key(column.name)
        : `iff(${isUpsert}, ${valueOf(source, 'after', column)}, null)`,
    ),
  ];
};

/** Layer by layer: the rows with their images open, the texts in them, the values, and what is wrong. */
const layers = (settings: PipelineSettings, source: LogSource): string => {
  const raw = logNames(source).map((name) => `${literal(`${name}=`)} || ${textOf(at('r', name))}`);
  const opened = openedColumns(source);
  const steps: readonly (readonly [name: string, query: string])[] = [
    ['read', readRows(settings, source)],
    ['opened', `select ${lines(['r.*', ...opened])}\nfrom read as r`],
    ['valued', `select ${lines(['r.*', ...valueColumns(source)])}\nfrom opened as r`],
    [
      'judged',
      `select ${lines(['r.*', `${reasonOf(source)} as "TIDEMARK_REASON"`, `${raw.join(` || ' ' || `)} as "TIDEMARK_RAW"`])}
from valued as r
where r."TIDEMARK_KIND" is distinct from '-'`,
    ],
  ];
  return steps.map(([name, query]) => `${name} as (\n${indented(query)}\n)`).join(',\n');
};

const lines = (items: readonly string[]): string =>
  items.map((item, place) => (place === 0 ? item : indented(item))).join(',\n');

export const parseEventsSteps = (settings: PipelineSettings, source: LogSource): readonly Step[] => {
  const columns = eventColumns(source).map(({ name }) => name);
  const events = eventsTable(settings, source);
  const legs = halvesOf(source).map(
    (
      half,
    ) => `select ${lines(eventValues(source, half).map((value, place) => `${value} as ${quoted(columns[place] ?? '')}`))}
from judged as r
where ${half.where} and r."TIDEMARK_REASON" is null`,
  );
  const once = listed([...keyNames(source).map((name) => at('x', name)), 'x."TIDEMARK_IDENTITY"']);
  const order = listed(sequenceColumns(source).map(({ name }) => at('x', name)));
  return [
    rejectStep(settings, source, {
      layers: layers(settings, source),
      reason: `${quoted(source.name)}."TIDEMARK_REASON"`,
      event: `${quoted(source.name)}."TIDEMARK_RAW"`,
      from: `from judged as ${quoted(source.name)}
where ${quoted(source.name)}."TIDEMARK_REASON" is not null`,
    }),
    {
      about: 'every event once, however often it is told',
      sql: `insert into ${events} (${listed(columns.map((name) => quoted(name)))})
with ${layers(settings, source)},
parsed as (
${indented(legs.join('\nunion all\n'))}
)
select x.*
from parsed as x
where not exists (
  select 1
  from ${events} as k
  where ${sameKeys('k', 'x', keyNames(source))} and k."TIDEMARK_IDENTITY" = x."TIDEMARK_IDENTITY"
)
qualify row_number() over (partition by ${once} order by ${order}) = 1`,
    },
  ];
};
