// What stands in the account beside what stands in the scripts: objects that are missing, that were made of another text, or that no
// script makes any longer; and files that a new rendering would change.
import type { Project } from '../../project/project.ts';
import { openScripts } from '../../warehouse/open.ts';
import type { Row } from '../../warehouse/port.ts';
import type { ScriptSession } from '../../warehouse/snowflake/scripts.ts';
import { isSchemaThere, readNotes, refuseSchemaOfAnother } from './owner.ts';
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

/** Undefined where nothing is deployed; the schema may be there before it, and stays after a drop. */
const compare = async (
  session: ScriptSession,
  wanted: ReadonlyMap<string, string>,
  { schema, noted }: { readonly schema: string; readonly noted: ReadonlyMap<string, string> },
): Promise<readonly ObjectDifference[] | undefined> => {
  const own = await standing(session, schema);
  const found = new Set([...own, ...(await dynamicStanding(session, [...wanted.keys()]))]);
  if ([...wanted.keys()].every((object) => !found.has(object))) return undefined;
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

export const diffPipeline = async ({
  project,
  folder,
}: {
  readonly project: Project;
  readonly folder?: string | undefined;
}): Promise<DiffReport> => {
  const files = readScripts(project, folder);
  const { schema = '', deployed } = placeOfScripts(files);
  const wanted = new Map(
    files
      .flatMap((file) => file.statements)
      .flatMap(({ object, hash }) => (object === undefined ? [] : [[object, hash] as const])),
  );
  const runner = await openScripts(connectionOf(project));
  try {
    return await runner.session(async (session) => {
      const noted = await readNotes(session, { schema, deployed });
      refuseSchemaOfAnother(project, schema, noted);
      const found = (await isSchemaThere(session, schema))
        ? await compare(session, wanted, { schema, noted })
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
