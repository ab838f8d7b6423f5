// The scene of an undo beside a twin: rounds of changes with their batches, and what the mirrors were around each.
import type { Random } from '../../../scripts/shop/random.ts';
import type { UndoWish } from '../../../src/batch/undo/wish.ts';
import type { History } from '../histories.ts';
import { expectNothing } from '../invariants.ts';
import { readWorld, type World } from '../world.ts';
import type { Told } from './story.ts';
import type { Manner, Tables, Universe } from './universe.ts';

interface Round {
  readonly told: readonly Told[];
  /** None: nothing that a batch would be made of. */
  readonly batch: number | undefined;
  readonly before: World;
  readonly after: World;
}

export interface Scene {
  readonly history: History;
  readonly random: Random;
  readonly own: Universe;
  readonly folder: string;
  readonly manner: Manner;
  readonly rounds: Round[];
  /** Events of the log by the round in which they arrive. */
  readonly waiting: Map<number, string[]>;
  /** What is undone, as soon as it is drawn. */
  wish?: UndoWish;
}
export const mirrors = ['people', 'places', 'visits'] as const;

export const readMirrors = ({ place, watched }: Universe): Promise<World> =>
  readWorld(place, { ...watched, sources: mirrors.map((name) => ({ name, key: ['id'] })) });

export const different = (expected: Tables, found: Tables): readonly string[] =>
  Object.entries(expected).flatMap(([name, rows]) => [
    ...rows.filter((row) => found[name]?.includes(row) !== true).map((row) => `${name} misses ${row}`),
    ...(found[name] ?? []).filter((row) => !rows.includes(row)).map((row) => `${name} has ${row}`),
  ]);

export const expectRight = (report: {
  behind: readonly { name: string; code: string; reason: string }[];
}): void =>
  expectNothing(report.behind.map(({ name, code, reason }) => `${name} is behind: ${code}, ${reason}`));

/** Writes what is told into a universe. `waiting`: its events of the log, by the round in which they arrive. */
export const write = async (
  universe: Universe,
  waiting: Map<number, string[]>,
  told: readonly Told[],
  { round, whole }: { readonly round: number; readonly whole: boolean },
): Promise<void> => {
  for (const { change, round: arrives } of told) {
    const image = universe.image(change, whole);
    if (image === undefined) await universe.write(change, whole);
    else waiting.set(arrives, [...(waiting.get(arrives) ?? []), image]);
  }
  await universe.deliver(waiting.get(round) ?? []);
};

export const playRound = async (scene: Scene, told: readonly Told[]): Promise<void> => {
  const { own, rounds, waiting } = scene;
  const round = rounds.length;
  const before = await readMirrors(own);
  await write(own, waiting, told, { round, whole: false });
  const { report } = await own.run();
  expectRight(report);
  rounds.push({ told, batch: report.batch ?? undefined, before, after: await readMirrors(own) });
};
