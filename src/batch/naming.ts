// What the names in mappings stand for: schemas of the project, and the nodes of dbt's manifest where there is one.
import { nodesByName } from '../dbt/nodes.ts';
import { readManifest } from '../dbt/read-manifest.ts';
import type { Naming } from '../dictionary/tables.ts';
import { databaseName } from '../project/database-name.ts';
import type { Project } from '../project/project.ts';

export const namingOf = (project: Project): Project & Naming =>
  project.manifest === undefined
    ? project
    : {
        ...project,
        nodes: nodesByName(readManifest(project.manifest)),
        database: databaseName(project.connection),
      };
