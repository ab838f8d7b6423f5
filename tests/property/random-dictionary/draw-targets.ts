// Random targets: grains and `this`, chains of look-ups, targets that read targets, all the rules.
import type { Random } from '../../../scripts/shop/random.ts';
import {
  drawAggregate,
  drawChoosers,
  drawGroupKey,
  drawManyJoins,
  wordsOf,
  type AggregateWords,
} from './draw-aggregates.ts';
import { drawCondition, drawExpression, drawOn, type Reach } from './draw-expressions.ts';
import {
  ownColumns,
  some,
  typeOf,
  type ColumnSpec,
  type JoinSpec,
  type KeySpec,
  type MappedSpec,
  type RelationSpec,
  type SourceSpec,
  type TargetSpec,
} from './spec.ts';

const aliases = ['ash', 'birch', 'cedar', 'elm'];

const drawJoins = (random: Random, root: Reach, relations: readonly RelationSpec[]): readonly JoinSpec[] => {
  const reach: Reach[] = [root];
  const joins: JoinSpec[] = [];
  const count = random.below(4) + (root.alias === 'this' ? 1 : 0);
  for (let tries = 0; joins.length < count && tries < 12; tries += 1) {
    const relation = random.oneOf(relations);
    const free = relation.name !== root.alias && !reach.some(({ alias }) => alias === relation.name);
    const alias = free && random.chance(3) ? relation.name : (aliases[joins.length] ?? 'yew');
    // Later ones hang on the last, so that there are chains.
    const before = random.chance(2) ? reach.slice(-1) : reach;
    const on = drawOn(random, alias, relation, before);
    if (on === undefined) continue;
    const type = root.alias !== 'this' && random.chance(7) ? 'inner' : 'left';
    joins.push({ alias, relation, type, on, many: false });
    reach.push({ alias, relation });
  }
  return joins;
};

interface GrainKey {
  readonly mapped: readonly MappedSpec[];
  readonly key: readonly KeySpec[];
  readonly where: string | undefined;
}

/** The target's key: the grain's, renamed or shifted; or one part of it, where the filter fixes the other. */
const drawKey = (random: Random, root: RelationSpec): GrainKey => {
  const [first, second] = root.key;
  const fixes = first !== undefined && second !== undefined && !second.nullable && random.chance(3);
  const parts = fixes ? [first] : root.key;
  const shift = random.chance(3);
  const mapped = parts.map((column, place): MappedSpec => {
    const plain = `${root.name}.${column.name}`;
    const moved = column.kind === 'text' ? `'k' || ${plain}` : `${plain} + 100`;
    return {
      name: `key_${place + 1}`,
      kind: column.kind,
      expression: shift ? moved : plain,
      type: typeOf[column.kind],
      aliases: [],
    };
  });
  const key = parts.map((column, place) => ({
    name: `key_${place + 1}`,
    kind: column.kind,
    nullable: column.nullable,
  }));
  if (!fixes) return { mapped, key, where: undefined };
  return { mapped, key, where: `${root.name}.${second.name} = ${second.kind === 'text' ? "'a'" : '2'}` };
};

const declared = (random: Random, column: ColumnSpec): string =>
  column.kind === 'number'
    ? random.oneOf(['numeric(18, 2)', 'numeric(20, 5)', 'numeric(18, 0)'])
    : typeOf[column.kind];

const drawColumns = (random: Random, reach: readonly Reach[]): readonly MappedSpec[] =>
  Array.from({ length: 1 + random.below(6) }, (_, place) => {
    const { sql, kind, aliases: read } = drawExpression(random, reach);
    const column = { name: `col_${place + 1}`, kind };
    return { ...column, expression: sql, type: declared(random, column), aliases: read };
  });

const joined = (parts: readonly (string | undefined)[]): string | undefined => {
  const conditions = parts.filter((part) => part !== undefined);
  return conditions.length === 0 ? undefined : conditions.map((part) => `(${part})`).join(' and ');
};

/** What `on_delete: {set: …}` takes back when the row returns. */
const stateColumn: MappedSpec = {
  name: 'state',
  kind: 'text',
  expression: "'here'",
  type: typeOf.text,
  aliases: [],
};

