// Chance from a seed, so that a soak can be repeated as far as processes can be.

export interface Chance {
  /** In [0, 1). */
  next(): number;
  whole(from: number, to: number): number;
  pick<T>(of: readonly [T, ...T[]]): T;
}

/** Mulberry32: 32 bits of state are enough to choose what goes wrong next. */
export const chanceFrom = (seed: number): Chance => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return { next, whole, pick: (of) => of[whole(0, of.length - 1)] ?? of[0] };
};
