// Where a mapping keeps columns of a table that dbt builds: does dbt's own SQL make them of the same, and what else of
// the row does it make of what the mapping follows?
import type { DbtNode } from '../dbt/manifest.ts';
import { loadSqlParser } from '../dbt/lineage/sql-parser.ts';
import { closedLineage, type ClosedColumn, type ClosedLineage } from '../dbt/model/closed-lineage.ts';
import type { Dictionary, Expression, MappedColumn, Target } from '../dictionary/dictionary.ts';
import { relationsOf as relationsRead } from '../graph/graph.ts';
import * as say from '../dictionary/ownership-problems.ts';
import { plainColumn } from '../dictionary/references.ts';
import type { RawDictionary, RawTarget } from '../dictionary/raw.ts';
import { targetName, type Naming } from '../dictionary/tables.ts';
import type { Problem } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import type { Column } from '../sql/dialect.ts';
import { meaningWith, readingsIn, type Readings } from './readings.ts';

interface Asked {
  readonly project: Project & Naming;
  readonly raw: RawDictionary;
  readonly dictionary: Dictionary;
  /** Targets to look at. */
  readonly names: ReadonlySet<string>;
}

interface Shared {
  readonly raw: RawTarget;
  readonly target: Target;
  readonly node: DbtNode;
}

const shared = ({ project, raw, dictionary, names }: Asked): readonly Shared[] =>
  dictionary.targets.flatMap((target) => {
    const written = raw.targets.find((each) => targetName(each) === target.name);
    const node = written && project.nodes?.models.get(written.name.text);
    if (written === undefined || node?.kind !== 'model' || !names.has(target.name)) return [];
    return target.root.kind === 'query' ? [] : [{ raw: written, target, node }];
  });