const drawGrain = (random: Random, name: string, relations: readonly RelationSpec[]): TargetSpec => {
  const from = random.oneOf(relations);
  const root = { alias: from.name, relation: from };
  const joins = drawJoins(random, root, relations);
  const reach = [root, ...joins];
  const { mapped: keys, key, where } = drawKey(random, from);
  const filter = random.chance(5) ? drawCondition(random, reach) : undefined;
  const rows = random.chance(8) ? 'update-only' : 'manage';
  const begins = random.oneOf(
    rows === 'manage'
      ? (['equal', 'equal', 'other', 'empty', 'absent'] as const)
      : (['equal', 'other'] as const),
  );
  const rule = random.oneOf(['delete', 'delete', 'delete', 'keep', 'set'] as const);
  const onDelete = begins === 'absent' && rule === 'set' ? 'delete' : rule;
  const mapped = [...keys, ...drawColumns(random, reach), ...(onDelete === 'set' ? [stateColumn] : [])];
  const own = ownColumns.filter(({ name: each }) => !mapped.some((column) => column.name === each));
  return {
    name,
    from,
    key,
    joins,
    grouped: false,
    where: joined([where, filter]),
    mapped,
    columns: [
      ...mapped.map((column) => ({ name: column.name, kind: column.kind })),
      ...(begins === 'absent' ? [] : own),
    ],
    onDelete,
    onMissing: random.chance(4) ? 'keep' : 'null',
    rows,
    touch: begins !== 'absent' && random.chance(4),
    begins,
    primaryKey: key.every((column) => !column.nullable) && random.chance(3),
  };
};

/** A table of somebody else, with what it takes to find look-ups. */
const drawThis = (random: Random, name: string, relations: readonly RelationSpec[]): TargetSpec => {
  const key: readonly KeySpec[] = random.oneOf([
    [{ name: 'row_id', kind: 'int', nullable: false }],
    [
      { name: 'row_id', kind: 'int', nullable: false },
      { name: 'row_code', kind: 'text', nullable: false },
    ],
  ] as const);
  const own: readonly ColumnSpec[] = [
    ...key,
    { name: 'ref_int', kind: 'int' },
    { name: 'ref_big', kind: 'big' },
    { name: 'ref_text', kind: 'text' },
    { name: 'flagged', kind: 'flag' },
  ];
  const root = { alias: 'this', relation: { name, key, columns: own } };
  const joins = drawJoins(random, root, relations);
  const mapped = drawColumns(random, joins.length === 0 ? [root] : joins);
  return {
    name,
    from: undefined,
    key,
    joins,
    grouped: false,
    where: random.chance(4) ? drawCondition(random, [root]) : undefined,
    mapped,
    columns: [...own, ...mapped.map((column) => ({ name: column.name, kind: column.kind })), ...ownColumns],
    onDelete: 'keep',
    onMissing: random.chance(2) ? 'keep' : 'null',
    rows: 'update-only',
    touch: random.chance(2),
    begins: 'other',
    primaryKey: random.chance(3),
  };
};

/** Other mapped columns in the place of those that were drawn first. */
const withMapped = (target: TargetSpec, mapped: readonly MappedSpec[]) => {
  const isMapped = (name: string): boolean => target.mapped.some((column) => column.name === name);
  const first = target.columns.findIndex(({ name }) => isMapped(name));
  const rest = target.columns.filter(({ name }) => !isMapped(name));
  return {
    mapped,
    columns: [
      ...rest.slice(0, first),
      ...mapped.map(({ name, kind }): ColumnSpec => ({ name, kind })),
      ...rest.slice(first),
    ],
  };
};

const ownRow: RelationSpec = {
  name: 'this',
  key: [{ name: 'row_id', kind: 'int', nullable: false }],
  columns: [],
};

/** Aggregates of many-joins for each row of the root, beside what fits on the row itself. */
interface Beside extends Wish {
  readonly relations: readonly RelationSpec[];
}

