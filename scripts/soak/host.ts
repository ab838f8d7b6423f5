// The host of the scheduler: starts it again whenever it ends, as systemd does, and keeps count of what it tells.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Told {
  readonly kind: string;
  readonly code: string;
  readonly behind: readonly string[];
  readonly now: number;
  readonly heap: number;
}

export interface Host {
  readonly worker: () => ChildProcess;
  readonly batches: () => number;
  readonly processes: () => number;
  /** Of the process that runs now: its heap in bytes, after a collection, every ten ticks. */
  readonly heaps: () => readonly number[];
  /** Asks it to end, and waits for that. */
  stop(): Promise<void>;
  /** Ends it at once; nothing where it has ended. */
  kill(): void;
}

const workerFile = fileURLToPath(new URL('worker.ts', import.meta.url));

export const startHost = (folder: string, count: (what: string) => void): Host => {
  const state = { batches: 0, processes: 0, clock: Date.now(), ending: false };
  const heaps: number[] = [];
  const hear = ({ kind, code, behind, now, heap }: Told): void => {
    state.clock = now;
    count(kind === 'done' ? `batch ${code}` : `${kind} ${code}`);
    for (const each of behind) count(`behind ${each}`);
    if (kind === 'done') state.batches += 1;
    if (heap > 0) heaps.push(heap);
  };
  const start = (): ChildProcess => {
    state.processes += 1;
    heaps.length = 0;
    const child = fork(workerFile, [folder, String(state.clock)], {
      execArgv: ['--import', 'tsx', '--expose-gc'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', hear);
    // A message to a process that has just ended.
    child.on('error', () => undefined);
    child.once('exit', () => {
      if (!state.ending) worker = start();
    });
    return child;
  };
  let worker = start();
  return {
    worker: () => worker,
    batches: () => state.batches,
    processes: () => state.processes,
    heaps: () => heaps,
    async stop() {
      state.ending = true;
      const gone = new Promise((resolve) => {
        worker.once('exit', resolve);
      });
      worker.kill('SIGTERM');
      await gone;
    },
    kill() {
      state.ending = true;
      worker.kill('SIGKILL');
    },
  };
};
