// Random aggregate targets: one and two joins of many rows, chains of them, look-ups behind, filters, inner joins, and
// groupings of the root. What the dictionary would refuse is not drawn.
import type { Random } from '../../../scripts/shop/random.ts';
import type { Engine } from '../place.ts';
import { drawCondition, drawManyOn, drawOn, read, type Reach } from './draw-expressions.ts';
import { apart, manyOf, readsOf, within } from './many.ts';
import {
  typeOf,
  type JoinSpec,
  type KeySpec,
  type Kind,
  type MappedSpec,
  type RelationSpec,
} from './spec.ts';

const aliases = ['fir', 'gum', 'holly', 'ivy'];

/** Many-joins on the root or on each other, and look-ups on any of them. */
export const drawManyJoins = (
  random: Random,
  root: Reach,
  relations: readonly RelationSpec[],
  before: readonly JoinSpec[],
): readonly JoinSpec[] => {
  const joins: JoinSpec[] = [...before];
  const count = 1 + random.below(3);
  for (let tries = 0, drawn = 0; drawn < count && tries < 12; tries += 1) {
    const relation = random.oneOf(relations);
    const alias = aliases[drawn] ?? 'juniper';
    const reach = [root, ...joins];
    const around = random.chance(2) ? reach.slice(-1) : [random.oneOf(reach)];
    const many = drawn === 0 || random.chance(2);
    const on = many
      ? drawManyOn(random, { alias, relation }, around)
      : drawOn(random, alias, relation, around);
    if (on === undefined) continue;
    drawn += 1;
    joins.push({ alias, relation, type: random.chance(5) ? 'inner' : 'left', on, many });
  }
  return joins;
};

interface Made {
  readonly call: string;
  readonly kind: Kind;
}

type Maker = (value: string) => Made;

const counts: readonly Maker[] = [
  (value) => ({ call: `count(${value})`, kind: 'big' }),
  (value) => ({ call: `count(distinct ${value})`, kind: 'big' }),
];

/** How an engine calls what not all call the same. */
export interface AggregateWords {
  readonly joined: (value: string, of: { readonly distinct: boolean; readonly order: string }) => string;
  readonly any: string;
  readonly all: string;
}

const commonWords: AggregateWords = {
  joined: (value, { distinct, order }) =>
    distinct
      ? `string_agg(distinct ${value}, ',' order by ${order})`
      : `string_agg(${value}, '/' order by ${order})`,
  any: 'bool_or',
  all: 'bool_and',
};

const snowflakeWords: AggregateWords = {
  joined: (value, { distinct, order }) =>
    distinct
      ? `listagg(distinct ${value}, ',') within group (order by ${order})`
      : `listagg(${value}, '/') within group (order by ${order})`,
  any: 'boolor_agg',
  all: 'booland_agg',
};

export const wordsOf = (engine: Engine | undefined): AggregateWords =>
  engine === 'snowflake' ? snowflakeWords : commonWords;

/** Sums of doubles hang on the order of the rows: only what is exact is compared to the last digit. */
const makersOf = (words: AggregateWords): Readonly<Record<Kind, readonly Maker[]>> => ({
  int: [
    ...counts,
    (value) => ({ call: `sum(${value})`, kind: 'big' }),
    (value) => ({ call: `MIN ( ${value} )`, kind: 'int' }),
    (value) => ({ call: `sum(coalesce(${value}, 7))`, kind: 'big' }),
  ],
  big: [...counts, (value) => ({ call: `max(${value})`, kind: 'big' })],
  text: [
    ...counts,
    (value) => ({ call: `max(${value})`, kind: 'text' }),
    (value) => ({ call: words.joined(value, { distinct: true, order: value }), kind: 'text' }),
    (value) => ({ call: words.joined(value, { distinct: false, order: `${value} desc` }), kind: 'text' }),
  ],
  number: [
    (value) => ({ call: `sum(${value})`, kind: 'number' }),
    (value) => ({ call: `max(-${value})`, kind: 'number' }),
  ],
  double: [(value) => ({ call: `min(${value})`, kind: 'double' }), ...counts],
  time: [(value) => ({ call: `max(${value})`, kind: 'time' }), ...counts],
  date: [(value) => ({ call: `min(${value})`, kind: 'date' }), ...counts],
  flag: [
    (value) => ({ call: `${words.any}(${value})`, kind: 'flag' }),
    (value) => ({ call: `${words.all}(${value})`, kind: 'flag' }),
    (value) => ({ call: `count(*) filter (where ${value})`, kind: 'big' }),
  ],
});

const kinds = Object.keys(makersOf(commonWords)) as readonly Kind[];

