// Runs another program as if it were this one: same streams, signals passed on, exit status handed back.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** @type {readonly NodeJS.Signals[]} */
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];

// A terminal sends Ctrl-C to the whole group; passing it on as well would make it a second Ctrl-C.
const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;

/**
 * The exit status of a program; one that a signal ended has 128 + the signal's number, as in a shell.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions & { onSpawn?: (child: import('node:child_process').ChildProcess) => void }} [options]
 * @returns {Promise<number>}
 */
export const run = (command, args, { onSpawn, ...options } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    onSpawn?.(child);
    const forwards = passedOn.map((signal) => {
      const forward = () => {
        if (signal !== 'SIGINT' || !onTerminal) child.kill(signal);
      };
      process.on(signal, forward);
      return { signal, forward };
    });
    const settle = () => {
      for (const { signal, forward } of forwards) process.off(signal, forward);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      settle();
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });

/**
 * Runs a script of an installed package (`typescript/bin/tsc`) or of this repository.
 * @param {string} script path below the repository
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export const runNode = (script, args, options) => run(process.execPath, [script, ...args], options);
