// How output for people is drawn: with or without colour, and how wide.
import { createColors } from 'picocolors';

type Colors = ReturnType<typeof createColors>;

export interface Style {
  readonly color: boolean;
  readonly colors: Colors;
  readonly width: number;
}

export const styleOf = (color: boolean, width: number): Style => ({
  color,
  colors: createColors(color),
  width,
});

export const plainStyle = styleOf(false, 80);
