// Histories with undo: batches, later batches, an undo with or without conflicts, an idle run, and then either the
// undo of the undo or a release. Every mirror and target is compared with what three copies of it say (I6).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { seededRandom, type Random } from '../../scripts/shop/random.ts';
import { planIn } from '../../src/batch/plan.ts';
import { releaseIn } from '../../src/batch/undo/release.ts';
import type { UndoWish } from '../../src/batch/undo/wish.ts';
import { runIn } from '../../src/batch/run.ts';
import type { Project } from '../../src/project/project.ts';
import { tellHistories, type History } from './histories.ts';
import { expectNothing, sameWorld } from './invariants.ts';
import { projectAt, type Engine } from './place.ts';
import {
  checkTables,
  drawProject,
  everything,
  shownTarget,
  watchedOf,
  withoutTouch,
} from './random-dictionary.ts';
import { writeMappings } from './random-dictionary/mapping-files.ts';
import { expectedRows } from './random-dictionary/oracle.ts';
import { prebuild } from './random-dictionary/prebuilt.ts';
import { stamp } from './random-dictionary/draw-sources.ts';
import { Staging } from './random-dictionary/staging.ts';
import type { ProjectSpec, SourceSpec } from './random-dictionary/spec.ts';
import {
  cellsChanged,
  rowsOf,
  targetBefore,
  undoRows,
  type Expected,
  type OnConflict,
} from './undo/expected.ts';
import { undoRepair } from './undo/repair.ts';
import { readWorld, unlike, type Rows, type Watched, type World } from './world.ts';

interface Past {
  readonly batch: number;
  readonly before: World;
  readonly after: World;
}

interface Scene {
  readonly history: History;
  readonly spec: ProjectSpec;
  readonly watched: Watched;
  readonly project: Project;
  readonly staging: Staging;
  readonly random: Random;
}

const readNow = ({ history, watched }: Scene): Promise<World> => readWorld(history.place, watched);

const runBatch = async (scene: Scene, adopt: boolean): Promise<Past | undefined> => {
  const { history, project, spec } = scene;
  const before = await readNow(scene);
  const names = spec.targets.map(({ name }) => name);
  const { report } = await runIn(history.place.warehouse, { project, ...(adopt ? { adopt: names } : {}) });
  expectNothing(report.behind.map(({ name, code, reason }) => `${name} is behind: ${code}, ${reason}`));
  const after = await readNow(scene);
  expectNothing(await checkTables(scene, before, after));
  return report.batch === null ? undefined : { batch: report.batch, before, after };
};

const expectedOf = (
  source: SourceSpec,
  { before, after }: Past,
  { later, now, onConflict }: { later: readonly Past[]; now: World; onConflict: OnConflict },
): Expected =>
  undoRows(
    {
      was: rowsOf(before.mirrors, source.name),
      is: rowsOf(after.mirrors, source.name),
      now: rowsOf(now.mirrors, source.name),
      later: cellsChanged(
        later.map((each) => ({
          before: rowsOf(each.before.mirrors, source.name),
          after: rowsOf(each.after.mirrors, source.name),
        })),
      ),
      bookkeeping: source.watermark ? [stamp.name] : [],
    },
    onConflict,
  );

const shownConflicts = (
  of: readonly { source: string; key: string; column: string | null }[],
): readonly string[] =>
  // Wide integers are numbers in reports where a double holds them, and text in the world.
  of
    .map(({ source, key, column }) => `${source} ${key.replaceAll(/"(-?\d+)"/g, '$1')} ${column ?? 'row'}`)
    .toSorted();

/** Mirrors, and what the mapping makes of them; rules start from what the undone batch found. */
const checkUndone = async (
  scene: Scene,
  past: Past,
  { now, after, mirrors }: { now: World; after: World; mirrors: ReadonlyMap<string, Rows> },
): Promise<void> => {
  const { history, spec, watched } = scene;
  const { place, schemas } = history;
  for (const { name } of spec.sources)
    expectNothing(unlike(`the mirror of ${name}`, rowsOf(mirrors, name), rowsOf(after.mirrors, name)));
  const sources = new Set(spec.sources.map(({ name }) => name));
  const tables = { sources, sourceSchema: schemas.mirrors, targetSchema: schemas.targets };
  for (const target of spec.targets) {
    const mapped = watched.targets.find(({ name }) => name === target.name)?.mapped ?? [];
    const found = rowsOf(now.targets, target.name);
    const [was, is] = [past.before, past.after].map((world) => rowsOf(world.targets, target.name));
    const ground = targetBefore(was ?? found, is ?? found, found, mapped);
    const expected = await expectedRows(place, target, tables, ground);
    const rows = rowsOf(after.targets, target.name);
    expectNothing(unlike(target.name, withoutTouch(expected), withoutTouch(rows)));
  }
};

