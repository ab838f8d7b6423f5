// Random dictionaries that hide nothing: every column that a mapping reads shows in what it makes, in one row at
// least. All look-ups of row 1 find a row 1, which passes all filters; its values are unlike those of any other row,
// and no expression swallows a change. So what is said to be reached can be shown to change.
import type { Random } from '../../../scripts/shop/random.ts';
import {
  pick,
  type Alias,
  type Column,
  type Kind,
  type Relation,
  type TellingJoin,
  type TellingSource,
  type TellingTarget,
} from './parts.ts';
import { drawGroups, drawHistory, drawSharedKey } from './draw-groups.ts';

export interface Telling {
  readonly sources: readonly TellingSource[];
  readonly targets: readonly TellingTarget[];
}

export const sourceColumns: readonly Column[] = [
  { name: 'id', kind: 'id' },
  { name: 'ref_1', kind: 'ref' },
  { name: 'ref_2', kind: 'ref' },
  { name: 'label', kind: 'text' },
  { name: 'remark', kind: 'text' },
  { name: 'amount', kind: 'number' },
  { name: 'live', kind: 'flag' },
  { name: 'gone', kind: 'flag' },
];

const drawSource = (random: Random, name: string): TellingSource => ({
  name,
  columns: sourceColumns,
  where: random.chance(3) ? `${name}.live` : undefined,
  deleted: random.chance(3) ? `${name}.gone` : undefined,
});

interface Drawn {
  readonly sql: string;
  readonly kind: Kind;
}

/** Whatever part of it changes in row 1 to a value that nobody has, or to NULL, it changes. */
const drawExpression = (random: Random, reach: readonly Alias[]): Drawn => {
  for (;;) {
    const text = pick(random, reach, ['text']);
    const other = pick(random, reach, ['text', 'number', 'ref']);
    const number = pick(random, reach, ['number']);
    const ref = pick(random, reach, ['ref']);
    const flag = pick(random, reach, ['flag']);
    const drawn: readonly (Drawn | undefined)[] = [
      text === undefined ? undefined : { sql: text, kind: 'text' },
      text === undefined ? undefined : { sql: `upper(${text})`, kind: 'text' },
      text === undefined || other === undefined
        ? undefined
        : {
            sql: `coalesce(${text}, '?') || '/' || coalesce(cast(${other} as varchar), '?')`,
            kind: 'text',
          },
      number === undefined ? undefined : { sql: number, kind: 'number' },
      number === undefined ? undefined : { sql: `${number} * 2 + 1`, kind: 'number' },
      ref === undefined ? undefined : { sql: ref, kind: 'ref' },
      flag === undefined ? undefined : { sql: flag, kind: 'flag' },
      flag === undefined || text === undefined
        ? undefined
        : { sql: `case when ${flag} then ${text} end`, kind: 'text' },
    ];
    const possible = drawn.filter((each) => each !== undefined);
    if (possible.length > 0) return random.oneOf(possible);
  }
};

const names = ['ash', 'birch', 'cedar'];

const later = "timestamptz '2999-01-01 00:00:00+00'";

/** The version that holds now, or at a time to come. */
const oneVersion = (random: Random, alias: string): string =>
  random.oneOf([
    `${alias}.is_current`,
    `${later} >= ${alias}.valid_from and (${alias}.valid_to is null or ${later} < ${alias}.valid_to)`,
    `${alias}.valid_from <= ${later} and coalesce(${alias}.valid_to, timestamptz '3000-01-01 00:00:00+00') > ${later}`,
  ]);

const drawJoins = (
  random: Random,
  root: Alias,
  relations: readonly Relation[],
  least: number,
): readonly TellingJoin[] => {
  const reach: Alias[] = [root];
  const joins: TellingJoin[] = [];
  const count = least + random.below(4 - least);
  for (const alias of names.slice(0, count)) {
    const relation = random.oneOf(relations);
    const ref =
      pick(random, random.chance(2) ? reach.slice(-1) : reach, ['ref']) ?? pick(random, reach, ['ref']);
    if (ref === undefined) continue;
    const more = random.chance(4) ? pick(random, [{ alias, relation }], ['flag']) : undefined;
    const held = relation.isHistory === true ? ` and ${oneVersion(random, alias)}` : '';
    const on = `${ref} = ${alias}.id${held}${more === undefined ? '' : ` and ${more}`}`;
    const join = { alias, relation, on, type: least === 0 && random.chance(5) ? 'inner' : 'left' } as const;
    joins.push(join);
    reach.push(join);
  }
  return joins;
};

const drawFilter = (random: Random, reach: readonly Alias[]): string | undefined => {
  const flag = pick(random, reach, ['flag']);
  const number = pick(random, reach, ['number']);
  // Row 1 holds the lowest amounts; however often they are doubled, they stay below what it is changed to.
  const filters = [flag, number === undefined ? undefined : `${number} < 100000`];
  const possible = filters.filter((each) => each !== undefined);
  return possible.length === 0 ? undefined : random.oneOf(possible);
};

