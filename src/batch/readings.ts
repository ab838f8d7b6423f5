// Which tables the compiled SQL of each model reads: what it names, not what the manifest says it depends on.
import type { DbtNode } from '../dbt/manifest.ts';
import type { SqlDialect } from '../dbt/lineage/names.ts';
import type { SqlParser } from '../dbt/lineage/sql-parser.ts';
import { readingsOf, type Meant, type NamedTable } from '../dbt/model/close-query.ts';
import { compiledOf, placeOf } from './models.ts';

export interface ReadTable {
  /** `schema.name`, as the engine compares names. */
  readonly place: string;
  readonly schema: string | undefined;
  readonly name: string;
  readonly node: DbtNode | undefined;
}

interface ReadModel {
  readonly sql: string;
  readonly tree: unknown;
  readonly reads: readonly ReadTable[];
}

export interface Readings {
  /** A sentence where it cannot be told. */
  readonly of: (node: DbtNode) => ReadModel | string;
  readonly at: (place: string) => DbtNode | undefined;
  readonly place: (schema: string | undefined, name: string) => string;
  readonly dialect: SqlDialect;
  readonly parser: SqlParser;
}

export interface ReadingsQuestion {
  readonly nodes: readonly DbtNode[];
  readonly manifest: string;
  readonly dialect: SqlDialect;
  readonly parser: SqlParser;
}

export const readingsIn = ({ nodes, manifest, dialect, parser }: ReadingsQuestion): Readings => {
  const place = (schema: string | undefined, name: string): string => placeOf(dialect, schema, name);
  const byPlace = new Map(
    nodes.flatMap((node) =>
      node.relation === undefined ? [] : [[place(node.relation.schema, node.relation.name), node] as const],
    ),
  );
  const known = new Map<string, ReadModel | string>();
  const read = (node: DbtNode): ReadModel | string => {
    const sql = compiledOf(node, manifest);
    if (sql === undefined) return 'it was not compiled: `dbt compile` writes its SQL';
    const parsed = parser.parse(sql, dialect);
    if ('problem' in parsed) return `its SQL cannot be parsed: ${parsed.problem}`;
    const tables = readingsOf(parsed.tree, dialect).map(({ table: { schema, name } }) => {
      const at = place(schema, name);
      return [at, { place: at, schema, name, node: byPlace.get(at) }] as const;
    });
    return { sql, tree: parsed.tree, reads: [...new Map(tables).values()] };
  };
  return {
    of: (node) => {
      const found = known.get(node.id) ?? read(node);
      known.set(node.id, found);
      return found;
    },
    at: (asked) => byPlace.get(asked),
    place,
    dialect,
    parser,
  };
};

/** What a table of compiled SQL means where these relations are declared; models in between are their own SQL. */
export const meaningWith =
  (readings: Readings, relations: ReadonlyMap<string, string>): ((table: NamedTable) => Meant) =>
  ({ schema, name }) => {
    const at = readings.place(schema, name);
    const relation = relations.get(at);
    if (relation !== undefined) return { kind: 'relation', relation };
    const node = readings.at(at);
    const model = node === undefined ? undefined : readings.of(node);
    return model === undefined || typeof model === 'string'
      ? { kind: 'unknown', reason: `\`${at}\` is no table whose rows can be told apart` }
      : { kind: 'model', sql: model.sql, tree: model.tree };
  };
