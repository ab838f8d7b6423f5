// The dbt models that are targets: their compiled SQL, from the manifest or from beside it, made ready to be computed.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DbtNode } from '../dbt/manifest.ts';
import type { SqlDialect } from '../dbt/lineage/names.ts';
import { loadSqlParser, type SqlParser } from '../dbt/lineage/sql-parser.ts';
import type { Meant, NamedTable } from '../dbt/model/close-query.ts';
import { readModel, type ModelProblem } from '../dbt/model/model-query.ts';
import { lookUp, type Catalog, type CatalogTable } from '../dictionary/catalog.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import * as say from '../dictionary/model-problems.ts';
import { manifestNeeded, unknownNode } from '../dictionary/node-problems.ts';
import type { RawDictionary, RawTarget } from '../dictionary/raw.ts';
import type { ModelOutcome } from '../dictionary/resolve-model.ts';
import { targetName, targetTable, type Naming } from '../dictionary/tables.ts';
import { orderedAggregates } from '../dictionary/aggregate-words.ts';
import { volatileFunctions } from '../dictionary/words.ts';
import type { Position, Problem } from '../errors/tidemark-error.ts';
import type { Scalar } from '../project/document.ts';
import type { TableName } from '../sql/table-name.ts';

export interface ModelsQuestion {
  readonly raw: RawDictionary;
  readonly naming: Naming;
  /** Of the file that the nodes come from. */
  readonly manifest: string | undefined;
  /** Everything but the models. */
  readonly dictionary: Dictionary;
  readonly catalog: Catalog;
}

interface Relation {
  readonly name: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
}

interface Reading extends ModelsQuestion {
  readonly parser: SqlParser;
  readonly dialect: SqlDialect;
  readonly outcomes: Map<string, ModelOutcome>;
  /** Every SQL stood in the manifest. */
  fromManifest: boolean;
}

export interface ReadModels {
  /** By the name of the target. */
  readonly outcomes: ReadonlyMap<string, ModelOutcome>;
  readonly fromManifest: boolean;
}

const isAModel = (target: RawTarget): target is RawTarget & { readonly model: Scalar } =>
  target.model !== undefined && target.enabled;

/** dbt writes what it compiled beside the manifest too; one model that fails leaves it out of the manifest. */
export const compiledOf = (node: DbtNode, manifest: string): string | undefined => {
  if (node.compiled !== undefined) return node.compiled;
  const file = join(dirname(manifest), 'compiled', node.package, node.file);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
};

export const placeOf = (dialect: SqlDialect, schema: string | undefined, name: string): string => {
  const place = `${schema ?? ''}.${name}`;
  return dialect === 'duckdb' ? place.toLowerCase() : place;
};

const sqlOf = (node: DbtNode, so: Reading): string | undefined => {
  if (node.compiled === undefined) so.fromManifest = false;
  return so.manifest === undefined ? undefined : compiledOf(node, so.manifest);
};

const tableOf = (
  { catalog, naming }: Reading,
  target: RawTarget,
): { table: TableName; info: CatalogTable | undefined } => {
  const table = targetTable(target, naming);
  return { table, info: lookUp(catalog, table) };
};

/** What a target yields, in the order of its table; of a model that is yet to be built, what its SQL says. */
const ofTarget = (target: RawTarget, so: Reading): Relation => {
  const name = targetName(target);
  const known = so.dictionary.targets.find((each) => each.name === name);
  const key = target.key.map((part) => part.name.text);
  if (known !== undefined) return { name, key, columns: known.tableColumns.map((column) => column.name) };
  const { info } = tableOf(so, target);
  if (info !== undefined) return { name, key, columns: info.columns.map((column) => column.name) };
  const outcome = isAModel(target) ? outcomeOf(target, so) : undefined;
  return { name, key, columns: outcome !== undefined && 'query' in outcome ? outcome.query.columns : [] };
};

const relationsByPlace = (so: Reading): ReadonlyMap<string, () => Relation> => {
  const at = (table: TableName): string => placeOf(so.dialect, table.schema, table.name);
  return new Map([
    ...so.dictionary.sources.map(
      (source) =>
        [
          at(source.table),
          () => ({
            name: source.name,
            columns: source.columns.map(({ name }) => name),
            key: source.key.flatMap(({ name, nullable }) => (nullable ? [] : [name])),
          }),
        ] as const,
    ),
    ...so.raw.targets
      .filter((target) => target.enabled)
      .map((target) => [at(tableOf(so, target).table), () => ofTarget(target, so)] as const),
  ]);
};

