// A message handed to a program of the user: JSON on its stdin. No shell reads the words; after its time it is ended.
import { spawn } from 'node:child_process';
import type { Message } from './alert.ts';

interface Call {
  readonly words: readonly string[];
  readonly directory: string;
  readonly timeoutMs: number;
}

/** Answers what went wrong; nothing where the program ended well. */
export const runCommand = (
  { words, directory, timeoutMs }: Call,
  message: Message,
): Promise<string | undefined> => {
  const [program = '', ...args] = words;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: directory,
      stdio: ['pipe', 'ignore', 'ignore'],
      // With what it started: a shell that waits for a child is no reason to wait.
      detached: process.platform !== 'win32',
      env: {
        ...process.env,
        TIDEMARK_ALERT_EVENT: message.event,
        TIDEMARK_ALERT_TITLE: message.title.replaceAll('\0', ''),
      },
    });
    let why: string | undefined;
    const timer = setTimeout(() => {
      why = `the program did not end within ${timeoutMs} ms`;
      try {
        if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    }, timeoutMs);
    const done = (result: string | undefined): void => {
      clearTimeout(timer);
      resolve(result);
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      done(`the program could not be started (${error.code ?? 'unknown'})`),
    );
    child.once('close', (status, signal) => {
      if (why !== undefined || status === 0) done(why);
      else done(`the program ended with ${status === null ? (signal ?? 'a signal') : `status ${status}`}`);
    });
    // A program that does not read its input is none of our worry.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${JSON.stringify(message)}\n`);
  });
};
