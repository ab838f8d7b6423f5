// Two dictionaries side by side: which columns, rows and sources mean something else, or are new.
import type { Expression, Source, Target } from '../dictionary/dictionary.ts';
import { showTable } from '../sql/table-name.ts';
import type { Graph } from './graph.ts';
import type { Spot } from './reach.ts';

export interface Change {
  readonly relation: string;
  readonly kind: 'source' | 'target';
  /** None: what decides its rows; `before` and `after` say which part. */
  readonly column: string | undefined;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before: string | undefined;
  readonly after: string | undefined;
}

type Parts = ReadonlyMap<string, string>;

const text = (expression: Expression | undefined): string | undefined => expression?.text.trim();

const named = (parts: readonly (readonly [string, string | undefined])[]): Parts =>
  new Map(parts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));

/** All that decides which rows a target has and what becomes of them. */
const rowParts = (target: Target): Parts =>
  named([
    ['table', showTable(target.table)],
    ['key', target.key.map(({ name, nullable }) => (nullable ? `${name} (nullable)` : name)).join(', ')],
    ['from', target.root.kind === 'this' ? 'this' : target.root.relation],
    ...target.joins.map(
      ({ alias, relation, type, on }) =>
        [`join ${alias}`, `${type === 'inner' ? 'inner ' : ''}${relation} on ${text(on) ?? ''}`] as const,
    ),
    ['where', text(target.where)],
    [
      'on_delete',
      target.onDelete.kind === 'set' ? JSON.stringify(target.onDelete.values) : target.onDelete.kind,
    ],
    ['on_missing', target.onMissing],
    ['rows', target.rows],
  ]);

const sourceParts = (source: Source): Parts =>
  named([
    ['table', showTable(source.table)],
    ['key', source.key.map(({ name, nullable }) => (nullable ? `${name} (nullable)` : name)).join(', ')],
    ['where', text(source.where)],
    ['deleted', text(source.deleted)],
  ]);

const columnParts = (target: Target): Parts =>
  new Map(target.columns.map(({ name, expression }) => [name, text(expression) ?? '']));

interface Part {
  readonly name: string;
  readonly change: Change['change'];
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const partsBetween = (was: Parts, is: Parts): readonly Part[] =>
  [...new Set([...was.keys(), ...is.keys()])].flatMap((name): readonly Part[] => {
    const [before, after] = [was.get(name), is.get(name)];
    if (before === after) return [];
    const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
    return [{ name, change, before, after }];
  });

const withName = (name: string, value: string | undefined): string | undefined =>
  value === undefined ? undefined : `${name}: ${value}`;

const ofRows = (relation: string, kind: Change['kind'], was: Parts, is: Parts): readonly Change[] =>
  partsBetween(was, is).map(({ name, before, after }) => ({
    relation,
    kind,
    column: undefined,
    change: 'changed',
    before: withName(name, before),
    after: withName(name, after),
  }));

const none: Parts = new Map();

const ofTarget = (name: string, was: Target | undefined, is: Target | undefined): readonly Change[] => {
  const base = { relation: name, kind: 'target' } as const;
  const columns = partsBetween(
    was === undefined ? none : columnParts(was),
    is === undefined ? none : columnParts(is),
  );
  const ofColumns = columns.map(({ name: column, ...part }): Change => ({ ...base, column, ...part }));
  if (was !== undefined && is !== undefined)
    return [...ofRows(name, 'target', rowParts(was), rowParts(is)), ...ofColumns];
  const change = was === undefined ? 'added' : 'removed';
  return [{ ...base, column: undefined, change, before: undefined, after: undefined }, ...ofColumns];
};

const ofSource = (name: string, was: Source | undefined, is: Source | undefined): readonly Change[] => {
  if (was !== undefined && is !== undefined) return ofRows(name, 'source', sourceParts(was), sourceParts(is));
  const change = was === undefined ? 'added' : 'removed';
  return [{ relation: name, kind: 'source', column: undefined, change, before: undefined, after: undefined }];
};

/** Sources first, then targets in the order of the new graph; those that are gone last. */
export const changesBetween = (was: Graph, is: Graph): readonly Change[] => [
  ...[...new Set([...is.sources.keys(), ...was.sources.keys()])].flatMap((name) =>
    ofSource(name, was.sources.get(name), is.sources.get(name)),
  ),
  ...[...new Set([...is.order.map(({ name }) => name), ...was.targets.keys()])].flatMap((name) =>
    ofTarget(name, was.targets.get(name), is.targets.get(name)),
  ),
];

/** What to ask about, in the new graph, to learn what follows from the changes. */
export const changedSpots = (changes: readonly Change[], { targets }: Graph): readonly Spot[] => {
  const spots = changes.flatMap(({ relation, kind, column, change }): readonly Spot[] => {
    if (change === 'removed') return [];
    // New rows of a source reach nothing but what is new itself.
    if (kind === 'source') return change === 'added' ? [] : [{ relation, column: undefined }];
    if (column !== undefined) return [{ relation, column }];
    const columns = targets.get(relation)?.columns.map(({ name }) => name) ?? [];
    return [undefined, ...columns].map((each) => ({ relation, column: each }));
  });
  return [...new Map(spots.map((spot) => [JSON.stringify([spot.relation, spot.column]), spot])).values()];
};
