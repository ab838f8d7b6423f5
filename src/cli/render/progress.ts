// One line on a terminal, from the third second on: what happens now, how many steps were made, how long it takes and
// will take.
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

interface StepNow {
  readonly phase: string;
  readonly name: string;
  readonly step: number;
  readonly of: number | undefined;
  /** When its phase began. */
  readonly since: number;
}

const counted = ({ phase, name, step, of }: StepNow): string =>
  `${phase} ${name} (${of === undefined || step > of ? step : `${step} of ${of}`})`;

/** The rest of the phase, as if each step took as long as those so far; nothing before one was made. */
const restOf = ({ step, of, since }: StepNow): string => {
  if (of === undefined || step === 1 || step > of) return '';
  const each = (performance.now() - since) / (step - 1);
  return `, about ${duration(each * (of - step + 1))} left`;
};

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
  let now: StepNow | undefined;
  let drawn = false;
  const clear = (): void => {
    if (drawn) terminal.write(erase);
    drawn = false;
  };
  const draw = (): void => {
    const elapsed = performance.now() - startedAt;
    if (elapsed < quietMs) return;
    const what = now === undefined ? 'working' : counted(now);
    const rest = now === undefined || part !== undefined ? '' : restOf(now);
    const place = part === undefined ? '' : `${part.words}${remaining(part)}: `;
    terminal.write(erase + cut(`${place}${what}  ${duration(elapsed)}${rest}`, terminal.width - 1));
    drawn = true;
  };
  const timer = setInterval(draw, redrawMs);
  timer.unref();
  return {
    progress: {
      step: (phase, name, of) => {
        const before = now?.phase === phase ? now : undefined;
        const since = before?.since ?? performance.now();
        now = { phase, name, of, step: (before?.step ?? 0) + 1, since };
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
