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

interface PartNow {
  readonly words: string;
  readonly place: number;
  readonly of: number;
  /** The part that was the first of this process, and when it began. */
  readonly first: number;
  readonly startedAt: number;
}

/** As long as each of the parts took so far. */
const remaining = ({ place, of, first, startedAt }: PartNow): string => {
  const done = place - first;
  if (done === 0) return '';
  const each = (performance.now() - startedAt) / done;
  return `, ${duration(each * (of - place + 1))} left`;
};

export const openProgressLine = (terminal: Terminal): ProgressLine => {
  const startedAt = performance.now();
  let part: PartNow | undefined;
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
    const place = part === undefined ? '' : `${part.words}${remaining(part)}: `;
    terminal.write(erase + cut(`${place}${what}  ${duration(elapsed)}`, terminal.width - 1));
    drawn = true;
  };
  const timer = setInterval(draw, redrawMs);
  timer.unref();
  return {
    progress: {
      step: (phase, name) => {
        now = { phase, name, step: now?.phase === phase ? now.step + 1 : 1 };
      },
      part: ({ name, place, of }) => {
        const words = `part ${place} of ${of} of ${name}`;
        const before = part?.of === of && place > 1 ? part : undefined;
        part = {
          words,
          place,
          of,
          first: before?.first ?? place,
          startedAt: before?.startedAt ?? performance.now(),
        };
      },
    },
    clear,
    stop: () => {
      clearInterval(timer);
      clear();
    },
  };
};
