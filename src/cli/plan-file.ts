// The file between `plan --out` and `run --plan`: what was planned, for people and by its digest.
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { PlanResult } from '../batch/plan.ts';
import { isTidemarkError, TidemarkError } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import { batchJson } from './render/json.ts';
import { usage } from './usage.ts';

const schema = 'tidemark/plan/1';

const systemSays = (error: unknown): string =>
  error instanceof Error && 'code' in error ? `the system says ${String(error.code)}` : String(error);

/** What the plan was allowed is part of it: its run writes the same rows under the same allowances. */
export interface Allowed {
  readonly adopt: readonly string[];
  readonly allow: readonly string[];
}

export interface ReadPlan extends Allowed {
  /** That the run must have. */
  readonly digest: string;
}

/** Beside and then in place: a plan that is there is whole. */
export const writePlan = async (
  path: string,
  { report, after }: PlanResult,
  allowed: Allowed,
): Promise<void> => {
  const { digest, project, environment } = report;
  const unfinished = `${path}.${process.pid}.new`;
  const text = JSON.stringify(
    { schema, digest, after, project, environment, ...allowed, report: batchJson(report) },
    undefined,
    2,
  );
  try {
    // It may hold rows.
    await writeFile(unfinished, `${text}\n`, { mode: 0o600 });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw usage(`cannot write the plan to \`${path}\``, systemSays(error));
  }
};

const unreadable = (path: string, why: string, cause?: unknown): TidemarkError =>
  new TidemarkError('plan_unreadable', {
    message: `\`${path}\` is no plan that can be run: ${why}`,
    hint: 'plan again: `tidemark plan --out FILE`',
    cause,
  });

const textIn = (plan: Readonly<Record<string, unknown>>, key: string, path: string): string => {
  const value = plan[key];
  if (typeof value !== 'string') throw unreadable(path, `\`${key}\` is missing`);
  return value;
};

const parsed = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
  try {
    const plan: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof plan !== 'object' || plan === null) throw unreadable(path, 'it is not a JSON object');
    return plan as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (isTidemarkError(error)) throw error;
    throw unreadable(path, error instanceof SyntaxError ? 'it is not JSON' : systemSays(error), error);
  }
};

const namesIn = (plan: Readonly<Record<string, unknown>>, key: string, path: string): readonly string[] => {
  const names = plan[key];
  if (Array.isArray(names) && names.every((name): name is string => typeof name === 'string')) return names;
  throw unreadable(path, `\`${key}\` is not a list of names`);
};

export const readPlan = async (path: string, project: Project): Promise<ReadPlan> => {
  const plan = await parsed(path);
  if (plan['schema'] !== schema)
    throw unreadable(path, `its schema is \`${String(plan['schema'])}\`, not \`${schema}\``);
  const made = { name: textIn(plan, 'project', path), environment: textIn(plan, 'environment', path) };
  if (made.name !== project.name || made.environment !== project.environment) {
    throw new TidemarkError('environment_mismatch', {
      message: `\`${path}\` was planned for project \`${made.name}\`, environment \`${made.environment}\`; this is project \`${project.name}\`, environment \`${project.environment}\``,
      hint: 'choose the environment with `-e NAME`, or plan again',
      details: { found: made, expected: { name: project.name, environment: project.environment } },
    });
  }
  return {
    digest: textIn(plan, 'digest', path),
    adopt: namesIn(plan, 'adopt', path),
    allow: namesIn(plan, 'allow', path),
  };
};
