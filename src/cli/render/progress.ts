// One line on a terminal, from the third second on: what happens now, how many steps were made, how long it takes.
import type { Progress } from '../../batch/context.ts';
import { cut, duration } from './text.ts';

export interface Terminal {
  readonly width: number;
  write(text: string): void;
}

export interface ProgressLine {
  readonly progress: Progress;
  /** Takes the line away, for the time of something else being written. */
  clear(): void;
  stop(): void;
}

const quietMs = 2000;
const redrawMs = 200;
const erase = '\r\u001B[2K';

export const openProgressLine = (terminal: Terminal): ProgressLine => {
  const startedAt = performance.now();
  let now: { readonly phase: string; readonly name: string; readonly step: number } | undefined;
  let drawn = false;
  const clear = (): void => {
    if (drawn) terminal.write(erase);
    drawn = false;
  };
  const draw = (): void => {
    const elapsed = performance.now() - startedAt;
    if (elapsed < quietMs) return;
    const what = now === undefined ? 'working' : `${now.phase} ${now.name} (${now.step})`;
    terminal.write(erase + cut(`${what}  ${duration(elapsed)}`, terminal.width - 1));
    drawn = true;
  };
  const timer = setInterval(draw, redrawMs);
  timer.unref();
  return {
    progress: {
      step: (phase, name) => {
        now = { phase, name, step: now?.phase === phase ? now.step + 1 : 1 };
      },
    },
    clear,
    stop: () => {
      clearInterval(timer);
      clear();
    },
  };
};
