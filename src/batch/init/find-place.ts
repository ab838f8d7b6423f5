// Where `init` begins: the project file that is there, else a dbt project, else a warehouse that was named.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import { parseYaml } from '../../project/document.ts';
import { asText } from '../../project/fields.ts';
import { valueAt } from '../../project/dbt/find-profile.ts';
import type { Variables } from '../../project/variables.ts';

export interface PlaceWish {
  /** Absolute: where the project file is, or will be. */
  readonly directory: string;
  readonly variables: Variables;
  /** The folder of dbt_project.yml. */
  readonly dbt?: string | undefined;
  /** Of dbt's profile. */
  readonly dbtTarget?: string | undefined;
  readonly manifest?: string | undefined;
  /** A DuckDB file. */
  readonly duckdb?: string | undefined;
  /** The environment variable that holds the URL of a Postgres database. */
  readonly urlVariable?: string | undefined;
}

export interface DbtPlace {
  readonly kind: 'dbt';
  /** Absolute. */
  readonly folder: string;
  readonly manifest: string;
  readonly target: string | undefined;
}

export type Place =
  | DbtPlace
  | { readonly kind: 'duckdb'; readonly path: string }
  | { readonly kind: 'postgres'; readonly variable: string };

export const dbtFile = 'dbt_project.yml';

const refuse = (message: string, hint: string): TidemarkError =>
  new TidemarkError('project_not_found', { message, hint });

/** One folder below, where there is one only. */
const dbtBelow = (directory: string): string | undefined => {
  const found = readdirSync(directory, { withFileTypes: true }).filter(
    (entry) =>
      entry.isDirectory() &&
      entry.name !== 'node_modules' &&
      existsSync(join(directory, entry.name, dbtFile)),
  );
  const [only, other] = found;
  return only === undefined || other !== undefined ? undefined : join(directory, only.name);
};

/** The folder of dbt's project file: the one that is named, else here, else the one below. */
export const findDbt = ({ directory, dbt }: Pick<PlaceWish, 'directory' | 'dbt'>): string | undefined => {
  if (dbt !== undefined) {
    const folder = resolve(directory, dbt);
    if (existsSync(join(folder, dbtFile))) return folder;
    throw refuse(`there is no dbt project in \`${dbt}\``, `\`--dbt\` names the folder that holds ${dbtFile}`);
  }
  return existsSync(join(directory, dbtFile)) ? directory : dbtBelow(directory);
};

/** Where dbt writes what it makes: DBT_TARGET_PATH, `target-path:`, `target`. */
const targetPath = (folder: string, variables: Variables): string => {
  const own = variables['DBT_TARGET_PATH'];
  if (own) return resolve(folder, own);
  const file = join(folder, dbtFile);
  const { root } = parseYaml({ file, text: readFileSync(file, 'utf8') }, () => undefined);
  const value = valueAt(root, 'target-path');
  const text = (value === undefined ? undefined : asText(value)?.text) ?? 'target';
  return resolve(folder, text.includes('{{') ? 'target' : text);
};

export const findPlace = (wish: PlaceWish): Place => {
  const { directory, variables, manifest, dbtTarget, duckdb, urlVariable } = wish;
  if (duckdb !== undefined) {
    const path = resolve(directory, duckdb);
    if (existsSync(path)) return { kind: 'duckdb', path };
    throw refuse(`there is no file \`${duckdb}\``, '`--duckdb` names a DuckDB file that holds your tables');
  }
  if (urlVariable !== undefined) {
    if (variables[urlVariable]) return { kind: 'postgres', variable: urlVariable };
    throw refuse(
      `the environment variable \`${urlVariable}\` is not set`,
      `\`--postgres\` names the variable that holds the URL: \`export ${urlVariable}=postgres://user:password@host/database\``,
    );
  }
  const folder = findDbt(wish);
  if (folder === undefined)
    throw refuse(
      `neither tidemark.yml nor ${dbtFile} is in \`${directory}\``,
      'name the dbt project by `--dbt DIR`; without dbt, the warehouse by `--duckdb FILE`, or by `--postgres DATABASE_URL` (the variable that holds the URL)',
    );
  return {
    kind: 'dbt',
    folder,
    manifest:
      manifest === undefined
        ? join(targetPath(folder, variables), 'manifest.json')
        : resolve(directory, manifest),
    target: dbtTarget,
  };
};

/** As the project file writes it. */
export const fromProject = (directory: string, path: string): string =>
  (relative(directory, path) || '.').replaceAll('\\', '/');