const nodesByPlace = ({ naming, dialect }: Reading): ReadonlyMap<string, DbtNode> =>
  new Map(
    [...new Set(naming.nodes?.models.values())].flatMap((node) =>
      node.relation === undefined
        ? []
        : [[placeOf(dialect, node.relation.schema, node.relation.name), node] as const],
    ),
  );

const shown = ({ schema, name }: NamedTable): string => (schema === undefined ? name : `${schema}.${name}`);

interface Found {
  readonly relations: Map<string, Relation>;
  problem: Problem | undefined;
}

const meaningIn = (
  target: RawTarget & { readonly model: Scalar },
  node: DbtNode,
  so: Reading,
  found: Found,
) => {
  const relations = relationsByPlace(so);
  const nodes = nodesByPlace(so);
  const { table: own } = tableOf(so, target);
  const trees = new Map<string, Meant>();
  const { at, text } = target.model;
  const unknown = (problem: Problem): Meant => {
    found.problem ??= problem;
    return { kind: 'unknown', reason: problem.message };
  };
  const between = (other: DbtNode): Meant => {
    const sql = sqlOf(other, so);
    if (sql === undefined) return unknown(say.notCompiled(at, other.name, so.manifest ?? ''));
    const parsed = so.parser.parse(sql, so.dialect);
    return 'problem' in parsed
      ? unknown(say.unreadableModel(at, other.name, parsed.problem))
      : { kind: 'model', sql, tree: parsed.tree };
  };
  return (named: NamedTable): Meant => {
    const place = placeOf(so.dialect, named.schema, named.name);
    const ownPlaces = [own, node.relation].flatMap((each) =>
      each === undefined ? [] : [placeOf(so.dialect, each.schema, each.name)],
    );
    if (ownPlaces.includes(place)) return unknown(say.compiledIncrementally(at, text));
    const relation = relations.get(place)?.();
    if (relation !== undefined) {
      found.relations.set(relation.name, relation);
      return { kind: 'relation', relation: relation.name };
    }
    const other = nodes.get(place);
    if (other === undefined || other.kind !== 'model')
      return unknown(say.readsUndeclared(at, text, shown(named)));
    const known = trees.get(place) ?? between(other);
    trees.set(place, known);
    return known;
  };
};

const answer = (target: RawTarget & { readonly model: Scalar }, so: Reading): ModelOutcome => {
  const { at, text } = target.model;
  const { nodes } = so.naming;
  if (nodes === undefined || so.manifest === undefined) return { problem: manifestNeeded(at, 'model') };
  const node = nodes.models.get(text);
  if (node === undefined) return { problem: unknownNode(at, 'model', text, [...nodes.models.keys()]) };
  const sql = sqlOf(node, so);
  if (sql === undefined) return { problem: say.notCompiled(at, text, so.manifest) };
  const found: Found = { relations: new Map(), problem: undefined };
  const meaningOf = meaningIn(target, node, so, found);
  const question = {
    node: node.id,
    sql,
    dialect: so.dialect,
    key: target.key.map((part) => part.name.text),
    builds: tableOf(so, target).info?.columns.map(({ name }) => name),
    meaningOf,
    columnsOf: (relation: string) => found.relations.get(relation)?.columns ?? [],
    keyOf: (relation: string) => found.relations.get(relation)?.key ?? [],
    steadiness: { volatile: volatileFunctions, ordered: orderedAggregates },
  };
  const model = readModel(question, so.parser);
  if (found.problem !== undefined) return { problem: found.problem };
  if ('query' in model) return model;
  return { problem: problemOf(model.problem, at, text) };
};

const problemOf = (problem: ModelProblem, at: Position, model: string): Problem => {
  switch (problem.kind) {
    case 'volatile':
      return say.volatileModel(at, model, problem.call);
    case 'unordered':
      return say.unorderedModel(at, model, problem.call);
    case 'unreadable':
      return say.unreadableModel(at, model, problem.reason);
    default:
      return problem satisfies never;
  }
};

const outcomeOf = (target: RawTarget & { readonly model: Scalar }, so: Reading): ModelOutcome => {
  const name = targetName(target);
  const known = so.outcomes.get(name) ?? answer(target, so);
  so.outcomes.set(name, known);
  return known;
};

/** The parser is loaded where there is a model to read. */
export const readModels = async (question: ModelsQuestion): Promise<ReadModels> => {
  const targets = question.raw.targets.filter(isAModel);
  const outcomes = new Map<string, ModelOutcome>();
  if (targets.length === 0) return { outcomes, fromManifest: true };
  const dialect = question.naming.connection.type;
  const so: Reading = { ...question, dialect, outcomes, fromManifest: true, parser: await loadSqlParser() };
  for (const target of targets) outcomeOf(target, so);
  return { outcomes, fromManifest: so.fromManifest };
};
