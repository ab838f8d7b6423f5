// A column or table that somebody asks about, written as `source.column` or `source`: which one is meant.
import { matchName } from '../dictionary/scope.ts';
import type { Source } from '../dictionary/dictionary.ts';
import { TidemarkError } from '../errors/tidemark-error.ts';
import { didYouMean, quoted } from '../project/problems.ts';
import { nameParts } from '../project/sql-name.ts';
import type { TableName } from '../sql/table-name.ts';
import type { Graph } from './graph.ts';
import { columnsReadOf, type Lineage, type Spot } from './reach.ts';

export interface Asked extends Spot {
  /** The mappings name it; another column may exist all the same, read by nobody. */
  readonly isNamed: boolean;
}

const relationNames = ({ sources, targets }: Graph): readonly string[] => [
  ...sources.keys(),
  ...targets.keys(),
];

const unreadable = (text: string): TidemarkError =>
  new TidemarkError('usage', {
    message: `\`${text}\` is no column`,
    hint: 'write `source.column`, or `source` for all its columns; odd names in double quotes',
  });

const unknownRelation = (name: string, graph: Graph): TidemarkError => {
  const names = relationNames(graph);
  const all = names.length > 12 ? undefined : `sources and targets: ${quoted(names)}`;
  return new TidemarkError('unknown_source', {
    message: `there is no source or target \`${name}\``,
    hint: didYouMean(name, names) ?? all,
  });
};

const isTable = (table: TableName, parts: readonly string[]): boolean => {
  const wanted = parts.map((part) => part.toLowerCase());
  const full = [table.schema, table.name].map((part) => part.toLowerCase());
  return wanted.length === 2 && wanted.every((part, place) => part === full[place]);
};

/** `staging.companies` for the source that reads it, for whoever pastes a table's name. */
const relationOfTable = ({ sources, targets }: Graph, parts: readonly string[]): string | undefined =>
  [...sources.values(), ...targets.values()].find(({ table }) => isTable(table, parts))?.name;

const declaredColumns = (source: Source | undefined): readonly string[] =>
  source === undefined
    ? []
    : [
        ...source.columns.map(({ name }) => name),
        ...source.key.map(({ name }) => name),
        ...(source.updatedAt === undefined ? [] : [source.updatedAt]),
        ...(source.renamed?.keys() ?? []),
      ];

/** Every column of a relation that a mapping names, as it names it. */
export const namedColumns = (lineage: Lineage, relation: string): readonly string[] => {
  const { sources, targets } = lineage.graph;
  const target = targets.get(relation);
  return [
    ...new Set([
      ...(target?.columns.map(({ name }) => name) ?? []),
      ...(target?.tableColumns.map(({ name }) => name) ?? []),
      ...(target?.key.map(({ name }) => name) ?? []),
      ...declaredColumns(sources.get(relation)),
      ...columnsReadOf(lineage, relation),
    ]),
  ];
};

const askedColumn = (lineage: Lineage, relation: string, column: string): Asked => {
  const named = matchName(column, false, namedColumns(lineage, relation));
  return { relation, column: named ?? column, isNamed: named !== undefined };
};

export const readAsked = (lineage: Lineage, text: string): Asked => {
  const { graph } = lineage;
  const whole = text.endsWith('.*');
  const parts = nameParts(whole ? text.slice(0, -2) : text);
  if (parts === undefined || parts.length > (whole ? 2 : 3)) throw unreadable(text);
  const [first = '', second, third] = parts;
  const relation = matchName(first, false, relationNames(graph));
  if (relation !== undefined && third === undefined) {
    if (second === undefined) return { relation, column: undefined, isNamed: true };
    if (!whole) return askedColumn(lineage, relation, second);
  }
  const ofTable = second === undefined ? undefined : relationOfTable(graph, [first, second]);
  if (ofTable === undefined) throw unknownRelation(first, graph);
  return third === undefined
    ? { relation: ofTable, column: undefined, isNamed: true }
    : askedColumn(lineage, ofTable, third);
};