interface Known {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** Between a mapping that reads sources and what dbt reads, a target by its own SQL is that SQL. */
const isBetween = (own: Target, { name, root }: Target): boolean =>
  root.kind === 'query' && !relationsRead(own).includes(name);

const relationsOf = ({ dictionary }: Asked, readings: Readings, own: Target): ReadonlyMap<string, Known> => {
  const all = [
    ...dictionary.sources.map(({ name, table, columns }) => ({ name, table, columns })),
    ...dictionary.targets
      .filter((other) => other.name !== own.name && !isBetween(own, other))
      .map(({ name, table, tableColumns: columns }) => ({ name, table, columns })),
  ];
  return new Map(all.map(({ table, ...known }) => [readings.place(table.schema, table.name), known]));
};

const lineageOf = (asked: Asked, readings: Readings, { node, target }: Shared): ClosedLineage | undefined => {
  const model = readings.of(node);
  if (typeof model === 'string') return undefined;
  const known = relationsOf(asked, readings, target);
  const names = new Map([...known].map(([place, { name }]) => [place, name]));
  // An incremental model reads what it holds: that is no source of its columns.
  names.set(readings.place(target.table.schema, target.table.name), '!this');
  const columns = new Map(
    [...known.values()].map((each) => [each.name, each.columns.map(({ name }) => name)]),
  );
  columns.set(
    '!this',
    target.tableColumns.map(({ name }) => name),
  );
  return closedLineage(
    {
      tree: model.tree,
      dialect: readings.dialect,
      meaningOf: meaningWith(readings, names),
      columnsOf: (relation) => columns.get(relation) ?? [],
      builds: target.tableColumns.map(({ name }) => name),
    },
    readings.parser,
  );
};

/** `companies.name`, in the case that compares. */
const word = (relation: string, column: string): string => `${relation}.${column}`.toLowerCase();

const relationOfAlias = ({ root, joins }: Target, alias: string): string | undefined => {
  if (root.kind === 'grain' && root.alias === alias) return root.relation;
  return joins.find((join) => join.alias === alias)?.relation;
};

/** Of a `this` column nothing is read but the table itself. */
const readsOf = (target: Target, { parts }: Expression): ReadonlySet<string> =>
  new Set(
    parts.flatMap((part) => {
      if (typeof part === 'string') return [];
      const relation = relationOfAlias(target, part.alias);
      return relation === undefined ? [] : [word(relation, part.column)];
    }),
  );

/** Columns that the joins of the mapping make equal count as one. */
const joined = (target: Target): ReadonlyMap<string, string> => {
  const same = new Map<string, string>();
  for (const join of target.joins) {
    for (const { own, other } of join.equalities) {
      const plain = plainColumn(other);
      const relation = plain && relationOfAlias(target, plain.alias);
      if (plain === undefined || relation === undefined) continue;
      same.set(word(join.relation, own), word(relation, plain.column));
    }
  }
  return same;
};

const shown = (words: Iterable<string>): string => {
  const all = [...words].toSorted();
  return all.length === 0 ? 'no column at all' : all.map((each) => `\`${each}\``).join(', ');
};

const theirReads = ({ reads }: ClosedColumn): ReadonlySet<string> =>
  new Set(reads.map(({ relation, column }) => word(relation, column)));

const find = ({ columns }: ClosedLineage, name: string): ClosedColumn | undefined =>
  columns.find((each) => each.name.toLowerCase() === name.toLowerCase());

const truth = (
  { target, node }: Shared,
  lineage: ClosedLineage,
  column: MappedColumn,
): readonly Problem[] => {
  const theirs = find(lineage, column.name);
  if (theirs === undefined || theirs.unknown !== undefined) return [];
  const ours = readsOf(target, column.expression);
  const same = joined(target);
  const root = (each: string): string => same.get(each) ?? each;
  const [mine, other] = [new Set([...ours].map(root)), new Set([...theirReads(theirs)].map(root))];
  const differ = mine.size !== other.size || [...mine].some((each) => !other.has(each));
  // Of two expressions over the same columns only the rows tell.
  const oneIsPlain = (theirs.passes === undefined) !== (plainColumn(column.expression) === undefined);
  if (!differ && !(oneIsPlain && mine.size === 1)) return [];
  return [
    say.twoTruths(column.expression.at, column.name, {
      model: node.name,
      ours: oneIsPlain && !differ ? `\`${column.expression.text}\`` : shown(ours),
      theirs: differ ? shown(theirReads(theirs)) : `${shown(theirReads(theirs))} in another way`,
    }),
  ];
};

const siblings = (
  { raw, target, node }: Shared,
  lineage: ClosedLineage,
  column: MappedColumn,
): readonly Problem[] => {
  const ours = readsOf(target, column.expression);
  const taken = new Set(
    [
      ...target.columns.map(({ name }) => name),
      ...target.key.map(({ name }) => name),
      ...raw.acceptStale.map(({ text }) => text),
    ].map((name) => name.toLowerCase()),
  );
  const stale = lineage.columns.flatMap((each) =>
    !taken.has(each.name.toLowerCase()) && [...theirReads(each)].some((read) => ours.has(read))
      ? [each.name]
      : [],
  );
  if (stale.length === 0) return [];
  return [
    say.staleSibling(column.expression.at, column.name, {
      model: node.name,
      reads: shown(ours),
      siblings: stale,
    }),
  ];
};

/** Nothing where the project has no manifest, or dbt compiled no SQL. */
export const checkShared = async (asked: Asked): Promise<readonly Problem[]> => {
  const { project } = asked;
  const all = shared(asked);
  if (all.length === 0 || project.manifest === undefined) return [];
  const readings = readingsIn({
    nodes: [...new Set(project.nodes?.models.values())],
    manifest: project.manifest,
    dialect: project.connection.type,
    parser: await loadSqlParser(),
  });
  return all.flatMap((one) => {
    const lineage = lineageOf(asked, readings, one);
    if (lineage === undefined) return [];
    const keys = new Set(one.target.key.map(({ name }) => name));
    const columns = one.target.columns.filter(({ name }) => !keys.has(name));
    return columns.flatMap((column) => [...truth(one, lineage, column), ...siblings(one, lineage, column)]);
  });
};
