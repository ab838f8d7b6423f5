// What stands in the account beside what stands in the scripts: objects that are missing, that were made of another text, or that no
// script makes any longer; and files that a new rendering would change.
import type { Project } from '../../project/project.ts';
import { openScripts } from '../../warehouse/open.ts';
import type { Row } from '../../warehouse/port.ts';
import type { ScriptSession } from '../../warehouse/snowflake/scripts.ts';
import { placeOfScripts } from './place-of-scripts.ts';
import { connectionOf } from './resolve-pipeline.ts';
import { readScripts } from './script-files.ts';

interface ObjectDifference {
  /** `task TASK_CAPTURE` */
  readonly object: string;
  readonly status: 'missing' | 'changed' | 'unknown';
}

export interface DiffReport {
  readonly schema: 'tidemark/snowflake/1';
  readonly command: 'diff';
  readonly project: string;
  readonly environment: string;
  readonly status: 'equal' | 'different' | 'absent';
  readonly objects: readonly ObjectDifference[];
}

/** What SHOW lists of each kind; dynamic tables stand in other schemas. */
const shownKinds = {
  table: 'tables',
  stream: 'streams',
  procedure: 'procedures',
  task: 'tasks',
  alert: 'alerts',
} as const;

const nameIn = (row: Row): string => {
  const name = row['name'];
  return typeof name === 'string' ? name : '';
};

const standing = async (session: ScriptSession, schema: string): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  for (const [kind, words] of Object.entries(shownKinds))
    for (const row of await session.run(`show ${words} in schema ${schema}`))
      found.add(`${kind} ${nameIn(row)}`);
  return found;
};

const dynamicStanding = async (
  session: ScriptSession,
  objects: readonly string[],
): Promise<ReadonlySet<string>> => {
  const schemas = new Set(objects.flatMap((object) => /^dynamic table (.+)\.[^.]+$/.exec(object)?.[1] ?? []));
  const found = new Set<string>();
  for (const schema of schemas)
    for (const row of await session.run(`show dynamic tables in schema "${schema.replaceAll('"', '""')}"`))
      found.add(`dynamic table ${schema}.${nameIn(row)}`);
  return found;
};

const isShown = (object: string): boolean =>
  /^(table|stream|procedure|task|alert|dynamic table) /.test(object);

/** By object, what `deploy` noted. */
const notes = async (session: ScriptSession, table: string): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (await session.run(`select "OBJECT", "HASH" from ${table}`)).map((row) => [
      String(row['OBJECT']),
      String(row['HASH']),
    ]),
  );

/** Undefined where nothing is deployed; the schema may be there before it, and stays after a drop. */
const compare = async (
  session: ScriptSession,
  wanted: ReadonlyMap<string, string>,
  place: { readonly schema: string; readonly deployed: string },
): Promise<readonly ObjectDifference[] | undefined> => {
  const own = await standing(session, place.schema);
  const found = new Set([...own, ...(await dynamicStanding(session, [...wanted.keys()]))]);
  if ([...wanted.keys()].every((object) => !found.has(object))) return undefined;
  const noted = own.has('table DEPLOYED') ? await notes(session, place.deployed) : new Map<string, string>();
  const differences: ObjectDifference[] = [];
  for (const [object, hash] of wanted) {
    if (isShown(object) && !found.has(object)) differences.push({ object, status: 'missing' });
    else if (noted.get(object) !== hash) differences.push({ object, status: 'changed' });
  }
  // What was never noted is not ours: a schema may hold tables of others.
  for (const object of own)
    if (!wanted.has(object) && noted.has(object)) differences.push({ object, status: 'unknown' });
  return differences;
};

const isThere = async (session: ScriptSession, schema: string): Promise<boolean> => {
  const parts = schema.split('.');
  const name = (parts.at(-1) ?? '').replace(/^"|"$/g, '').replaceAll('""', '"');
  const where = parts.length > 1 ? ` in database ${parts[0] ?? ''}` : '';
  return (await session.run(`show schemas${where}`)).some((row) => nameIn(row) === name);
};

export const diffPipeline = async ({
  project,
  folder,
}: {
  readonly project: Project;
  readonly folder?: string | undefined;
}): Promise<DiffReport> => {
  const files = readScripts(project, folder);
  const { schema = '', deployed = '' } = placeOfScripts(files);
  const wanted = new Map(
    files
      .flatMap((file) => file.statements)
      .flatMap(({ object, hash }) => (object === undefined ? [] : [[object, hash] as const])),
  );
  const runner = await openScripts(connectionOf(project));
  try {
    return await runner.session(async (session) => {
      const found = (await isThere(session, schema))
        ? await compare(session, wanted, { schema, deployed })
        : undefined;
      const objects =
        found ?? [...wanted.keys()].map((object): ObjectDifference => ({ object, status: 'missing' }));
      return {
        schema: 'tidemark/snowflake/1',
        command: 'diff',
        project: project.name,
        environment: project.environment,
        status: found === undefined ? 'absent' : objects.length === 0 ? 'equal' : 'different',
        objects,
      };
    });
  } finally {
    await runner.close();
  }
};
