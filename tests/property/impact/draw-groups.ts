// Aggregates and histories that hide nothing. Row 1 is alone in its group, since nobody else refers to a row 1, so that
// whatever changes in it changes what the group shows.
import type { Random } from '../../../scripts/shop/random.ts';
import {
  pick,
  type Alias,
  type Column,
  type Relation,
  type TellingJoin,
  type TellingTarget,
} from './parts.ts';

interface Around {
  /** What is grouped. */
  readonly members: readonly Relation[];
  readonly relations: readonly Relation[];
}

const id: Column = { name: 'id', kind: 'id' };

/** Of one row its value, whatever that is; what is counted must be able to become NULL, as columns of sources can. */
const drawAggregate = (
  random: Random,
  of: Alias,
): (Pick<Column, 'kind'> & { readonly sql: string }) | undefined => {
  const text = pick(random, [of], ['text']);
  const number = pick(random, [of], ['number']);
  const flag = pick(random, [of], ['flag']);
  const counted = pick(random, [of], ['text', 'number']);
  const drawn = [
    text === undefined ? undefined : ({ sql: `max(${text})`, kind: 'text' } as const),
    number === undefined ? undefined : ({ sql: `cast(sum(${number}) as bigint)`, kind: 'number' } as const),
    flag === undefined ? undefined : ({ sql: `bool_or(${flag})`, kind: 'flag' } as const),
    flag === undefined || text === undefined
      ? undefined
      : ({ sql: `min(${text}) filter (where ${flag})`, kind: 'text' } as const),
    counted === undefined
      ? undefined
      : ({ sql: `case when count(${counted}) > 0 then 'some' end`, kind: 'text' } as const),
  ].filter((each) => each !== undefined);
  return drawn.length === 0 ? undefined : random.oneOf(drawn);
};

const aggregates = (random: Random, of: readonly Alias[]): Pick<TellingTarget, 'mapped' | 'columns'> => {
  const mapped: Record<string, string> = {};
  const columns: Column[] = [];
  for (let place = 1; place <= 1 + random.below(3); place += 1) {
    const alias = random.oneOf(of);
    const drawn = drawAggregate(random, alias);
    if (drawn === undefined) continue;
    mapped[`col_${place}`] = drawn.sql;
    columns.push({ name: `col_${place}`, kind: drawn.kind });
  }
  return { mapped, columns };
};

/** A group per row of the root: what refers to it, in one or two joins of many. */
export const drawGroups = (
  random: Random,
  name: string,
  { members, relations }: Around,
): TellingTarget | undefined => {
  const from = random.oneOf(relations);
  const joins = ['dogwood', 'elder']
    .slice(0, 1 + random.below(2))
    .flatMap((alias): readonly TellingJoin[] => {
      const relation = random.oneOf(members);
      const ref = pick(random, [{ alias, relation }], ['ref']);
      const type = random.chance(4) ? 'inner' : 'left';
      return ref === undefined ? [] : [{ alias, relation, on: `${ref} = ${from.name}.id`, type, many: true }];
    });
  if (joins.length === 0) return undefined;
  const { mapped, columns } = aggregates(random, joins);
  const own = pick(random, [{ alias: from.name, relation: from }], ['text', 'number']);
  const read = joins.filter(({ alias }) => Object.values(mapped).some((sql) => sql.includes(`${alias}.`)));
  if (columns.length === 0) return undefined;
  return {
    name,
    from,
    joins: read,
    where: undefined,
    mapped: { id: `${from.name}.id`, ...(own === undefined ? {} : { own }), ...mapped },
    columns: [id, ...columns],
  };
};

/** A group of the rows that refer to the same one. */
export const drawSharedKey = (
  random: Random,
  name: string,
  members: readonly Relation[],
): TellingTarget | undefined => {
  const from = random.oneOf(members);
  const root = { alias: from.name, relation: from };
  const ref = pick(random, [root], ['ref']);
  if (ref === undefined) return undefined;
  const { mapped, columns } = aggregates(random, [root]);
  if (columns.length === 0) return undefined;
  return {
    name,
    from,
    joins: [],
    where: `${ref} is not null`,
    mapped: { id: ref, ...mapped },
    columns: [id, ...columns],
  };
};

/** Every column opens a version or shows in all of them. */
export const drawHistory = (random: Random, name: string, from: Relation): TellingTarget => {
  const mapped: Record<string, string> = { id: `${from.name}.id` };
  const columns: Column[] = [id];
  for (let place = 1; place <= 2 + random.below(3); place += 1) {
    const read = pick(random, [{ alias: from.name, relation: from }], ['text', 'number', 'ref', 'flag']);
    if (read === undefined) continue;
    const kind = from.columns.find(({ name: each }) => `${from.name}.${each}` === read)?.kind ?? 'text';
    mapped[`col_${place}`] = read;
    columns.push({ name: `col_${place}`, kind });
  }
  const names = columns.slice(1).map((column) => column.name);
  const track = names.filter((_, place) => place === 0 || random.chance(2));
  const overwrite = names.filter((each) => !track.includes(each));
  return {
    name,
    from,
    joins: [],
    where: undefined,
    mapped,
    columns,
    isHistory: true,
    history: { track, ...(overwrite.length === 0 ? {} : { overwrite }) },
  };
};
