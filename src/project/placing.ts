// Offsets in a text as lines and columns.
import type { Position } from '../errors/tidemark-error.ts';

export type Place = (offset: number, length: number) => Position;

export const placing = (file: string, text: string): Place => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset, length) => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const start = starts[low - 1] ?? 0;
    const source = text.slice(start, (starts[low] ?? text.length + 1) - 1).replace(/\r$/, '');
    const column = offset - start + 1;
    return {
      file,
      line: low,
      column,
      length: Math.max(1, Math.min(length, source.length - column + 1)),
      source,
    };
  };
};
