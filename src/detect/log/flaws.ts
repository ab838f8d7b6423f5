// Why an event cannot be taken: its first flaw, as a code, the column that it lies in, and what stands there.
// Everything else of the log goes on without it.
import type { Column } from '../../sql/dialect.ts';
import { commas, id, sql, type Fragment } from '../../sql/fragment.ts';
import { valueRows } from './event-values.ts';
import { isUpsert, logColumn, type LogTable } from './log-rows.ts';

export type FlawCode =
  | 'unknown_operation'
  | 'bad_sequence'
  | 'bad_time'
  | 'future_time'
  | 'bad_image'
  | 'no_image'
  | 'null_key'
  | 'bad_value'
  | 'no_unit';

/** Beyond this a value is cut: it is there to be recognised. */
const longestValue = 200;

/** Between the parts of a flaw; no name and no value of a person holds it. */
export const flawSeparator = sql`chr(31)`;

interface Rule {
  readonly when: Fragment;
  readonly code: FlawCode;
  readonly column: string;
  readonly value: Fragment;
}

const asText = (value: Fragment): Fragment => sql`cast(${value} as varchar)`;

const kind = id('r', 'kind');

export interface FlawedReading extends LogTable {
  /** The moment of the freeze, as text. */
  readonly moment: string;
}

const operationRule = ({ source, columns }: LogTable): readonly Rule[] => {
  const { op } = source.detect;
  if (op === undefined) return [];
  const value = asText(logColumn(columns, op.column));
  return [{ when: sql`${kind} is null`, code: 'unknown_operation', column: op.column, value }];
};

const sequenceRules = ({ source, columns }: LogTable): readonly Rule[] =>
  source.detect.sequence.map(({ name }, place) => ({
    when: sql`${id('r', `s#${place}`)} is null`,
    code: 'bad_sequence',
    column: name,
    value: asText(logColumn(columns, name)),
  }));

const timeRules = ({ dialect, source, columns, moment }: FlawedReading): readonly Rule[] => {
  const { time, clockToleranceMs } = source.detect;
  if (time === undefined) return [];
  const value = logColumn(columns, time.column);
  const latest = dialect.minus(sql`cast(${moment} as timestamptz)`, -clockToleranceMs);
  const rule = { column: time.column, value: asText(value) };
  return [
    { ...rule, when: sql`${value} is not null and r.happened is null`, code: 'bad_time' },
    { ...rule, when: sql`r.happened > ${latest}`, code: 'future_time' },
  ];
};

const imageRules = ({ dialect, source, columns }: LogTable): readonly Rule[] => {
  const { image } = source.detect;
  if (image.kind === 'typed') return [];
  const { json } = dialect;
  const sides = (['before', 'after'] as const).flatMap((side) => {
    const name = image[side];
    return name === undefined ? [] : [{ name, opened: id('r', side), column: logColumn(columns, name) }];
  });
  const typeOf = (name: string): string => columns.find((column) => column.name === name)?.type ?? '';
  const broken = sides.map(({ name, opened, column }): Rule => ({
    when: json.isBroken(column, typeOf(name), opened),
    code: 'bad_image',
    column: name,
    value: asText(column),
  }));
  const none = sql`not (${sql.join(
    sides.map(({ opened }) => json.isObject(opened)),
    sql` or `,
  )})`;
  const keyInside = source.key.some(({ name }) => !image.beside.has(name));
  return [
    ...broken,
    {
      when: sql`${isUpsert(kind)} and not ${json.isObject(id('r', 'after'))}`,
      code: 'no_image',
      column: image.after,
      value: sql`null`,
    },
    // A key beside the images needs none of them.
    ...(keyInside
      ? [{ when: none, code: 'no_image' as const, column: image.before ?? image.after, value: sql`null` }]
      : []),
  ];
};

const placeOf = (columns: readonly Column[], name: string): number =>
  columns.findIndex((column) => column.name === name);

const keyRules = (log: LogTable): readonly Rule[] => {
  const { source } = log;
  const { image } = source.detect;
  return source.key.flatMap(({ name, nullable }): readonly Rule[] => {
    const place = placeOf(source.columns, name);
    const value = id('r', `v#${place}`);
    const isTyped = image.kind === 'typed' || image.beside.has(name);
    const text = isTyped ? value : id('r', `k#${place}`);
    const missing: Rule = { when: sql`${text} is null`, code: 'null_key', column: name, value: sql`null` };
    const unfit: Rule = {
      when: sql`${text} is not null and ${value} is null`,
      code: 'bad_value',
      column: name,
      value: text,
    };
    return [...(nullable ? [] : [missing]), ...(isTyped ? [] : [unfit])];
  });
};

const isTemporal = (base: string): boolean => /^(date|time)/.test(base);

const valueRules = ({ dialect, source }: LogTable): readonly Rule[] => {
  const { image } = source.detect;
  if (image.kind === 'typed') return [];
  const keys = new Set(source.key.map(({ name }) => name));
  return source.columns.flatMap(({ name, type }, place): readonly Rule[] => {
    if (keys.has(name) || image.beside.has(name)) return [];
    const text = id('r', `t#${place}`);
    const there = sql`${text} is not null`;
    const rule = { column: name, value: text };
    const untold = isTemporal(dialect.baseType(type)) && !image.units.has(name);
    return [
      ...(untold
        ? [{ ...rule, when: sql`${there} and ${id('r', `u#${place}`)}`, code: 'no_unit' as const }]
        : []),
      { ...rule, when: sql`${there} and ${id('r', `v#${place}`)} is null`, code: 'bad_value' },
    ];
  });
};

const flawOf = ({ code, column, value }: Rule): Fragment =>
  sql`concat(${sql.lit(code)}, ${flawSeparator}, ${sql.lit(column)}, ${flawSeparator}, left(${value}, ${sql.lit(longestValue)}))`;

/** Layer four: `flaw`, NULL where there is none. A truncate speaks of no row. */
export const judgedRows = (log: FlawedReading): Fragment => {
  const always = [...operationRule(log), ...sequenceRules(log), ...timeRules(log)];
  const ofRows = [...imageRules(log), ...keyRules(log), ...valueRules(log)];
  const cases = (rules: readonly Rule[]): readonly Fragment[] =>
    rules.map((rule) => sql`when ${rule.when} then ${flawOf(rule)}`);
  const all = [...cases(always), sql`when ${kind} = 'T' then null`, ...cases(ofRows)];
  return sql`select ${commas([sql`r.*`, sql`case ${sql.join(all, sql`\n    `)} end as flaw`])}
  from (${valueRows(log)}) as r ${log.dialect.fence}`;
};
