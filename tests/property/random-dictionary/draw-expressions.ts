// Random SQL expressions and join conditions over the aliases in reach, in the common subset of both engines.
import type { Random } from '../../../scripts/shop/random.ts';
import type { KeySpec, Kind, RelationSpec } from './spec.ts';

export interface Reach {
  readonly alias: string;
  readonly relation: RelationSpec;
}

interface Read {
  readonly alias: string;
  readonly sql: string;
}

const wholeNumbers: readonly Kind[] = ['int', 'big'];

const sameKind = (left: Kind, right: Kind): boolean =>
  left === right || (wholeNumbers.includes(left) && wholeNumbers.includes(right));

const unreadable = new Set(['spare', 'touched', 'updated_at']);

const columnsOf = (reach: readonly Reach[], kind: Kind): readonly (Read & { readonly name: string })[] =>
  reach.flatMap(({ alias, relation }) =>
    relation.columns
      .filter((column) => column.kind === kind && !unreadable.has(column.name))
      .map(({ name }) => ({ alias, name, sql: `${alias}.${name}` })),
  );

/** A column of the kind, from any alias in reach. */
export const read = (random: Random, reach: readonly Reach[], kind: Kind): Read | undefined => {
  const found = columnsOf(reach, kind);
  return found.length === 0 ? undefined : random.oneOf(found);
};

/** A column that holds keys of other rows, if there is one: few others ever match. */
const reference = (random: Random, reach: readonly Reach[], kind: Kind): Read | undefined => {
  const found = columnsOf(reach, kind).filter(({ name }) => name.startsWith('ref'));
  return found.length === 0 || random.chance(5) ? read(random, reach, kind) : random.oneOf(found);
};

export interface Drawn {
  readonly sql: string;
  readonly kind: Kind;
  readonly aliases: readonly string[];
}

type Maker = (one: string, two: string, flag: string) => { readonly sql: string; readonly kind: Kind };

const makers: Readonly<Record<Kind, readonly Maker[]>> = {
  int: [
    (one) => ({ sql: one, kind: 'int' }),
    (one, two) => ({ sql: `coalesce(${one}, ${two}, -1)`, kind: 'int' }),
    (one, two) => ({ sql: `${one} + coalesce(${two}, 0)`, kind: 'int' }),
    (one, two, flag) => ({ sql: `case when ${flag} then ${one} else ${two} end`, kind: 'int' }),
    (one, two) => ({ sql: `${one} is distinct from ${two}`, kind: 'flag' }),
    (one) => ({ sql: `case ${one} when 1 then 'one' when 2 then 'alpha.id' end`, kind: 'text' }),
  ],
  big: [
    (one) => ({ sql: one, kind: 'big' }),
    (one, two) => ({ sql: `coalesce(${one}, ${two})`, kind: 'big' }),
  ],
  text: [
    (one) => ({ sql: one, kind: 'text' }),
    (one, two) => ({ sql: `coalesce(${one}, ${two}, 'it''s -- none')`, kind: 'text' }),
    (one, two) => ({ sql: `${one} || '/' || coalesce(${two}, '∅')`, kind: 'text' }),
    (one) => ({ sql: `upper(${one})`, kind: 'text' }),
    (one) => ({ sql: `length(${one})`, kind: 'big' }),
    (one, two) => ({ sql: `${one} = ${two}`, kind: 'flag' }),
    (one) => ({ sql: `nullif(trim(${one}), '')`, kind: 'text' }),
  ],
  number: [
    (one) => ({ sql: one, kind: 'number' }),
    (one, two) => ({ sql: `${one} + coalesce(${two}, 0.005)`, kind: 'number' }),
    (one) => ({ sql: `-${one}`, kind: 'number' }),
    (one, two) => ({ sql: `${one} > ${two}`, kind: 'flag' }),
  ],
  double: [
    (one) => ({ sql: one, kind: 'double' }),
    (one, two) => ({ sql: `coalesce(${one}, ${two})`, kind: 'double' }),
    (one) => ({ sql: `${one} is null`, kind: 'flag' }),
  ],
  time: [
    (one) => ({ sql: one, kind: 'time' }),
    (one, two) => ({ sql: `coalesce(${one}, ${two})`, kind: 'time' }),
    (one) => ({ sql: `cast(${one} as date)`, kind: 'date' }),
  ],
  date: [
    (one) => ({ sql: one, kind: 'date' }),
    (one, two) => ({ sql: `coalesce(${one}, ${two}, date '2000-01-01')`, kind: 'date' }),
    (one, two) => ({ sql: `${one} < ${two}`, kind: 'flag' }),
  ],
  flag: [
    (one) => ({ sql: one, kind: 'flag' }),
    (one, two) => ({ sql: `${one} and not coalesce(${two}, false)`, kind: 'flag' }),
    (one) => ({ sql: `${one} is not true`, kind: 'flag' }),
  ],
};