const aggregatedOf = (random: Random, target: TargetSpec, { relations, words }: Beside): TargetSpec => {
  const isMapped = (name: string): boolean => target.mapped.some((column) => column.name === name);
  // What a mapping writes it cannot read.
  const itself = { ...target, columns: target.columns.filter(({ name }) => !isMapped(name)) };
  const root: Reach = { alias: target.from?.name ?? 'this', relation: target.from ?? itself };
  const drawn = drawManyJoins(random, root, relations, target.joins);
  const scene = { root, joins: drawn, grouped: false, words };
  if (!drawn.some(({ many }) => many)) return target;
  const own = target.mapped.filter(({ name }) => target.key.some((part) => part.name === name));
  const states = target.mapped.filter(({ name }) => name === 'state');
  const kept = target.mapped
    .filter((column) => !own.includes(column) && !states.includes(column))
    .slice(0, random.below(3));
  const count = 1 + random.below(4);
  const calls = Array.from({ length: count }, (_, at) => drawAggregate(random, scene, `agg_${at + 1}`));
  const mapped = [...own, ...kept, ...calls, ...states];
  const { where, joins } = drawChoosers(random, scene, mapped);
  return {
    ...target,
    joins: target.from === undefined ? joins.map((join) => ({ ...join, type: 'left' })) : joins,
    where: joined([target.where, target.from === undefined ? undefined : where]),
    ...withMapped(target, mapped),
  };
};

/** Rows of the root that share a key. */
const groupedOf = (random: Random, target: TargetSpec, { relations, words }: Beside): TargetSpec => {
  const from = target.from ?? ownRow;
  const root: Reach = { alias: from.name, relation: from };
  const drawn = drawGroupKey(random, root);
  if (drawn === undefined) return target;
  const joins = random.chance(2) ? drawManyJoins(random, root, relations, target.joins) : target.joins;
  const scene = { root, joins, grouped: true, words };
  const count = 1 + random.below(4);
  const calls = Array.from({ length: count }, (_, at) => drawAggregate(random, scene, `agg_${at + 1}`));
  const all = !joins.some(({ many }) => many) && random.chance(2);
  const mapped = [
    drawn.mapped,
    ...calls,
    ...(all
      ? [
          {
            name: 'agg_all',
            kind: 'big' as const,
            expression: 'count(*)',
            type: typeOf.big,
            aliases: [],
            aggregate: { call: 'count(*)', many: [] },
          },
        ]
      : []),
    ...target.mapped.filter(({ name }) => name === 'state'),
  ];
  const chosen = drawChoosers(random, scene, mapped);
  return {
    ...target,
    key: [drawn.key],
    grouped: true,
    joins: chosen.joins,
    where: chosen.where,
    ...withMapped(target, mapped),
    onMissing: 'null',
    primaryKey: !drawn.key.nullable && target.primaryKey,
  };
};

interface Wish {
  readonly words: AggregateWords;
}

const drawAny = (
  random: Random,
  name: string,
  relations: readonly RelationSpec[],
  { words }: Wish,
): TargetSpec => {
  const target = random.chance(5) ? drawThis(random, name, relations) : drawGrain(random, name, relations);
  if (!random.chance(2)) return target;
  if (target.from !== undefined && random.chance(3)) return groupedOf(random, target, { relations, words });
  // One part of a key that a filter fixes groups the rows.
  if (target.from !== undefined && target.key.length < target.from.key.length) return target;
  return target.from !== undefined && target.mapped[0]?.expression.match(/^\w+\.\w+$/) === null
    ? target
    : aggregatedOf(random, target, { relations, words });
};

/** Targets in an order in which each reads only those before it. */
export const drawTargets = (
  random: Random,
  sources: readonly SourceSpec[],
  wish: Wish = { words: wordsOf(undefined) },
): readonly TargetSpec[] => {
  const readable: RelationSpec[] = sources.map((source) => ({
    ...source,
    columns: source.columns.filter(({ name }) => !source.excluded.includes(name)),
  }));
  const targets: TargetSpec[] = [];
  const names = ['fact_one', 'fact_two', 'fact_three', 'fact_four'].slice(0, 2 + random.below(3));
  for (const name of names) {
    const target = drawAny(random, name, readable, wish);
    if (target.from === undefined && target.joins.length === 0) continue;
    targets.push(target);
    // Once more often than a source, so that chains of targets come up.
    readable.push(target, ...some(random, [target], 2));
  }
  return targets;
};
