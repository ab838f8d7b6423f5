// What is asked once all is quiet again; every answer that is wrong comes back in words.
import { run } from '../../src/batch/run.ts';
import { verify } from '../../src/batch/verify.ts';
import type { Project } from '../../src/project/project.ts';
import { mustBeNothing } from './shop.ts';

type Execute = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

export const inspect = async (project: Project, execute: Execute): Promise<readonly string[]> => {
  const problems: string[] = [];
  // Another owner, who does not wait: a lease that was left behind would keep him out.
  const last = await run({ project, owner: 'inspector', waitMs: 0 });
  if (last.report.behind.length > 0)
    problems.push(`left out at the end: ${JSON.stringify(last.report.behind)}`);
  const { report } = await verify({ project });
  if (report.status !== 'equal') problems.push(`verify: ${JSON.stringify(report.targets)}`);
  for (const [what, sql] of Object.entries(mustBeNothing)) {
    const [row] = await execute(sql);
    if (Number(row?.['n']) !== 0) problems.push(`${what}: ${String(row?.['n'])}`);
  }
  return problems;
};

const median = (list: readonly number[]): number =>
  list.toSorted((left, right) => left - right)[Math.floor(list.length / 2)] ?? 0;

export interface Memory {
  readonly told: string;
  readonly grows: boolean;
}

/** What a process loads in its first twenty ticks is no leak. */
export const judgeMemory = (heaps: readonly number[]): Memory => {
  const warm = heaps.slice(2).map((bytes) => bytes / 2 ** 20);
  const third = Math.floor(warm.length / 3);
  if (third < 2) return { told: 'the last process lived too short to judge its memory', grows: false };
  const [early, late] = [median(warm.slice(0, third)), median(warm.slice(-third))];
  return {
    told: `heap ${early.toFixed(1)} MB early, ${late.toFixed(1)} MB late, over ${warm.length * 10} ticks`,
    grows: late > early * 1.15 + 2,
  };
};
