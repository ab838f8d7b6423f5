// What the names in mappings stand for: schemas of the project, and the nodes of dbt's manifest where there is one.
import type { DbtNode } from '../dbt/manifest.ts';
import { nodesByName } from '../dbt/nodes.ts';
import { readManifest } from '../dbt/read-manifest.ts';
import type { Naming } from '../dictionary/tables.ts';
import { databaseName } from '../project/database-name.ts';
import type { Project } from '../project/project.ts';

/** Which databases can be read beside the project's own: on DuckDB files that the profile attaches, on Snowflake those of
 *  the account, once the manifest builds something in ours and so is not that of another target. */
const reachOf = ({ connection }: Project, nodes: readonly DbtNode[]): ((database: string) => boolean) => {
  const names = (connection.type === 'duckdb' ? (connection.attached ?? []) : []).map(({ name }) =>
    name.toLowerCase(),
  );
  const ours = databaseName(connection)?.toLowerCase();
  const isOurs = nodes.some(({ relation }) => relation?.database?.toLowerCase() === ours);
  return (database) => (connection.type === 'snowflake' ? isOurs : names.includes(database.toLowerCase()));
};

export const namingOf = (project: Project): Project & Naming => {
  if (project.manifest === undefined) return project;
  const manifest = readManifest(project.manifest);
  return {
    ...project,
    nodes: nodesByName(manifest),
    database: databaseName(project.connection),
    reaches: reachOf(project, manifest.nodes),
  };
};
