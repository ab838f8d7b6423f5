// What of a story is undone, and which cells are in the way of it.
import type { UndoWish } from '../../../src/batch/undo/wish.ts';
import { cellsChanged, rowsOf, undoRows } from '../undo/expected.ts';
import { mirrors, type Scene } from './scene.ts';
import type { Told } from './story.ts';

/** Which changes are undone, as a question to one of them. */
type Undone = (told: Told) => boolean;

export interface Chosen {
  readonly wish: UndoWish;
  readonly undone: Undone;
  readonly place: number;
  readonly last: number;
  /** The only row. */
  readonly id?: number | undefined;
}

/** A row pointed at a place only after that had changed: what it found there stays until the undo; see docs/undo.md. */
const foundUndone = ({ rounds, manner }: Scene, { undone, place }: Chosen): boolean => {
  if (!manner.lookUp) return false;
  const told = rounds.flatMap((round) => round.told);
  const places = new Set(
    told.filter((each) => undone(each) && each.change.source === 'places').map(({ change }) => change.id),
  );
  return told.some(
    (each) =>
      each.round >= place &&
      !undone(each) &&
      each.change.source === 'people' &&
      places.has(Number(each.change.cells['city'] ?? 0)),
  );
};

export const choose = (scene: Scene): Chosen | undefined => {
  const chosen = draw(scene);
  return chosen === undefined || foundUndone(scene, chosen) ? undefined : chosen;
};

const draw = ({ rounds, random }: Scene): Chosen | undefined => {
  const places = rounds.flatMap(({ batch }, place) => (place === 0 || batch === undefined ? [] : [place]));
  if (places.length === 0) return undefined;
  const place = random.oneOf(places);
  const batch = rounds[place]?.batch ?? 0;
  const last = rounds.length - 1;
  if (random.chance(5))
    return {
      wish: { batch: batch - 1, to: true },
      undone: ({ round }) => round >= place,
      place,
      last,
    };
  const changes = rounds.flatMap(({ told }) => told).filter(({ round }) => round === place);
  if (changes.length > 0 && random.chance(4)) {
    const { source, id } = random.oneOf(changes).change;
    const one = random.chance(2);
    const undone: Undone = ({ round, change }) =>
      round === place && change.source === source && (!one || change.id === id);
    const wish = { batch, source, ...(one ? { key: { id: String(id) } } : {}) };
    return { wish, undone, place, last: place, ...(one ? { id } : {}) };
  }
  return { wish: { batch }, undone: ({ round }) => round === place, place, last: place };
};

/** By source, what a comparison of three states of its mirror says. */
export const expectedConflicts = (scene: Scene, { wish, place, last, id }: Chosen): readonly string[] => {
  const { rounds } = scene;
  const [first, end, now] = [rounds[place], rounds[last], rounds.at(-1)];
  if (first === undefined || end === undefined || now === undefined) return [];
  return mirrors.flatMap((name) => {
    if (wish.source !== undefined && wish.source !== name) return [];
    const only = id === undefined ? undefined : JSON.stringify([String(id)]);
    const { conflicts } = undoRows(
      {
        was: rowsOf(first.before.mirrors, name),
        is: rowsOf(end.after.mirrors, name),
        now: rowsOf(now.after.mirrors, name),
        later: cellsChanged(
          rounds.slice(last + 1).map(({ before, after }) => ({
            before: rowsOf(before.mirrors, name),
            after: rowsOf(after.mirrors, name),
          })),
        ),
        bookkeeping: [],
      },
      'skip',
    );
    return conflicts
      .filter(({ key }) => only === undefined || key === only)
      .map(({ key, column }) => `${name} ${key} ${column ?? 'row'}`);
  });
};
