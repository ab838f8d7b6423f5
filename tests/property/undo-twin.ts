// An undo laid beside a twin: a second project to which the undone changes never happened. Logs in any order, histories,
// aggregates and targets of targets under later batches, what others wrote meanwhile, and then the undo of the undo, or
// a release.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { seededRandom, type Random } from '../../scripts/shop/random.ts';
import { planIn } from '../../src/batch/plan.ts';
import { releaseIn } from '../../src/batch/undo/release.ts';
import type { UndoWish } from '../../src/batch/undo/wish.ts';
import { verifyIn } from '../../src/batch/verify.ts';
import { tellHistories, type History } from './histories.ts';
import { expectNothing } from './invariants.ts';
import { dropSchemas, schemasOf, type Engine } from './place.ts';
import { choose, expectedConflicts, type Chosen } from './undo-twin/chosen.ts';
import { different, expectRight, playRound, readMirrors, write, type Scene } from './undo-twin/scene.ts';
import { Author, isOfLog, type Told } from './undo-twin/story.ts';
import { Universe, type Manner, type Tables } from './undo-twin/universe.ts';
import { rowsOf } from './undo/expected.ts';
import { unlike } from './world.ts';

const drawManner = (random: Random): Manner => ({
  deletes: random.oneOf(['close', 'close', 'tombstone', 'keep']),
  lookUp: random.chance(3),
  surrogate: !random.chance(3),
});
const verified = async ({ own }: Scene): Promise<void> => {
  const { report } = await verifyIn(own.place.warehouse, { project: own.project });
  expect({ status: report.status, behind: report.behind }).toEqual({ status: 'equal', behind: [] });
};

/** Of each person, the row and the version that holds say the same. */
const sameNow = async ({ own }: Scene): Promise<void> => {
  const { place, schemas } = own;
  const show = async (table: string, where: string): Promise<readonly string[]> =>
    (await place.rows(`select id, name, city, note from "${schemas.targets}".${table} ${where}`))
      .map((row) => JSON.stringify(row))
      .toSorted();
  const flag = own.manner.deletes === 'tombstone' ? ' and not is_deleted' : '';
  const facts = await show('person_fact', '');
  const current = await show('person_scd', `where is_current${flag}`);
  // A history that keeps what is deleted shows more.
  if (own.manner.deletes === 'keep') expect(current).toEqual(expect.arrayContaining([...facts]));
  else expect(current).toEqual(facts);
};

const spoil = async ({ own, random }: Scene): Promise<void> => {
  const { targets } = own.schemas;
  const statement = random.oneOf([
    `update "${targets}".person_fact set name = 'by hand' where id in (1, 2)`,
    `delete from "${targets}".place_people where id = 1`,
    `update "${targets}".place_visits set amount = 99`,
    `delete from "${targets}".person_scd where id = 2`,
    `update "${targets}".place_scd set label = 'by hand' where id = 3`,
    `update "${targets}".visit_fact set label = 'by hand'`,
  ]);
  await own.place.executeByOthers([statement]);
};

/** What the project looks like to which the undone changes never happened. */
const tellTwin = async (
  scene: Scene,
  { undone }: Chosen,
  more: readonly (readonly Told[])[],
): Promise<readonly Tables[]> => {
  const { history, folder, manner, rounds } = scene;
  const schemas = schemasOf(`t${history.seed}`);
  const twin = new Universe(history.place, schemas, join(folder, 'twin'), manner);
  const waiting = new Map<number, string[]>();
  const shown: Tables[] = [];
  try {
    await twin.create();
    for (const [round, { told }] of rounds.entries()) {
      await write(
        twin,
        waiting,
        told.filter((each) => !undone(each)),
        { round, whole: false },
      );
      expectRight((await twin.run()).report);
    }
    shown.push(await twin.look());
    for (const [place, told] of more.entries()) {
      await write(twin, waiting, told, { round: rounds.length + place, whole: true });
      expectRight((await twin.run()).report);
      shown.push(await twin.look());
    }
    return shown;
  } finally {
    await dropSchemas(history.place, schemas);
  }
};

/** The undo with conflicts: refused as a whole, then decided. */
const undoAgainst = async (scene: Scene, wish: UndoWish): Promise<void> => {
  const { own, random } = scene;
  const before = await own.lookClosely();
  const refused = await own.run({ undo: wish });
  expect(refused).toMatchObject({ exit: 3, report: { status: 'refused', batch: null } });
  expect(await own.lookClosely()).toEqual(before);
  const onConflict = random.oneOf(['skip', 'force'] as const);
  const { exit, report } = await own.run({ undo: { ...wish, onConflict } });
  expect({ exit, errors: report.errors }).toEqual({ exit: 0, errors: [] });
  expectRight(report);
  await verified(scene);
  await sameNow(scene);
  expect((await own.run()).report).toMatchObject({ status: 'idle', behind: [] });
  if (report.batch === null) return;
  const after = await own.run({ undo: { batch: report.batch } });
  expect({ exit: after.exit, conflicts: after.report.conflicts }).toEqual({ exit: 0, conflicts: [] });
  expectNothing(different(before, await own.lookClosely()));
};

