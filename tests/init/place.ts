// A folder with a dbt project in it and nothing of ours, on a database as `dbt build` left it.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { init } from '../../src/batch/init/init.ts';
import type { InitOptions } from '../../src/batch/init/init-options.ts';
import type { InitReport, InitTarget } from '../../src/batch/init/init-report.ts';
import type { Project } from '../../src/project/project.ts';
import { readProject } from '../../src/project/read-project.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { writeDbtProject, type DbtProject } from './dbt-projects.ts';

export interface InitPlace {
  readonly sandbox: Sandbox;
  readonly database: string;
  readonly init: (wish?: Partial<InitOptions>) => Promise<InitReport>;
  /** As `init` wrote it. */
  readonly project: (others?: Readonly<Record<string, string>>) => Project;
  readonly read: (file: string) => string;
  readonly mappings: () => readonly string[];
  /** Takes away what was written. */
  readonly forget: () => void;
}

const databaseOf = (engine: Engine, place: string): string =>
  engine === 'duckdb' ? 'workshop' : new URL(place).pathname.slice(1);

export const passwordOf = (place: string): string =>
  URL.canParse(place) ? decodeURIComponent(new URL(place).password) : '';

export const placeWith = async (
  engine: Engine,
  { tables, fill }: Pick<DbtProject, 'tables' | 'fill'>,
): Promise<InitPlace> => {
  const sandbox = await createSandbox(engine, { tables, mappings: {} });
  await sandbox.session(fill);
  const variables = { HOME: '/nowhere', DBT_PASSWORD: passwordOf(sandbox.place) };
  const forget = (): void => {
    rmSync(join(sandbox.folder, 'tidemark.yml'), { force: true });
    rmSync(join(sandbox.folder, 'mappings'), { recursive: true, force: true });
  };
  forget();
  return {
    sandbox,
    database: databaseOf(engine, sandbox.place),
    init: (wish) =>
      init({ directory: sandbox.folder, variables, agree: () => Promise.resolve(true), ...wish }),
    project: (others) => readProject({ directory: sandbox.folder, variables: { ...variables, ...others } }),
    read: (file) => readFileSync(join(sandbox.folder, file), 'utf8'),
    mappings: () => readdirSync(join(sandbox.folder, 'mappings')).toSorted(),
    forget,
  };
};

export const dbtPlace = async (engine: Engine, project: DbtProject): Promise<InitPlace> => {
  const place = await placeWith(engine, project);
  const { sandbox, database } = place;
  await writeDbtProject(sandbox.folder, project, { engine, place: sandbox.place, database });
  return place;
};

/** The word for each table, by its name. */
export const standings = ({ targets }: InitReport): Readonly<Record<string, string>> =>
  Object.fromEntries(targets.map((target): [string, string] => [target.name, standing(target)]));

const standing = ({ status, form, match }: InitTarget): string =>
  [status, form, match === null ? null : `${match} %`].filter((part) => part !== null).join(' ');
