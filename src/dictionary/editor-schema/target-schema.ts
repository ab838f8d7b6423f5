// The keys of a target's mapping file. What is said here of all targets is said again, with their own columns and
// aliases, of each that is mapped already.
import type { RawTarget } from '../raw.ts';
import { targetName } from '../tables.ts';
import { expressionOf } from './expressions.ts';
import {
  choice,
  described,
  flag,
  listOrOne,
  mapOf,
  oneOf,
  sqlText,
  strictObject,
  text,
  whenever,
  type JsonSchema,
} from './json-schema.ts';
import { typeText, type KnownDictionary, type KnownRelation } from './known.ts';

const keyColumn = (names: JsonSchema): JsonSchema => ({
  anyOf: [names, strictObject(['column', 'nullable'], { column: names, nullable: flag() })],
});

const relationNames = ({ relations }: KnownDictionary): JsonSchema =>
  oneOf(new Map([...relations.values()].map(({ name, kind, table }) => [name, `${kind} \`${table}\``])));

const joinSchema = (known: KnownDictionary, on: JsonSchema): JsonSchema => ({
  anyOf: [
    on,
    strictObject(['source', 'on', 'type', 'many'], {
      source: relationNames(known),
      on: described(on, 'which row it finds'),
      type: choice(['left', 'inner'], 'inner: a row without a match is no row of the target'),
      many: flag('many rows match: their columns stand inside aggregates'),
    }),
  ],
});

const rows = (relation: KnownRelation | undefined): JsonSchema => ({
  type: 'array',
  items:
    relation?.columns === undefined
      ? { type: 'object' }
      : {
          type: 'object',
          properties: Object.fromEntries(
            relation.columns.map((column) => [column.name, { description: typeText(column) }]),
          ),
        },
});

const step = ({ relations }: KnownDictionary): JsonSchema => ({
  type: 'object',
  properties: {
    ...Object.fromEntries([...relations].map(([name]) => [name, { $ref: `#/$defs/${rowsName(name)}` }])),
    this: described({ type: 'array' }, 'rows of the target itself'),
  },
});

const testsSchema = (known: KnownDictionary, expect: JsonSchema): JsonSchema => ({
  type: 'array',
  items: {
    ...strictObject(['name', 'given', 'when', 'expect'], {
      name: text('what the test shows'),
      given: described(step(known), 'rows that the sources hold at first'),
      when: { anyOf: [step(known), { type: 'array', items: step(known) }] },
      expect: described(expect, 'all rows of the target at the end; only the columns that are named count'),
    }),
    required: ['name', 'expect'],
  },
});

/** What each key of a mapping file holds, whatever the target. */
export const targetProperties = (known: KnownDictionary): Readonly<Record<string, JsonSchema>> => {
  const expression: JsonSchema = { $ref: '#/$defs/expression' };
  const targets = [...known.relations.values()].filter(({ kind }) => kind === 'target');
  return {
    target: {
      description: 'the table that this file maps',
      anyOf: [oneOf(new Map(targets.map(({ name, table }) => [name, `\`${table}\``]))), text()],
    },
    key: listOrOne(keyColumn(text()), 'the columns that tell its rows apart'),
    model: text('a dbt model whose own SQL is the mapping'),
    from: described(relationNames(known), 'the grain: one row per row of it'),
    join: mapOf(joinSchema(known, expression), 'look-ups, by alias'),
    where: { description: 'only rows for which this is true' },
    columns: { type: 'object', description: 'target column: expression' },
    on_delete: {
      description: 'what becomes of a row whose grain is gone',
      anyOf: [choice(['delete', 'keep']), strictObject(['set'], { set: { type: 'object' } })],
    },
    on_missing: choice(['keep', 'null', null], 'what becomes of a cell whose look-up row is gone'),
    on_mapping_change: choice(
      ['backfill', 'hold'],
      'what becomes of the rows when the mapping of a column changes',
    ),
    rows: choice(['manage', 'update-only'], 'update-only: rows are neither inserted nor deleted'),
    touch: {
      type: 'object',
      description: 'columns that are set in rows written anyway: `now`, or a constant',
    },
    accept_stale: listOrOne(text(), 'columns that may lag behind what is mapped, until dbt builds them'),
    limits: strictObject(['deletes', 'touched', 'floor'], {}),
    target_lag: text('how long a change of a source may take until it is here: `10m`'),
    changed_at: text('of a target without `from`: the column that says when its owner last changed a row'),
    prune_by: text('the column that the warehouse clusters the table by'),
    checks: mapOf(sqlText, 'SQL that returns bad rows'),
    enabled: flag('false: the file is read, the target left alone'),
    description: text(),
    owner: text(),
    tests: testsSchema(known, { type: 'array' }),
  };
};

/** Its own names as it is mapped now: `from`, and the joins under their aliases. */
const aliasesOf = (target: RawTarget, { relations }: KnownDictionary): ReadonlyMap<string, KnownRelation> => {
  const named = [
    ...(target.from === undefined
      ? [['this', targetName(target)] as const]
      : [[target.from.text, target.from.text] as const]),
    ...target.joins.map(({ alias, relation }) => [alias.text, relation.text] as const),
  ];
  return new Map(
    named.flatMap(([alias, name]) => {
      const relation = relations.get(name);
      return relation === undefined ? [] : [[alias, relation] as const];
    }),
  );
};

/** What is said of one target that is mapped already, where `target:` names it. */
export const ownTarget = (target: RawTarget, known: KnownDictionary): JsonSchema => {
  const name = targetName(target);
  const own = known.relations.get(name);
  const expression = expressionOf(aliasesOf(target, known));
  const columns = own?.columns ?? [];
  const names = oneOf(new Map(columns.map((column) => [column.name, typeText(column)])));
  return whenever(
    { properties: { target: { const: target.name.text } }, required: ['target'] },
    {
      properties: {
        key: listOrOne(keyColumn(names)),
        columns: {
          type: 'object',
          additionalProperties: false,
          properties: Object.fromEntries(
            columns.map((column) => [column.name, described(expression, typeText(column))]),
          ),
        },
        where: expression,
        tests: { items: { properties: { expect: rows(own) } } },
      },
    },
  );
};

/** What is said of a target that no file maps yet; it may mean whichever source. */
export const newTarget = (targets: readonly RawTarget[]): JsonSchema => {
  const expression: JsonSchema = { $ref: '#/$defs/expression' };
  const mapped = {
    properties: { target: { enum: targets.map(({ name }) => name.text) } },
    required: ['target'],
  };
  return whenever({ not: mapped }, { properties: { columns: mapOf(expression), where: expression } });
};

export const rowsOf = (relation: KnownRelation): JsonSchema => rows(relation);

/** As it can stand in a reference, whatever the relation is called. */
export const rowsName = (relation: string): string =>
  `rows_${[...new TextEncoder().encode(relation)].map((byte) => byte.toString(16)).join('')}`;