/** The undo of the undo, or a release. */
const returnTo = async (
  scene: Scene,
  chosen: Chosen,
  { before, rollback }: { readonly before: Tables; readonly rollback: number | null },
): Promise<void> => {
  const { own, random, rounds, history } = scene;
  const { wish } = chosen;
  if (rollback === null) return;
  const ofLog = rounds.some(({ told: all }) =>
    all.some((each) => chosen.undone(each) && isOfLog(each.change)),
  );
  if (ofLog || random.chance(2)) {
    const redone = await own.run({ undo: { batch: rollback } });
    expect({ exit: redone.exit, conflicts: redone.report.conflicts }).toEqual({ exit: 0, conflicts: [] });
    expectNothing(different(before, await own.lookClosely()).map((each) => `redone: ${each}`));
  } else {
    await releaseIn(history.place.warehouse, {
      project: own.project,
      batch: random.oneOf([wish.to === true ? rollback : wish.batch, rollback]),
    });
    expectRight((await own.run()).report);
    const world = await readMirrors(own);
    for (const name of ['places', 'visits'])
      expectNothing(unlike(name, rowsOf(world.staging, name), rowsOf(world.mirrors, name)));
  }
  expect((await own.run()).report).toMatchObject({ status: 'idle', behind: [] });
  await verified(scene);
  await sameNow(scene);
};

const play = async (scene: Scene, author: Author): Promise<void> => {
  const { own, random, rounds } = scene;
  await own.create();
  await playRound(scene, author.begin());
  const count = 2 + random.below(3);
  for (let round = 0; round < count; round += 1) await playRound(scene, author.next());
  const chosen = choose(scene);
  if (chosen === undefined) return;
  const { wish } = chosen;
  scene.wish = wish;
  const before = await own.lookClosely();
  const spoilt = random.chance(4);
  if (spoilt) await spoil(scene);
  const dry = await planIn(own.place.warehouse, { project: own.project, undo: wish });
  const conflicts = (dry.report.conflicts ?? []).map(
    ({ source, key, column }) => `${source} ${JSON.stringify([String(key['id'])])} ${column ?? 'row'}`,
  );
  expect(conflicts.toSorted()).toEqual(expectedConflicts(scene, chosen).toSorted());
  if (conflicts.length > 0) {
    if (spoilt) await own.run();
    return undoAgainst(scene, wish);
  }
  const { exit, report } = await own.run({ undo: wish });
  if (!spoilt)
    expect({ exit, errors: report.errors, behind: report.behind }).toEqual({
      exit: 0,
      errors: [],
      behind: [],
    });
  const next = await own.run();
  expectRight(next.report);
  if (!spoilt) expect(next.report.status).toBe('idle');
  const more = random.chance(2) ? [author.next()] : [];
  const [twin, later] = await tellTwin(scene, chosen, more);
  expectNothing(different(twin ?? {}, await own.look()));
  await verified(scene);
  const [told] = more;
  if (told === undefined) return returnTo(scene, chosen, { before, rollback: report.batch });
  await write(own, scene.waiting, told, { round: rounds.length, whole: false });
  expectRight((await own.run()).report);
  expectNothing(different(later ?? {}, await own.look()).map((each) => `later: ${each}`));
  await verified(scene);
};

const shown = ({ round, change }: Told): string => {
  const { source, id, kind, cells } = change;
  const event = isOfLog(change) ? ` n=${change.n} at=${change.at}${change.partial ? ' partial' : ''}` : '';
  return `${round}: ${source} ${id} ${kind}${event} ${JSON.stringify(cells)}`;
};

const tell = async (history: History): Promise<void> => {
  const { place, schemas, seed } = history;
  const random = seededRandom(seed);
  const manner = drawManner(random);
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-twin-'));
  const own = new Universe(place, schemas, join(folder, 'own'), manner);
  const scene: Scene = { history, random, own, folder, manner, rounds: [], waiting: new Map() };
  try {
    await play(scene, new Author(random, 3));
  } catch (error) {
    const story = scene.rounds.map(({ told, batch }) => `batch ${batch}\n  ${told.map(shown).join('\n  ')}`);
    throw new Error(
      `${String(error)} ${error instanceof Error && 'problems' in error ? JSON.stringify(error.problems) : ''}\n${JSON.stringify(manner)} ${JSON.stringify(scene.wish)}\n${story.join('\n')}`,
      { cause: error },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const describeUndoTwins = (engine: Engine, file: string): void => {
  tellHistories({
    name: 'I6: an undo beside a twin',
    engine,
    file,
    share: engine === 'duckdb' ? 3 : 2,
    tell,
  });
};
