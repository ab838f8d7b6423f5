// The program under test: `tidemark run` as cron would start it, timed from spawn to exit.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const probe = new URL('probe.mjs', import.meta.url).href;

interface Report {
  readonly status: string;
  readonly duration_ms: number;
  readonly targets: readonly { readonly name: string; readonly updated: number; readonly inserted: number }[];
}

interface Statement {
  readonly sql: string;
  readonly ms: number;
}

export interface Probed {
  /** Of the whole process, an engine inside it counted. */
  readonly peakBytes: number;
  /** Of JavaScript: heap and buffers. */
  readonly ownPeakBytes: number;
  readonly statements: readonly Statement[];
}

export interface Ran {
  readonly ms: number;
  readonly report: Report;
}

const spawned = (args: readonly string[], variables: NodeJS.ProcessEnv): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const { TIDEMARK_PROJECT: _project, TIDEMARK_ENV: _env, ...inherited } = process.env;
    const child = spawn(process.execPath, args, {
      env: { ...inherited, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: string[] = [];
    const complaints: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
    child.once('error', reject);
    child.once('close', (status) => {
      const ms = performance.now() - started;
      if (status === 0) resolve({ ms, report: JSON.parse(out.join('')) as Report });
      else reject(new Error(`tidemark run ended with ${status}:\n${out.join('')}${complaints.join('')}`));
    });
  });

const command = (project: string): readonly string[] => [main, 'run', '--project', project, '--json'];

export const runProgram = (project: string, flags: readonly string[] = []): Promise<Ran> =>
  spawned([...command(project), ...flags], {});

/** Takes the last batch back. */
export const runRollback = (project: string): Promise<Ran> =>
  spawned([main, 'rollback', 'last', '--project', project, '--json'], {});

/** Any command, from spawn to exit. */
export const runCommand = async (
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<number> => (await spawned([main, ...args, '--json'], variables)).ms;

/** Slower than a plain run by what watching costs. */
export const runProbed = async (project: string): Promise<Ran & Probed> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-probe-'));
  try {
    const file = join(folder, 'probe.json');
    const ran = await spawned(['--import', probe, ...command(project)], { TIDEMARK_BENCH_PROBE: file });
    return { ...ran, ...(JSON.parse(readFileSync(file, 'utf8')) as Probed) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A run that must have done what the benchmark means to measure. */
export const expectStatus = (ran: Ran, status: string): number => {
  if (ran.report.status !== status) throw new Error(`the run was ${ran.report.status}, not ${status}`);
  return ran.ms;
};
