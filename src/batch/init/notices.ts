// What the person who sets this up should know of the place, beside what was found in it.
import type { Project } from '../../project/project.ts';

/** What a file must be written as so that this program can open it. */
const openable = 'v1.5.0';

/** From release 2 on dbt's DuckDB makes files that our driver does not read, unless it is told otherwise. */
const ofFile = ({ connection }: Project): readonly string[] => {
  if (connection.type !== 'duckdb' || connection.madeBy === undefined) return [];
  const { at, target, storage } = connection.madeBy;
  if (storage !== undefined) return [];
  return [
    `${at.file}:${at.line}: should dbt's DuckDB, from 2.0 on, make the file anew, Tidemark could not open it: ` +
      `give the output \`${target}\` \`config_options: {storage_compatibility_version: ${openable}}\`, or pin \`duckdb<2\` where dbt runs`,
  ];
};

export const noticesOf = (project: Project): readonly string[] => ofFile(project);
