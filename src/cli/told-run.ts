// Those who are told of a run besides whoever called: alert channels and receivers of lineage.
import { openRunLineage } from '../batch/lineage/run-lineage.ts';
import type { Begun } from '../batch/begun.ts';
import type { RunResult } from '../batch/run.ts';
import type { Log } from '../observe/log.ts';
import type { Project } from '../project/project.ts';
import { alertFailure, alertRun } from './alerting.ts';
import { packageVersion } from './package-version.ts';

export interface ToldRun {
  readonly onBegin: (begun: Begun) => void;
  done(result: RunResult): Promise<void>;
  failed(error: unknown): Promise<void>;
  /** It is tried again: nobody needs to be called for that. */
  failedOnce(error: unknown): Promise<void>;
}

/** `partly`: only keys that somebody named are looked at. */
export const toldRun = (
  project: Project,
  log: Log,
  { command, partly = false }: { readonly command: string; readonly partly?: boolean },
): ToldRun => {
  const warn = (message: string): void => log.error(`warning: ${message}`, { lineage: true });
  // Whatever goes wrong here is no failure of the run.
  const safely = async (tell: () => Promise<void>): Promise<void> => {
    try {
      await tell();
    } catch (error) {
      warn(`nobody was told: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const lineage = openRunLineage({ project, command, version: packageVersion(), warn });
  return {
    onBegin: (begun) => {
      log.bind({ run_id: begun.runId, batch: undefined });
      lineage.begin(begun);
    },
    done: (result) =>
      safely(async () => {
        await Promise.all([lineage.complete(result), alertRun(project, log, result, partly)]);
      }),
    failedOnce: (cause) => lineage.fail(cause),
    failed: (cause) =>
      safely(async () => {
        await lineage.fail(cause);
        await alertFailure(project, log, cause);
      }),
  };
};

/** Tells of a batch, whatever comes of it. */
export const tellThrough = async (told: ToldRun, work: () => Promise<RunResult>): Promise<RunResult> => {
  let result: RunResult;
  try {
    result = await work();
  } catch (error) {
    await told.failed(error);
    throw error;
  }
  await told.done(result);
  return result;
};
