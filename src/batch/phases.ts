// How long each phase of a batch took.

export interface PhaseClock {
  time<T>(phase: string, work: () => Promise<T>): Promise<T>;
  phases(): Readonly<Record<string, number>>;
  elapsedMs(): number;
}

export const startClock = (): PhaseClock => {
  const started = performance.now();
  const spent = new Map<string, number>();
  return {
    time: async (phase, work) => {
      const from = performance.now();
      try {
        return await work();
      } finally {
        spent.set(phase, (spent.get(phase) ?? 0) + performance.now() - from);
      }
    },
    phases: () => Object.fromEntries([...spent].map(([phase, ms]) => [phase, Math.round(ms)])),
    elapsedMs: () => performance.now() - started,
  };
};