/** Undoes one batch; answers it as a batch of its own, or nothing where there was nothing to write. */
const undo = async (
  scene: Scene,
  past: Past,
  later: readonly Past[],
  wish: UndoWish,
): Promise<Past | undefined> => {
  const { history, spec, project, random } = scene;
  const { place } = history;
  const now = await readNow(scene);
  const onConflict = random.oneOf(['skip', 'force'] as const);
  const expected = new Map(
    spec.sources.map(
      (source) => [source.name, expectedOf(source, past, { later, now, onConflict })] as const,
    ),
  );
  const conflicts = [...expected].flatMap(([source, each]) =>
    each.conflicts.map((conflict) => ({ source, ...conflict })),
  );
  const keysOf = new Map(spec.sources.map(({ name, key }) => [name, key.map((column) => column.name)]));
  const dry = await planIn(place.warehouse, { project, undo: wish });
  expect(
    shownConflicts(
      (dry.report.conflicts ?? []).map(({ source, key, column }) => ({
        source,
        key: JSON.stringify((keysOf.get(source) ?? []).map((name) => key[name])),
        column,
      })),
    ),
  ).toEqual(shownConflicts(conflicts));
  if (conflicts.length > 0) {
    const refused = await runIn(place.warehouse, { project, undo: wish });
    expect(refused).toMatchObject({ exit: 3, report: { status: 'refused', batch: null } });
    expectNothing(sameWorld(now, await readNow(scene), everything));
    // A row that is gone comes back from the ledger, which these copies do not know.
    if (onConflict === 'force' && conflicts.some(({ column }) => column === null)) return undefined;
  }
  const decided = conflicts.length === 0 ? wish : { ...wish, onConflict };
  const { report, exit } = await runIn(place.warehouse, { project, undo: decided });
  expect({ exit, errors: report.errors, behind: report.behind }).toEqual({ exit: 0, errors: [], behind: [] });
  const after = await readNow(scene);
  expectNothing(sameWorld(now, after, ['staging']));
  const mirrors = new Map([...expected].map(([name, { rows }]) => [name, rows]));
  await checkUndone(scene, past, { now, after, mirrors });
  if (report.batch === null) return undefined;
  if (conflicts.length === 0) expect(dry.report).toMatchObject({ digest: report.digest });
  return { batch: report.batch, before: now, after };
};

const expectIdle = async (scene: Scene): Promise<void> => {
  const { history, project } = scene;
  const before = await readNow(scene);
  const { report } = await runIn(history.place.warehouse, { project });
  expect(report).toMatchObject({ status: 'idle', batch: null, behind: [] });
  expectNothing(sameWorld(before, await readNow(scene), everything));
};

/** `--to`: several batches are taken back as one. */
const undoAllAfter = async (scene: Scene, pasts: readonly Past[]): Promise<void> => {
  const place = scene.random.below(Math.max(1, pasts.length - 1));
  const [first, last] = [pasts[place], pasts.at(-1)];
  if (first === undefined || last === undefined) return;
  const all = { batch: last.batch, before: first.before, after: last.after };
  await undo(scene, all, [], { batch: first.batch - 1, to: true });
  await expectIdle(scene);
};

const play = async (scene: Scene): Promise<void> => {
  const { random, staging, spec, history, project } = scene;
  await runBatch(scene, true);
  const pasts: Past[] = [];
  for (let round = 2 + random.below(2); round > 0; round -= 1) {
    for (let more = 1 + random.below(4); more > 0; more -= 1) await staging.change(spec.sources, false);
    const past = await runBatch(scene, false);
    if (past !== undefined) pasts.push(past);
  }
  if (random.chance(3)) return undoRepair(scene);
  if (random.chance(5)) return undoAllAfter(scene, pasts);
  const place = random.chance(3) ? pasts.length - 1 : random.below(Math.max(1, pasts.length));
  const past = pasts[place];
  if (past === undefined) return;
  const wish: UndoWish = { batch: past.batch };
  const rollback = await undo(scene, past, pasts.slice(place + 1), wish);
  await expectIdle(scene);
  if (rollback === undefined) return;
  if (random.chance(2)) {
    await undo(scene, rollback, [], { batch: rollback.batch });
    await expectIdle(scene);
    return;
  }
  await releaseIn(history.place.warehouse, { project, batch: random.oneOf([past.batch, rollback.batch]) });
  await runBatch(scene, false);
  await expectIdle(scene);
};

const tell = async (history: History): Promise<void> => {
  const { place, schemas, seed } = history;
  const random = seededRandom(seed);
  const spec = drawProject(random);
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-undo-'));
  try {
    writeMappings(folder, spec);
    const staging = new Staging(place, schemas, random);
    await staging.create(spec.sources);
    await prebuild({ place, schemas, random }, spec);
    const project = projectAt(place, schemas, folder);
    await play({ history, spec, watched: watchedOf(schemas, spec), project, staging, random });
  } catch (error) {
    throw new Error(`${String(error)}\n${JSON.stringify(spec.targets.map(shownTarget), undefined, 1)}`, {
      cause: error,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const describeRandomUndos = (engine: Engine, file: string): void => {
  tellHistories({ name: 'I6: a random undo', engine, file, share: 20, tell });
};
