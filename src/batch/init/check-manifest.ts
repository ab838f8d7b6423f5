// What must be true of dbt's manifest before anything can be proposed from it: each refusal names the file, the field
// and the command of dbt that mends it.
import type { DbtManifest, DbtNode } from '../../dbt/manifest.ts';
import type { SqlDialect } from '../../dbt/lineage/names.ts';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import { databaseName } from '../../project/database-name.ts';
import type { Project } from '../../project/project.ts';
import { compiledOf } from '../models.ts';

const dialects = ['duckdb', 'postgres', 'snowflake'] as const satisfies readonly SqlDialect[];

const invalid = (message: string, hint: string): TidemarkError =>
  new TidemarkError('manifest_invalid', { message, hint });

export const dialectOf = ({ adapter }: DbtManifest, file: string): SqlDialect => {
  const found = dialects.find((name) => name === adapter);
  if (found !== undefined) return found;
  throw invalid(
    `\`${file}\` was written for the adapter \`${adapter}\` (\`metadata.adapter_type\`), which tidemark does not know`,
    'it knows duckdb, postgres and snowflake: `dbt compile --target …` for a target of one of these',
  );
};

export const checkConnection = ({ adapter }: DbtManifest, file: string, { connection }: Project): void => {
  if (adapter === connection.type) return;
  throw invalid(
    `\`${file}\` was written for ${adapter} (\`metadata.adapter_type\`), and the warehouse is ${connection.type}`,
    '`dbt compile --target …` for the target that the project file names, or `--dbt-target` for the one that the manifest was written for',
  );
};

/** One node of another database is a choice of its project; when all are, the manifest is another target's. */
export const checkDatabase = (nodes: readonly DbtNode[], file: string, { connection }: Project): void => {
  const ours = databaseName(connection);
  if (ours === undefined) return;
  const named = nodes.flatMap(({ id, relation }) =>
    relation?.database === undefined ? [] : [{ id, database: relation.database }],
  );
  const [first] = named;
  const isOurs = ({ database }: { readonly database: string }): boolean =>
    database.toLowerCase() === ours.toLowerCase();
  if (first === undefined || named.some(isOurs)) return;
  throw invalid(
    `\`${file}\` builds in the database \`${first.database}\` (\`nodes.${first.id}.database\`), and the warehouse is \`${ours}\``,
    'the manifest was written for another target: `dbt compile --target …` for this one, or `--dbt-target` for the other',
  );
};

export const checkCompiled = (nodes: readonly DbtNode[], file: string): void => {
  const [first] = nodes;
  if (first === undefined || nodes.some((node) => compiledOf(node, file) !== undefined)) return;
  throw new TidemarkError('not_compiled', {
    message: `\`${file}\` has no compiled SQL (\`nodes.${first.id}.compiled_code\`): it was written by \`dbt parse\``,
    hint: '`dbt compile` writes it; one model that fails to compile leaves out that of all others',
  });
};
