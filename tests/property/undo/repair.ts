// A target that somebody else spoils and a batch heals: that batch has no source change. Its undo brings the spoilt rows
// back and leaves the target alone; the undo of the undo, or a release, heals it again.
import { expect } from 'vitest';
import type { Random } from '../../../scripts/shop/random.ts';
import { releaseIn } from '../../../src/batch/undo/release.ts';
import { runIn } from '../../../src/batch/run.ts';
import type { Project } from '../../../src/project/project.ts';
import type { History } from '../histories.ts';
import { expectNothing, sameWorld } from '../invariants.ts';
import { withoutTouch } from '../random-dictionary.ts';
import { spoilTarget } from '../random-dictionary/prebuilt.ts';
import type { ProjectSpec, TargetSpec } from '../random-dictionary/spec.ts';
import { readWorld, unlike, type Watched, type World } from '../world.ts';
import { rowsOf } from './expected.ts';

export interface Repaired {
  readonly history: History;
  readonly spec: ProjectSpec;
  readonly watched: Watched;
  readonly project: Project;
  readonly random: Random;
}

const alike = (name: string, left: World, right: World): readonly string[] =>
  unlike(name, withoutTouch(rowsOf(left.targets, name)), withoutTouch(rowsOf(right.targets, name)));

const allAlike = (spec: ProjectSpec, left: World, right: World): readonly string[] =>
  spec.targets.flatMap(({ name }) => alike(name, left, right));

/** Behind are only those that were set back, and what they feed. */
const expectWaiting = (behind: readonly { readonly name: string; readonly code: string }[]): void =>
  expectNothing(
    behind.flatMap(({ name, code }) =>
      ['set_back', 'upstream_behind'].includes(code) ? [] : [`${name} is behind: ${code}`],
    ),
  );

export const undoRepair = async (scene: Repaired): Promise<void> => {
  const { history, spec, watched, project, random } = scene;
  const { place, schemas } = history;
  const ofOthers = spec.targets.filter(({ from, begins }) => from !== undefined && begins !== 'absent');
  const [first] = ofOthers;
  if (first === undefined) return;
  const target: TargetSpec = random.oneOf([first, ...ofOthers]);
  const now = (): Promise<World> => readWorld(place, watched);
  const run = (options: Partial<Parameters<typeof runIn>[1]> = {}) =>
    runIn(place.warehouse, { project, ...options });
  await spoilTarget({ place, schemas, random }, target);
  const spoilt = await now();
  const healing = await run();
  expectNothing(
    healing.report.behind.map(({ name, code, reason }) => `${name} is behind: ${code} ${reason}`),
  );
  const { batch } = healing.report;
  if (batch === null) return;
  const healed = await now();
  const undone = await run({ undo: { batch } });
  expect({ exit: undone.exit, conflicts: undone.report.conflicts, errors: undone.report.errors }).toEqual({
    exit: 0,
    conflicts: [],
    errors: [],
  });
  const back = await now();
  expectNothing(alike(target.name, spoilt, back));
  expectNothing(sameWorld(spoilt, back, ['staging', 'mirrors']));
  const rollback = undone.report.batch;
  if (rollback === null) return;
  const next = await run();
  expectWaiting(next.report.behind);
  expectNothing(alike(target.name, spoilt, await now()));
  if (random.chance(2)) await run({ undo: { batch: rollback } });
  else await releaseIn(place.warehouse, { project, batch: random.oneOf([batch, rollback]) });
  const again = await run();
  expectNothing(again.report.behind.map(({ name, code, reason }) => `${name} is behind: ${code} ${reason}`));
  expectNothing(allAlike(spec, healed, await now()));
  expect((await run()).report).toMatchObject({ status: 'idle', batch: null, behind: [] });
};
