// Histories with a hostile neighbour: he rebuilds, edits, empties and drops targets, loads staging by halves, changes
// its columns, writes mirrors, stamps rows at odd times, and writes while a batch is under way. No run may take that
// for what it is not; when he is silent, a few runs later everything is as a rebuild would have it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, type Random } from '../../scripts/shop/random.ts';
import { runIn, type RunOptions, type RunResult } from '../../src/batch/run.ts';
import type { ErrorCode } from '../../src/errors/policy.ts';
import { isTidemarkError } from '../../src/errors/tidemark-error.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import type { Warehouse } from '../../src/warehouse/port.ts';
import type { Project } from '../../src/project/project.ts';
import { tellHistories, type History } from './histories.ts';
import { keepCopies, unexplained } from './hostile-neighbour/explained.ts';
import { outOfStep, unfounded, untouched } from './hostile-neighbour/look.ts';
import { Court, type Disturbed } from './hostile-neighbour/meanwhile.ts';
import { Neighbour } from './hostile-neighbour/neighbour.ts';
import type { Remedy, Scene } from './hostile-neighbour/scene.ts';
import { passADay } from './hostile-neighbour/silence.ts';
import { checkBatch, expectNothing, sameWorld } from './invariants.ts';
import { projectAt, type Engine, type Place } from './place.ts';
import { drawProject, shownTarget, watchedOf } from './random-dictionary.ts';
import { writeMappings } from './random-dictionary/mapping-files.ts';
import { prebuild } from './random-dictionary/prebuilt.ts';
import { Staging, type Clock } from './random-dictionary/staging.ts';
import { readWorld, type Watched } from './world.ts';

/** Who writes staging: the loader himself, or, while a batch is under way, through the hand of the neighbour. */
class Hand implements Pick<Place, 'execute'> {
  current: Pick<Place, 'execute'>;
  constructor(place: Place) {
    this.current = place;
  }
  execute(statement: string): Promise<void> {
    return this.current.execute(statement);
  }
}

interface Told {
  readonly history: History;
  readonly scene: Scene;
  readonly hand: Hand;
  readonly neighbour: Neighbour;
  readonly watched: Watched;
  readonly project: Project;
  /** Reasons to leave something out that need nobody's doing. */
  readonly always: readonly ErrorCode[];
  readonly court: Court | undefined;
}

/** Stamps near the present, so that one from the future hides what comes after it if it is believed. */
const clockOf = (): Clock => ({
  startMs: Date.now() - 10 * 60_000,
  minutesPerRound: 1,
  skews: [-5, -600, 40_000_000],
});

