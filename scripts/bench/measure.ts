// Times of contestants that take turns: whatever the machine does meanwhile, it does to all of them.

export interface Sample {
  readonly runs: number;
  readonly medianMs: number;
  readonly lowMs: number;
  readonly highMs: number;
}

const middle = (sorted: readonly number[]): number => {
  const half = sorted.length / 2;
  const [below, above] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  if (below === undefined || above === undefined) throw new RangeError('nothing was measured');
  return (below + above) / 2;
};

export const sampleOf = (times: readonly number[]): Sample => {
  const sorted = times.toSorted((a, b) => a - b);
  return { runs: sorted.length, medianMs: middle(sorted), lowMs: sorted[0] ?? 0, highMs: sorted.at(-1) ?? 0 };
};

export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

/** One turn: it prepares, which is not counted, and answers the milliseconds of what is. */
export type Turn = () => Promise<number>;

/** The first round warms up and is not counted. Every other round goes backwards, so that nobody always comes
 *  after the same neighbour. */
export const takeTurns = async <Name extends string>(
  turns: Readonly<Record<Name, Turn>>,
  runs: number,
): Promise<Readonly<Record<Name, Sample>>> => {
  const names = Object.keys(turns) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= runs; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const ms = await turns[name]();
      if (round > 0) times.get(name)?.push(ms);
    }
  }
  const samples = names.map((name) => [name, sampleOf(times.get(name) ?? [])] as const);
  return Object.fromEntries(samples) as Record<Name, Sample>;
};