/** What stands around a call: of a whole number the type that both engines then agree on. */
const wrapped = (random: Random, { call, kind }: Made, root: Reach): string => {
  if (kind === 'big') {
    const whole = `cast(${call} as bigint)`;
    const other = read(random, [root], 'int');
    return random.oneOf([
      whole,
      `coalesce(${whole}, -1)`,
      ...(other === undefined || root.alias === '' ? [] : [`${whole} + coalesce(${other.sql}, 0)`]),
    ]);
  }
  if (kind === 'text') return `left(${call}, 150)`;
  return call;
};

export interface Scene {
  readonly root: Reach;
  readonly joins: readonly JoinSpec[];
  /** Several rows of the root stand for one key. */
  readonly grouped: boolean;
  readonly words: AggregateWords;
}

const nothing: Reach = { alias: '', relation: { name: '', key: [], columns: [] } };

const drawCall = (random: Random, { root, joins, grouped, words }: Scene) => {
  const makers = makersOf(words);
  for (;;) {
    const ends = joins.filter(({ many }) => many).map(({ alias }) => alias);
    const end = grouped && (ends.length === 0 || random.chance(2)) ? undefined : random.oneOf(ends);
    const many = end === undefined ? [] : manyOf({ joins }, [end]);
    const reach = [root, ...joins].filter(({ alias }) => within(manyOf({ joins }, [alias]), many));
    const own = reach.filter(
      ({ alias }) => end === undefined || manyOf({ joins }, [alias]).length === many.length,
    );
    const kind = random.oneOf(kinds);
    const value = read(random, own, kind);
    if (value === undefined) continue;
    const made = random.oneOf(makers[kind])(value.sql);
    const filtered = !made.call.includes('filter') && random.chance(3);
    const call = filtered ? `${made.call} filter (where ${drawCondition(random, reach)})` : made.call;
    return { call, kind: made.kind, many };
  }
};

/** One aggregated column. */
export const drawAggregate = (random: Random, scene: Scene, name: string, type?: string): MappedSpec => {
  const { call, kind, many } = drawCall(random, scene);
  const expression = wrapped(random, { call, kind }, scene.grouped ? nothing : scene.root);
  return {
    name,
    kind,
    expression,
    type: type ?? (kind === 'number' ? random.oneOf(['numeric(18, 2)', 'numeric(20, 5)']) : typeOf[kind]),
    aliases: [],
    aggregate: { call, many },
  };
};

/** A key that several rows of the root may share: not its own key, just as it is. */
export const drawGroupKey = (random: Random, root: Reach) => {
  const { relation } = root;
  const columns = relation.columns.filter(({ name }) => !relation.key.some((part) => part.name === name));
  const shared = { ...root, relation: { ...relation, columns } };
  const from = random.oneOf(['int', 'text', 'date', 'number'] as const);
  const column = read(random, [shared], from);
  if (column === undefined) return undefined;
  const kind = from === 'text' ? 'text' : 'int';
  const nullable = random.chance(2);
  const value = {
    int: column.sql,
    text: column.sql,
    date: `cast(extract(year from ${column.sql}) as integer)`,
    number: `cast(${column.sql} as integer)`,
  }[from];
  const expression = nullable ? value : `coalesce(${value}, ${kind === 'text' ? "'-'" : '-3'})`;
  const key: KeySpec = { name: 'key_1', kind, nullable };
  const mapped: MappedSpec = { name: 'key_1', kind, expression, type: typeOf[kind], aliases: [] };
  return { key, mapped };
};

/** A filter that every branch can obey, and joins that leave out only rows which each branch sees or has nothing to
 *  do with. */
export const drawChoosers = (
  random: Random,
  scene: Scene,
  columns: readonly MappedSpec[],
): { readonly where: string | undefined; readonly joins: readonly JoinSpec[] } => {
  const { root, joins, grouped } = scene;
  const branches = [
    ...columns.flatMap(({ aggregate }) => (aggregate === undefined ? [] : [aggregate.many])),
    ...(grouped ? [[]] : []),
  ];
  const fits = (many: readonly string[]): boolean =>
    branches.every((branch) => within(many, branch) || (!grouped && apart(many, branch)));
  const declared = joins.map((join) =>
    join.type === 'inner' && !fits(manyOf({ joins }, [join.alias]))
      ? { ...join, type: 'left' as const }
      : join,
  );
  // Two that leave out rows of one chain at different depths would need each other.
  if (!random.chance(3)) return { where: undefined, joins: declared };
  const ends = [root, ...joins].filter(({ alias }) => fits(manyOf({ joins }, [alias])));
  const end = random.oneOf(ends);
  const many = manyOf({ joins }, [end.alias]);
  const reach = [root, ...joins].filter(({ alias }) => within(manyOf({ joins }, [alias]), many));
  const where = drawCondition(random, reach);
  return { where: fits(manyOf({ joins }, readsOf(where, { joins }))) ? where : undefined, joins: declared };
};
