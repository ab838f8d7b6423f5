// Project, environment and where it points: the first line of what plan, run and status print.
import { relative } from 'node:path';
import type { Project } from '../../project/project.ts';
import type { Style } from './style.ts';

/** Where the tables are, without secrets. */
export const placeOf = async ({ connection }: Project): Promise<string> => {
  if (connection.type === 'postgres') {
    const { describeConnection } = await import('../../warehouse/postgres/connection-config.ts');
    return describeConnection(connection);
  }
  if (connection.type === 'snowflake') {
    const { describeSnowflake } = await import('../../warehouse/snowflake/driver-options.ts');
    return describeSnowflake(connection);
  }
  const path = relative(process.cwd(), connection.path);
  return `duckdb ${path.startsWith('..') || path === '' ? connection.path : path}`;
};

export type ProjectLine = (style: Style) => string;

export const projectLine = async (project: Project): Promise<ProjectLine> => {
  const where = await placeOf(project);
  return ({ colors }) =>
    `project ${colors.bold(project.name)}, environment ${colors.bold(project.environment)}, ${where}`;
};
