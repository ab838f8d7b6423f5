// The table of a node of dbt, as the manifest says.
import type { DbtNode } from '../dbt/manifest.ts';
import type { NodesByName } from '../dbt/nodes.ts';
import type { Scalar } from '../project/document.ts';
import type { Report } from '../project/problems.ts';
import type { TableName } from '../sql/table-name.ts';
import { manifestNeeded, noTableOfNode, otherDatabase, unknownNode } from './node-problems.ts';
import type { RawNode } from './raw.ts';

export interface NodeNaming {
  /** None where the project has no manifest. */
  readonly nodes?: NodesByName | undefined;
  /** The database that the warehouse is, where it can be told. */
  readonly database?: string | undefined;
  /** Whether tables of another database can be read as well. */
  readonly reaches?: ((database: string) => boolean) | undefined;
}

/** The warehouse's own database goes without saying. */
export const tableOfNode = (
  node: DbtNode,
  name: Scalar,
  { database, reaches }: NodeNaming,
  report: Report,
): TableName | undefined => {
  const { relation } = node;
  if (relation === undefined) {
    report(noTableOfNode(name.at, name.text));
    return undefined;
  }
  const built = relation.database;
  const { schema, name: table } = relation;
  if (built === undefined || database === undefined || built.toLowerCase() === database.toLowerCase())
    return { schema, name: table };
  if (reaches?.(built) === true) return { database: built, schema, name: table };
  report(otherDatabase(name.at, name.text, built, database));
  return { schema, name: table };
};

export const namedNode = (
  { kind, name }: RawNode,
  naming: NodeNaming,
  report: Report,
): TableName | undefined => {
  if (naming.nodes === undefined) {
    report(manifestNeeded(name.at, kind));
    return undefined;
  }
  const known = kind === 'model' ? naming.nodes.models : naming.nodes.sources;
  const node = known.get(name.text);
  if (node !== undefined) return tableOfNode(node, name, naming, report);
  report(unknownNode(name.at, kind, name.text, [...known.keys()]));
  return undefined;
};