const drawTarget = (random: Random, name: string, relations: readonly Relation[]): TellingTarget => {
  const from = random.chance(5) ? undefined : random.oneOf(relations);
  const own: Relation = {
    name,
    columns: [
      { name: 'id', kind: 'id' },
      { name: 'ref_1', kind: 'ref' },
    ],
  };
  const root: Alias =
    from === undefined ? { alias: 'this', relation: own } : { alias: from.name, relation: from };
  const joins = drawJoins(random, root, relations, from === undefined ? 1 : 0);
  const reach = [...(from === undefined ? [] : [root]), ...joins];
  const columns: Column[] = [...(from === undefined ? own.columns : [{ name: 'id', kind: 'id' } as const])];
  const mapped: Record<string, string> = from === undefined ? {} : { id: `${from.name}.id` };
  for (let place = 1; place <= 2 + random.below(4); place += 1) {
    const { sql, kind } = drawExpression(random, reach);
    mapped[`col_${place}`] = sql;
    columns.push({ name: `col_${place}`, kind });
  }
  const filter = from !== undefined && random.chance(3) ? drawFilter(random, reach) : undefined;
  const held = from?.isHistory === true ? [oneVersion(random, from.name)] : [];
  const conditions = [...held, ...(filter === undefined ? [] : [filter])];
  const where = conditions.length === 0 ? undefined : conditions.join(' and ');
  return { name, from, joins, where, mapped, columns };
};

interface Around {
  readonly sources: readonly Relation[];
  /** What groups are made of: facts and groups, neither versions nor rows of somebody else's. */
  readonly members: readonly Relation[];
  readonly relations: readonly Relation[];
}

const drawAnyTarget = (random: Random, name: string, around: Around): TellingTarget => {
  const { sources, members, relations } = around;
  const told = relations.filter(({ isHistory }) => isHistory !== true);
  switch (random.below(6)) {
    case 0:
      return drawHistory(random, name, random.oneOf(sources));
    case 1:
      return drawGroups(random, name, { relations: told, members }) ?? drawTarget(random, name, relations);
    case 2:
      return drawSharedKey(random, name, members) ?? drawTarget(random, name, relations);
    default:
      return drawTarget(random, name, relations);
  }
};

export const drawTelling = (random: Random): Telling => {
  const sources = ['alpha', 'beta', 'gamma']
    .slice(0, 2 + random.below(2))
    .map((name) => drawSource(random, name));
  const relations: Relation[] = [...sources];
  const members: Relation[] = [...sources];
  const targets: TellingTarget[] = [];
  for (const name of ['one', 'two', 'three', 'four', 'five'].slice(0, 3 + random.below(3))) {
    const target = drawAnyTarget(random, name, { sources, members, relations });
    targets.push(target);
    // More often than a source, so that there are chains.
    relations.push(target, target);
    const isPerRow = target.from !== undefined && target.isHistory !== true;
    if (isPerRow) members.push(target, target);
  }
  return { sources, targets };
};

export const mappingFiles = ({ sources, targets }: Telling): Readonly<Record<string, unknown>> => ({
  sources: {
    sources: Object.fromEntries(
      sources.map(({ name, where, deleted }) => [name, { key: 'id', where, deleted }]),
    ),
  },
  ...Object.fromEntries(
    targets.map(({ name, from, joins, where, mapped, history }) => [
      name,
      {
        target: name,
        key: 'id',
        from: from?.name,
        join: Object.fromEntries(
          joins.map(({ alias, relation, on, type, many }) => [
            alias,
            { source: relation.name, on, type, many },
          ]),
        ),
        where,
        columns: mapped,
        ...(history === undefined ? { on_missing: 'null' } : { history }),
      },
    ]),
  ),
});

const typeOf: Readonly<Record<Kind, string>> = {
  id: 'integer',
  ref: 'integer',
  text: 'varchar',
  number: 'bigint',
  flag: 'boolean',
};

const cell = (source: string, row: number, { name, kind }: Column, random: Random): string => {
  switch (kind) {
    case 'id':
      return String(row);
    case 'ref':
      return String(row === 1 ? 1 : 2 + random.below(5));
    case 'text':
      return `'${source} ${name} ${row}'`;
    case 'number':
      return String(row);
    case 'flag':
      return row === 1 ? String(name === 'live') : random.oneOf(['true', 'false']);
  }
};

export const tableStatements = (
  telling: Telling,
  schemas: { readonly staging: string; readonly targets: string },
  random: Random,
): readonly string[] => {
  const statements = [`create schema "${schemas.staging}"`, `create schema "${schemas.targets}"`];
  const declared = (columns: readonly Column[]): string =>
    columns.map((column) => `${column.name} ${typeOf[column.kind]}`).join(', ');
  for (const { name, columns } of telling.sources) {
    const rows = [1, 2, 3, 4, 5, 6].map(
      (row) => `(${columns.map((column) => cell(name, row, column, random)).join(', ')})`,
    );
    statements.push(
      `create table "${schemas.staging}".${name} (${declared(columns)})`,
      `insert into "${schemas.staging}".${name} values ${rows.join(', ')}`,
    );
  }
  for (const { name, columns } of telling.targets.filter(({ from }) => from === undefined)) {
    statements.push(
      `create table "${schemas.targets}".${name} (${declared(columns)})`,
      `insert into "${schemas.targets}".${name} (id, ref_1) values (1, 1), (2, 2), (3, null), (4, 9)`,
    );
  }
  return statements;
};

/** What row 1 is changed to, each by itself: values that no row has, no value, and values of other rows. */
export const changesOf = ({ kind }: Column, random: Random): readonly string[] => {
  switch (kind) {
    case 'id':
      return ['77'];
    case 'ref':
      return ['99', 'null', String(2 + random.below(5))];
    case 'text':
      return [`'new ${random.below(1000)}'`, 'null'];
    case 'number':
      return [`${1_000_000 + random.below(1000)}`, 'null'];
    case 'flag':
      return ['true', 'false', 'null'];
  }
};