/** A process of its own, as it were: when its connections end, the server knows what was written. */
const asProcess = async <T>(place: Place, work: (warehouse: Warehouse) => Promise<T>): Promise<T> => {
  if (place.url === undefined) return work(place.warehouse);
  const warehouse = await openWarehouse({ type: 'postgres', url: place.url });
  try {
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
};

const guarded = { deletesPercent: 60, touchedPercent: 100, floor: 4 };

/** One run that nobody disturbs, and all that must hold after it. */
const runAndLook = async (
  told: Told,
  options: Partial<RunOptions> = {},
  strict = false,
): Promise<RunResult> => {
  const { history, scene, neighbour, watched, project } = told;
  const { place, schemas } = history;
  const before = await readWorld(place, watched, 'numbered');
  const result = await asProcess(place, (warehouse) => runIn(warehouse, { project, ...options }));
  const after = await readWorld(place, watched, 'numbered');
  const { report } = result;
  scene.diary.push(
    `- run: ${report.status}${report.behind.map(({ name, code }) => `, ${name} ${code}`).join('')}`,
  );
  const { unlike } = neighbour;
  const looking = { place, schemas, spec: scene.spec, before, after, report, unlike };
  const behind = new Set(report.behind.map(({ name }) => name));
  const wrong = [
    ...unfounded(report, neighbour.permitted(scene.spec, told.always)),
    ...neighbour.unnoticed(behind),
    ...untouched(looking),
  ];
  expectNothing(wrong.length > 0 ? wrong : await outOfStep(looking, strict));
  const { reshaped } = neighbour;
  const step = { watched, before, after, report, caused: false, reshaped, more: true };
  expectNothing(await checkBatch(place, step));
  reshaped.clear();
  return result;
};

const disturbing: readonly ErrorCode[] = [
  'written_meanwhile',
  'source_stale',
  'upstream_behind',
  'target_missing',
  'target_failed',
  'source_failed',
];

/** What must hold of a run in the middle of which somebody wrote. */
const lookAtDisturbed = async (told: Told, disturbed: Disturbed, batches: number): Promise<void> => {
  const { history, scene, neighbour } = told;
  const { place, schemas } = history;
  const { result, error } = disturbed;
  if (result === undefined) {
    if (error?.exitCode !== 1 || !error.retryable) throw error ?? new Error('no error and no result');
    const { records } = await readWorld(place, told.watched, 'numbered');
    expectNothing(records.batches === batches ? [] : ['a run that failed left a batch']);
    return;
  }
  const { report } = result;
  const permitted = neighbour.permitted(scene.spec, [...told.always, ...disturbing]);
  expectNothing([
    ...unfounded(report, permitted),
    ...(report.batch === null ? [] : await unexplained(place, schemas, scene.spec, report.batch)),
  ]);
};

const runDisturbed = async (told: Told, court: Court): Promise<void> => {
  const { history, scene, hand, neighbour, project, watched } = told;
  const { random, diary } = scene;
  const { place, schemas } = history;
  await keepCopies(place, schemas, scene.spec);
  const { records } = await readWorld(place, watched, 'numbered');
  const at = random.chance(2) ? 0 : 1 + random.below(90);
  const act = async (others: Place): Promise<void> => {
    hand.current = others;
    try {
      await neighbour.actInPassing({ ...scene, place: others });
    } finally {
      hand.current = place;
    }
  };
  const disturbed = await court.run({ project }, { at, act });
  const { result, error, acted, refused } = disturbed;
  diary.push(
    `- run disturbed at ${at}: ${result?.report.status ?? error?.code}${acted ? '' : ', nobody came'}${refused === undefined ? '' : `, in vain: ${refused}`}${result?.report.behind.map(({ name, code }) => `, ${name} ${code}`).join('') ?? ''}`,
  );
  await lookAtDisturbed(told, disturbed, records.batches);
  neighbour.reshaped.clear();
  if (refused === undefined) return;
  // What the loader believes he wrote was rolled back.
  for (const source of scene.spec.sources)
    if (!scene.staging.isDamaged(source)) await scene.staging.restore(source);
};

const playRound = async (told: Told): Promise<void> => {
  const { scene, neighbour, court } = told;
  const { random, staging, spec, diary } = scene;
  diary.push('- the loader loads');
  await staging.change(spec.sources, false);
  for (let acts = 1 + random.below(3); acts > 0; acts -= 1) await neighbour.act(scene);
  const remedy = random.chance(3) ? await neighbour.mendOne(scene) : {};
  if (Object.keys(remedy).length === 0 && court !== undefined && random.chance(2))
    await runDisturbed(told, court);
  else await runAndLook(told, remedy);
};

const together = (remedies: readonly Remedy[]): Remedy => {
  const adopt = remedies.flatMap((remedy) => remedy.adopt ?? []);
  const reconcile = remedies.flatMap((remedy) => remedy.reconcile ?? []);
  return { adopt, ...(reconcile.length === 0 ? {} : { reconcile }) };
};

/** Once he is silent: mended, a day later, within three runs. */
const silence = async (told: Told): Promise<void> => {
  const { history, scene, neighbour, watched, project } = told;
  const { place, schemas } = history;
  const remedies: Remedy[] = [];
  while (neighbour.harms.length > 0) remedies.push(await neighbour.mendOne(scene));
  await passADay(place, schemas);
  scene.diary.push('- silence, and a day passes');
  const allow = [...watched.sources, ...watched.targets].map(({ name }) => `${name}:deletes`);
  let { report } = await runAndLook(told, { ...together(remedies), allow }, true);
  for (let more = 0; more < 2 && report.behind.length > 0; more += 1)
    ({ report } = await runAndLook(told, { allow }, true));
  expectNothing(report.behind.map(({ name, reason }) => `${name} is still left out: ${reason}`));
  const before = await readWorld(place, watched);
  const { report: idle } = await asProcess(place, (warehouse) => runIn(warehouse, { project }));
  const everything = ['staging', 'mirrors', 'targets', 'records'] as const;
  expectNothing([
    ...(idle.status === 'idle' ? [] : [`the last run was ${idle.status}`]),
    ...sameWorld(before, await readWorld(place, watched), everything),
  ]);
};

const begin = async (history: History, folder: string, random: Random): Promise<Told> => {
  const { place, schemas, seed } = history;
  const spec = drawProject(random);
  writeMappings(folder, spec);
  const hand = new Hand(place);
  const staging = new Staging(hand, schemas, random, clockOf());
  await staging.create(spec.sources);
  await prebuild({ place, schemas, random }, spec);
  const guards = random.chance(3);
  const project = projectAt(place, schemas, folder);
  return {
    history,
    scene: { place, schemas, random, staging, spec, folder, diary: [] },
    hand,
    neighbour: new Neighbour(),
    watched: watchedOf(schemas, spec),
    project: guards ? { ...project, limits: guarded } : project,
    always: guards ? ['guard_deletes', 'guard_empty'] : [],
    court: place.url === undefined ? undefined : await Court.open(place, place.url, `h${seed}_`),
  };
};

/** With all that it says of itself, and where in our own code it came from. */
const inWords = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const problems = isTidemarkError(error) ? error.problems.map(({ message }) => `\n  ${message}`) : [];
  const places = error.stack?.split('\n').filter((line) => line.includes('/src/')) ?? [];
  const cause = error.cause instanceof Error ? `\nbecause of ${inWords(error.cause)}` : '';
  return `${String(error)}${problems.join('')}\n${places.join('\n')}${cause}`;
};

const tell = async (history: History): Promise<void> => {
  const random = seededRandom(history.seed);
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-history-'));
  let told: Told | undefined;
  try {
    told = await begin(history, folder, random);
    const adopt = told.scene.spec.targets.map(({ name }) => name);
    await runAndLook(told, { adopt });
    const rounds = 3 + random.below(3);
    for (let round = 0; round < rounds; round += 1) await playRound(told);
    await silence(told);
  } catch (error) {
    const { scene } = told ?? {};
    const targets = JSON.stringify(scene?.spec.targets.map(shownTarget), undefined, 1);
    throw new Error(`${inWords(error)}\n${scene?.diary.join('\n') ?? ''}\n${targets}`, { cause: error });
  } finally {
    await told?.court?.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

export const describeHostileNeighbour = (engine: Engine, file: string): void => {
  tellHistories({ name: 'a hostile neighbour', engine, file, share: 60, tell });
};
