// Runs the scripts as they stand in their files, in order, and notes of which text each object was made, for `diff`. Every
// statement may be run again, so that a deployment which fails halfway is mended by the next one.
import { isTidemarkError, TidemarkError } from '../../errors/tidemark-error.ts';
import type { Project } from '../../project/project.ts';
import { openScripts } from '../../warehouse/open.ts';
import type { ScriptSession } from '../../warehouse/snowflake/scripts.ts';
import { literal } from '../../snowflake-pipeline/quote.ts';
import { readNotes, refuseSchemaOfAnother } from './owner.ts';
import { placeOfScripts } from './place-of-scripts.ts';
import { connectionOf } from './resolve-pipeline.ts';
import { readScripts, type ScriptFile } from './script-files.ts';
import type { FileStatement } from './script-text.ts';

export interface ScriptsOptions {
  readonly project: Project;
  readonly folder?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStatement?:
    | ((at: { readonly file: string; readonly done: number; readonly of: number }) => void)
    | undefined;
}

export interface RanReport {
  readonly schema: 'tidemark/snowflake/1';
  readonly command: 'deploy' | 'drop';
  readonly project: string;
  readonly environment: string;
  readonly files: readonly { readonly file: string; readonly statements: number }[];
}

/** Run by people: the role by an administrator, the queries by whoever asks; and what takes everything back. */
const notDeployed = /^(00|08|9\d)_/;

const nameOf = (file: string): string => file.split('/').at(-1) ?? file;

const failedAt = (error: unknown, file: string, { line, object, sql }: FileStatement): unknown => {
  if (!isTidemarkError(error)) return error;
  const what = object ?? sql.split('\n')[0] ?? '';
  return new TidemarkError(error.code, {
    message: `${file}:${line}: ${what}: ${error.message}`,
    hint:
      error.hint ??
      'what ran before it is in place; every statement may be run again, so mend the cause and deploy again',
    details: { ...error.details, file, line },
    cause: error,
  });
};

const stopped = (): TidemarkError =>
  new TidemarkError('interrupted', { message: 'interrupted between two statements; deploy again to go on' });

/** Of which text each object was made, in two statements for all of them. */
const note = async (
  session: ScriptSession,
  deployed: string,
  statements: readonly FileStatement[],
): Promise<void> => {
  const made = statements.flatMap(({ object, hash }) => (object === undefined ? [] : [{ object, hash }]));
  if (made.length === 0) return;
  const objects = made.map(({ object }) => literal(object)).join(', ');
  const rows = made.map(({ object, hash }) => `select ${literal(object)}, ${literal(hash)}, sysdate()`);
  await session.run(`delete from ${deployed} where "OBJECT" in (${objects})`);
  await session.run(`insert into ${deployed} ("OBJECT", "HASH", "AT") ${rows.join(' union all ')}`);
};

interface Running {
  readonly options: ScriptsOptions;
  /** Those to run, among all. */
  readonly files: readonly ScriptFile[];
  readonly all: readonly ScriptFile[];
  /** Called after each file with what ran of it, all or the beginning. */
  readonly after?: (session: ScriptSession, statements: readonly FileStatement[]) => Promise<void>;
}

/** A table of work that another mapping gave another shape; what stands in the script leaves it alone. */
const spelt = ({ object, sql, hash }: FileStatement, notes: ReadonlyMap<string, string>): string => {
  const noted = object === undefined ? undefined : notes.get(object);
  return noted === undefined || noted === hash
    ? sql
    : sql.replace(/^create transient table if not exists /i, 'create or replace transient table ');
};

/** The first failure is the reason, with its file and line; notes that cannot be written either make the next
 *  deployment do more than it must. */
const quietly = async (noting: Promise<void> | undefined): Promise<void> => noting?.catch(() => undefined);

const runAll = async (session: ScriptSession, { options, files, all, after }: Running): Promise<void> => {
  const place = placeOfScripts(all);
  const notes = await readNotes(session, place);
  refuseSchemaOfAnother(options.project, place.schema, notes);
  const of = files.reduce((sum, { statements }) => sum + statements.length, 0);
  let done = 0;
  for (const { file, statements } of files) {
    let count = 0;
    try {
      for (const statement of statements) {
        if (options.signal?.aborted === true) throw stopped();
        await session.run(spelt(statement, notes));
        count += 1;
        done += 1;
        options.onStatement?.({ file, done, of });
      }
    } catch (error) {
      await quietly(after?.(session, statements.slice(0, count)));
      const failed = statements[count];
      throw failed === undefined ? error : failedAt(error, file, failed);
    }
    await after?.(session, statements);
  }
};

const ran = (
  command: RanReport['command'],
  { name, environment }: Project,
  files: readonly ScriptFile[],
): RanReport => ({
  schema: 'tidemark/snowflake/1',
  command,
  project: name,
  environment,
  files: files.map(({ file, statements }) => ({ file, statements: statements.length })),
});

const run = async (command: RanReport['command'], running: Running): Promise<RanReport> => {
  const { options, files } = running;
  const runner = await openScripts(connectionOf(options.project));
  try {
    await runner.session((session) => runAll(session, running));
  } finally {
    await runner.close();
  }
  return ran(command, options.project, files);
};

export const deployPipeline = async (options: ScriptsOptions): Promise<RanReport> => {
  const all = readScripts(options.project, options.folder);
  const files = all.filter(({ file }) => !notDeployed.test(nameOf(file)));
  const { deployed } = placeOfScripts(all);
  // Until the table of notes is there, what was made is kept in mind.
  const waiting: FileStatement[] = [];
  let isThere = false;
  return run('deploy', {
    options,
    files,
    all,
    after: async (session, statements) => {
      waiting.push(...statements);
      isThere ||= statements.some(({ object }) => object === 'table DEPLOYED');
      if (isThere && deployed !== undefined) await note(session, deployed, waiting.splice(0));
    },
  });
};

export const dropPipeline = async (options: ScriptsOptions): Promise<RanReport> => {
  const all = readScripts(options.project, options.folder);
  return run('drop', { options, all, files: all.filter(({ file }) => /^9\d_/.test(nameOf(file))) });
};
