// A picture on a terminal that is drawn anew in its place, line by line, so that nothing flickers and what stood on the
// terminal before stays.
import { cut } from './text.ts';
import type { Style } from './style.ts';

export interface Screen {
  /** With the width that it has now. */
  style(): Style;
  height(): number;
  write(text: string): void;
}

const colour = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, 'g');

/** A coloured line that is too long loses its colour with its end. */
const fitted = (line: string, width: number): string => {
  const plain = line.replaceAll(colour, '');
  const short = cut(plain, width - 1);
  return short === plain ? line : short;
};

const drawOver = (screen: Screen, before: number, text: string): number => {
  const lines = text.split('\n');
  const room = Math.max(2, screen.height() - 1);
  const shown =
    lines.length <= room ? lines : [...lines.slice(0, room - 1), '… the terminal is too low for the rest'];
  const { width } = screen.style();
  const up = before === 0 ? '' : `\u001B[${before}A`;
  screen.write(`${up}${shown.map((line) => `\r\u001B[K${fitted(line, width)}\n`).join('')}\u001B[J`);
  return shown.length;
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });

/** `look` answers what is to be seen now. */
export const watchScreen = async (
  screen: Screen,
  look: () => Promise<(style: Style) => string>,
  { everyMs, signal }: { readonly everyMs: number; readonly signal: AbortSignal },
): Promise<void> => {
  let drawn = 0;
  while (!signal.aborted) {
    const render = await look();
    if (signal.aborted) return;
    drawn = drawOver(screen, drawn, render(screen.style()));
    await pause(everyMs, signal);
  }
};
