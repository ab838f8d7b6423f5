// Whose a pipeline is: written into the head of each script and noted in the schema, so that two projects, or two
// environments of one, do not take each other's folder or schema for their own.
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { Project } from '../../project/project.ts';
import { ownerObject, ownerOf } from '../../snowflake-pipeline/owner.ts';
import type { Row } from '../../warehouse/port.ts';
import type { ScriptSession } from '../../warehouse/snowflake/scripts.ts';

const refused = (message: string, hint: string): TidemarkError =>
  new TidemarkError('pipeline_of_another', { message, hint });

const nameIn = (row: Row): string => {
  const name = row['name'];
  return typeof name === 'string' ? name : '';
};

interface OwnedFile {
  readonly file: string;
  readonly owner?: string | undefined;
}

/** A script that names nobody was written by somebody beside ours, and is run with them. */
export const refuseScriptsOfAnother = (project: Project, files: readonly OwnedFile[], done: string): void => {
  const own = ownerOf(project.name, project.environment);
  const found = files.find(({ owner }) => owner !== undefined && owner !== own);
  if (found === undefined) return;
  throw refused(
    `\`${found.file}\` is a script of ${found.owner ?? ''}, and this is ${own}; ${done}`,
    'a folder of its own for each project and environment: `tidemark snowflake generate --path DIR`',
  );
};

export const isSchemaThere = async (session: ScriptSession, schema: string): Promise<boolean> => {
  const parts = schema.split('.');
  const name = (parts.at(-1) ?? '').replace(/^"|"$/g, '').replaceAll('""', '"');
  const where = parts.length > 1 ? ` in database ${parts[0] ?? ''}` : '';
  return (await session.run(`show schemas${where}`)).some((row) => nameIn(row) === name);
};

/** By object, what `deploy` noted; nothing where it never ran. */
export const readNotes = async (
  session: ScriptSession,
  { schema, deployed }: { readonly schema?: string | undefined; readonly deployed?: string | undefined },
): Promise<ReadonlyMap<string, string>> => {
  if (schema === undefined || deployed === undefined || !(await isSchemaThere(session, schema)))
    return new Map();
  const tables = await session.run(`show tables like 'DEPLOYED' in schema ${schema}`);
  if (tables.every((row) => nameIn(row) !== 'DEPLOYED')) return new Map();
  const rows = await session.run(`select "OBJECT", "HASH" from ${deployed}`);
  return new Map(rows.map((row) => [String(row['OBJECT']), String(row['HASH'])]));
};

export const refuseSchemaOfAnother = (
  project: Project,
  schema: string | undefined,
  notes: ReadonlyMap<string, string>,
): void => {
  const own = ownerOf(project.name, project.environment);
  const noted = notes.get(ownerObject);
  if (noted === undefined || noted === own) return;
  throw refused(
    `the schema ${schema ?? ''} holds the pipeline of ${noted}, and this is ${own}; nothing was run`,
    'a schema of its own for each project and environment: `tidemark snowflake generate --schema NAME`',
  );
};