const kinds = Object.keys(makers) as readonly Kind[];

/** A column's value. Numbers are written so that their computed type has a scale both engines agree with. */
export const drawExpression = (random: Random, reach: readonly Reach[]): Drawn => {
  for (;;) {
    const kind = random.oneOf(kinds);
    const [one, two] = [read(random, reach, kind), read(random, reach, kind)];
    if (one === undefined || two === undefined) continue;
    const flag = read(random, reach, 'flag') ?? { alias: one.alias, sql: `${one.sql} is null` };
    const made = random.oneOf(makers[kind])(one.sql, two.sql, flag.sql);
    const used = [one, two, flag].filter(({ sql }) => made.sql.includes(sql));
    return { ...made, aliases: [...new Set(used.map(({ alias }) => alias))] };
  }
};

/** A condition that may be NULL, over any alias in reach. */
export const drawCondition = (random: Random, reach: readonly Reach[]): string => {
  const flag = read(random, reach, 'flag');
  const [one, two] = [read(random, reach, 'int'), read(random, reach, 'int')];
  const text = read(random, reach, 'text');
  const options = [
    ...(flag === undefined
      ? []
      : [flag.sql, `${flag.sql} is not false`, `not ${flag.sql}`, `coalesce(${flag.sql}, true)`]),
    ...(one === undefined || two === undefined
      ? []
      : [`${one.sql} <= ${two.sql}`, `(${one.sql} > 2 or ${two.sql} is null)`]),
    ...(text === undefined
      ? []
      : [`${text.sql} <> 'a'`, `coalesce(${text.sql}, '') in ('a', 'b', '', '日本')`]),
  ];
  return random.oneOf(options.length === 0 ? ['1 = 1'] : options);
};

const matches = (random: Random, own: string, other: string, { kind, nullable }: KeySpec): string =>
  random.oneOf([
    `${own} = ${other}`,
    `${other} = ${own}`,
    `${own} = ${other}`,
    `(${own} = ${other})`,
    `${own} between ${other} and ${other}`,
    `not (${own} <> ${other})`,
    `${own} in (${other})`,
    `(${own} = ${other} or (${other} is null and ${own} = ${kind === 'text' ? "'a'" : '2'}))`,
    `${own} <= ${other} and ${own} >= ${other}`,
    ...(nullable ? [`${own} is not distinct from ${other}`] : []),
  ]);

/** What a key column is compared with: a plain column mostly, else an expression of one or two aliases. */
const counterpart = (random: Random, reach: readonly Reach[], kind: Kind): string | undefined => {
  const wanted = wholeNumbers.includes(kind) ? random.oneOf(wholeNumbers) : kind;
  const one = reference(random, reach, wanted) ?? reference(random, reach, kind);
  const two = reference(random, reach, kind);
  if (one === undefined) return undefined;
  if (!random.chance(2)) return one.sql;
  return random.oneOf([
    ...(two === undefined ? [] : [`coalesce(${one.sql}, ${two.sql})`]),
    ...(kind === 'text'
      ? [`lower(${one.sql})`, `coalesce(${one.sql}, 'a')`]
      : [`coalesce(${one.sql}, 2)`, `${one.sql} + 1`]),
  ]);
};

/** A condition that finds at most one row of the relation: its whole key is given, further conditions may follow. */
export const drawOn = (
  random: Random,
  alias: string,
  relation: RelationSpec,
  before: readonly Reach[],
): string | undefined => {
  const parts: string[] = [];
  for (const column of relation.key) {
    const other = counterpart(random, before, column.kind);
    if (other === undefined || !relation.columns.some(({ kind }) => sameKind(kind, column.kind)))
      return undefined;
    parts.push(matches(random, `${alias}.${column.name}`, other, column));
  }
  const own = { alias, relation };
  if (random.chance(3)) parts.push(drawCondition(random, [own]));
  if (random.chance(6)) parts.push(drawCondition(random, [own, ...before]));
  return parts.join(random.oneOf([' and ', ' AND ', '\n  and ']));
};

/** A condition that any number of rows may meet. */
export const drawManyOn = (random: Random, own: Reach, before: readonly Reach[]): string | undefined => {
  const kind = random.oneOf(['int', 'int', 'big', 'text'] as const);
  const mine = reference(random, [own], kind);
  const other = counterpart(random, before, kind);
  if (mine === undefined || other === undefined) return undefined;
  const nullable = { name: '', kind, nullable: random.chance(4) };
  const parts = [random.chance(8) ? `${mine.sql} <= ${other}` : matches(random, mine.sql, other, nullable)];
  if (random.chance(4)) parts.push(drawCondition(random, [own]));
  if (random.chance(8)) parts.push(drawCondition(random, [own, ...before]));
  return parts.join(' and ');
};
