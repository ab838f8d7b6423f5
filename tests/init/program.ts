// The built program, started in a folder, with nothing of this machine's dbt in its way.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ended } from '../e2e/cli-sandbox.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export const start = (
  folder: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const { PATH, TMPDIR } = process.env;
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      env: { PATH, TMPDIR, HOME: folder, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (exit) => resolve({ exit, stdout, stderr }));
  });

/** Started at a terminal, with somebody who answers its question; `script` makes the terminal. */
export const startAtTerminal = (
  folder: string,
  args: readonly string[],
  answers: { readonly question: string; readonly answer: string },
): Promise<{ readonly exit: number | null; readonly shown: string }> =>
  new Promise((resolve, reject) => {
    const { PATH, TMPDIR } = process.env;
    const command = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      cwd: folder,
      env: { PATH, TMPDIR, HOME: folder, TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let shown = '';
    let isAnswered = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
      if (isAnswered || !shown.includes(answers.question)) return;
      isAnswered = true;
      child.stdin.write(`${answers.answer}\n`);
    });
    child.once('error', reject);
    child.once('close', (exit) => resolve({ exit, shown }));
  });
