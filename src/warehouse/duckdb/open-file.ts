// Opens a DuckDB file, waiting a while for another process that holds it.
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { DuckDBInstance } from '@duckdb/node-api';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { AttachedFile, DuckDbConnection, DuckDbLimits } from '../../project/project.ts';
import { classifyDuckDbError } from './classify-error.ts';
import { FileSeal } from './seal.ts';
import type { DuckDbDriver } from './session.ts';

export interface OpenFileOptions {
  readonly readOnly?: boolean;
  readonly create?: boolean;
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  readonly onWait?: (why: TidemarkError) => void;
}

/** Settings that the engine takes when it starts. */
const settingsOf = ({ memory, threads, spill }: DuckDbLimits): Record<string, string> => ({
  ...(memory === undefined ? {} : { memory_limit: memory }),
  ...(threads === undefined ? {} : { threads: String(threads) }),
  ...(spill === undefined ? {} : { temp_directory: spill }),
});

const defaultWaitMs = 10_000;
const pollMs = 100;

const missing = (path: string): TidemarkError =>
  new TidemarkError('database_missing', {
    message: `there is no DuckDB file ${path}`,
    hint: 'build it first (`dbt build`), or correct `path` in the project file',
    details: { path },
  });

const quoted = (text: string, mark: string): string => `${mark}${text.replaceAll(mark, mark + mark)}${mark}`;

/** Other files are read only: a transaction writes into one of them at most. */
const attach = async (instance: DuckDBInstance, files: readonly AttachedFile[]): Promise<void> => {
  const connection = await instance.connect();
  try {
    for (const { name, path } of files)
      await connection.run(`attach ${quoted(path, "'")} as ${quoted(name, '"')} (read_only)`);
  } finally {
    connection.closeSync();
  }
};

export interface OpenedFile {
  readonly path: string;
  readonly instance: DuckDBInstance;
  readonly seal: FileSeal | undefined;
  readonly readOnly: boolean;
}

const opened = async (
  driver: DuckDbDriver,
  path: string,
  { config, others }: { readonly config: Record<string, string>; readonly others: readonly AttachedFile[] },
): Promise<DuckDBInstance> => {
  const instance = await driver.DuckDBInstance.create(path, config);
  if (others.length === 0) return instance;
  try {
    await attach(instance, others);
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
};

export const openFile = async (
  driver: DuckDbDriver,
  { path, limits = {}, attached = [] }: DuckDbConnection,
  options: OpenFileOptions,
): Promise<OpenedFile> => {
  if (path !== ':memory:' && !existsSync(path) && options.create !== true) throw missing(path);
  const others = attached.filter((each) => each.path !== path);
  const lost = others.find((each) => !existsSync(each.path));
  if (lost !== undefined) throw missing(lost.path);
  const config: Record<string, string> = {
    // A missing extension must fail at once instead of being fetched.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...settingsOf(limits),
  };
  const readOnly = options.readOnly === true && existsSync(path);
  if (readOnly) config['access_mode'] = 'READ_ONLY';
  const seal = FileSeal.open(path);
  const giveUpAt = performance.now() + (options.waitMs ?? defaultWaitMs);
  for (let told = false; ; told = true) {
    try {
      return { path, instance: await opened(driver, path, { config, others }), seal, readOnly };
    } catch (error) {
      const failure = classifyDuckDbError(error);
      const isOver = performance.now() >= giveUpAt || options.signal?.aborted === true;
      if (failure.code !== 'file_locked' || isOver) {
        seal?.close();
        throw failure;
      }
      if (!told) options.onWait?.(failure);
      await pause(pollMs);
    }
  }
};
