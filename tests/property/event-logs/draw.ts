// Random logs of a few keys each: times that stand still and run backwards, deletes, returns, events that say nothing
// of a column; and a delivery of them in any order, in several batches, some of them more than once.
import type { Random } from '../../../scripts/shop/random.ts';
import type { KeyEvent } from '../reference/timeline.ts';

export interface LogOfKey {
  readonly key: string;
  readonly events: readonly KeyEvent[];
}

/** One event on its way. */
export interface Delivered {
  readonly key: string;
  readonly event: KeyEvent;
}

const names = ['ann', 'ben', null, 'a"b', "o'hara"] as const;

const drawEvent = (random: Random, sequence: number): KeyEvent => {
  const identity = `e${sequence}`;
  const at = random.below(8);
  if (random.chance(5)) return { op: 'D', at, sequence, identity, cells: {} };
  const cells: Record<string, string | null> = {};
  if (!random.chance(6)) cells['name'] = random.oneOf(names);
  if (!random.chance(6)) cells['city'] = random.oneOf(['x', 'y', null]);
  if (!random.chance(4)) cells['note'] = random.oneOf(['p', 'q', 'r', null]);
  return { op: 'U', at, sequence, identity, cells };
};

export const drawLog = (random: Random, key: string): LogOfKey => ({
  key,
  events: Array.from({ length: 1 + random.below(7) }, (_, place) =>
    drawEvent(random, place * 2 + random.below(2)),
  ),
});

const shuffled = <T>(random: Random, items: readonly T[]): readonly T[] => {
  const rest = [...items];
  for (let place = rest.length - 1; place > 0; place -= 1) {
    const other = random.below(place + 1);
    const [a, b] = [rest[place], rest[other]];
    if (a !== undefined && b !== undefined) [rest[place], rest[other]] = [b, a];
  }
  return rest;
};

export const drawBatches = (random: Random, logs: readonly LogOfKey[]): readonly (readonly Delivered[])[] => {
  const once = logs.flatMap(({ key, events }) => events.map((event) => ({ key, event })));
  const again = once.filter(() => random.chance(4));
  const batches: Delivered[][] = Array.from({ length: 1 + random.below(4) }, () => []);
  for (const delivered of shuffled(random, [...once, ...again]))
    batches[random.below(batches.length)]?.push(delivered);
  return batches;
};
