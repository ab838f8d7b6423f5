// Histories of random projects: random tables, look-ups, filters and rules, random changes, and after each batch
// every mirror and target compared with an oracle that knows nothing of the engine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { seededRandom, type Random } from '../../scripts/shop/random.ts';
import { planIn } from '../../src/batch/plan.ts';
import { runIn } from '../../src/batch/run.ts';
import type { Project } from '../../src/project/project.ts';
import { tellHistories, type History } from './histories.ts';
import { checkBatch, expectNothing, sameWorld } from './invariants.ts';
import { projectAt, type Engine, type Schemas } from './place.ts';
import { wordsOf } from './random-dictionary/draw-aggregates.ts';
import { drawSources } from './random-dictionary/draw-sources.ts';
import { drawTargets } from './random-dictionary/draw-targets.ts';
import { writeMappings } from './random-dictionary/mapping-files.ts';
import { expectedMirror, expectedRows } from './random-dictionary/oracle.ts';
import { happen, type Happening } from './random-dictionary/events.ts';
import { prebuild } from './random-dictionary/prebuilt.ts';
import { Staging } from './random-dictionary/staging.ts';
import type { ProjectSpec, TargetSpec } from './random-dictionary/spec.ts';
import { noRows, readWorld, unlike, type Rows, type Watched, type World } from './world.ts';

export const watchedOf = (schemas: Schemas, { sources, targets }: ProjectSpec): Watched => ({
  schemas,
  sources: sources.map(({ name, key }) => ({ name, key: key.map((column) => column.name) })),
  targets: targets.map(({ name, key, mapped, touch }) => ({
    name,
    key: key.map((column) => column.name),
    mapped: mapped.map((column) => column.name),
    touched: touch ? ['touched'] : [],
  })),
});

export interface Told {
  readonly history: History;
  readonly spec: ProjectSpec;
  readonly watched: Watched;
  readonly project: Project;
}

export const everything = ['staging', 'mirrors', 'targets', 'records'] as const;

export const withoutTouch = (rows: Rows): Rows =>
  new Map(
    [...rows].map(([key, cells]) => [
      key,
      Object.fromEntries(
        Object.entries(cells).filter(([name, value]) => name !== 'touched' && value !== null),
      ),
    ]),
  );

/** I1: mirrors are staging, targets are what the mapping says of the mirrors. */
export const checkTables = async (
  { history, spec }: Told,
  before: World,
  after: World,
): Promise<readonly string[]> => {
  const { place, schemas } = history;
  const wrong: string[] = [];
  for (const source of spec.sources) {
    const staging = after.staging.get(source.name) ?? noRows;
    const mirror = before.mirrors.get(source.name) ?? noRows;
    const expected = await expectedMirror(place, schemas, source, { staging, mirror });
    wrong.push(...unlike(`the mirror of ${source.name}`, expected, after.mirrors.get(source.name) ?? noRows));
  }
  if (wrong.length > 0) return wrong;
  const sources = new Set(spec.sources.map(({ name }) => name));
  const tables = { sources, sourceSchema: schemas.mirrors, targetSchema: schemas.targets };
  for (const target of spec.targets) {
    const expected = await expectedRows(place, target, tables, before.targets.get(target.name) ?? noRows);
    // A target is the ground of those it feeds: what follows from a wrong one says nothing.
    const found = unlike(
      target.name,
      withoutTouch(expected),
      withoutTouch(after.targets.get(target.name) ?? noRows),
    );
    if (found.length > 0) return found;
  }
  return [];
};

interface Round {
  readonly first: boolean;
  /** Every change of a target follows from changes of rows. */
  readonly caused: boolean;
  readonly plans: boolean;
  readonly repeats: boolean;
}

const batch = async (told: Told, { first, caused, plans, repeats }: Round) => {
  const { history, spec, watched, project } = told;
  const { place } = history;
  const adopt = spec.targets.map(({ name }) => name);
  const before = await readWorld(place, watched);
  const planned = plans ? await planIn(place.warehouse, { project, samples: 2 }) : undefined;
  if (plans) expectNothing(sameWorld(before, await readWorld(place, watched), everything));
  const { report } = await runIn(place.warehouse, { project, ...(first ? { adopt } : {}) });
  const after = await readWorld(place, watched);
  expectNothing(report.behind.map(({ name, code, reason }) => `${name} is behind: ${code}, ${reason}`));
  if (planned !== undefined && !first)
    expect(planned.report).toMatchObject({ digest: report.digest, targets: report.targets });
  const wrong = [
    ...(await checkTables(told, before, after)),
    ...(await checkBatch(place, { watched, before, after, report, caused })),
  ];
  expectNothing(wrong);
  if (repeats) {
    const again = await runIn(place.warehouse, { project });
    expect(again.report).toMatchObject({ status: 'idle', batch: null, sources: [], targets: [], behind: [] });
    expectNothing(sameWorld(after, await readWorld(place, watched), everything));
  }
  return report;
};

export const drawProject = (random: Random, engine?: Engine): ProjectSpec => {
  const sources = drawSources(random);
  return { sources, targets: drawTargets(random, sources, { words: wordsOf(engine) }) };
};

/** What a person needs to see of a target to understand its failure. */
export const shownTarget = ({ columns: _, ...target }: TargetSpec) => ({
  ...target,
  from: target.from?.name,
  key: target.key.map(({ name }) => name).join(', '),
  joins: target.joins.map(
    ({ alias, relation, type, on, many }) =>
      `${type}${many ? ' many' : ''} ${relation.name} as ${alias} on ${on}`,
  ),
  mapped: target.mapped.map(({ name, expression, type }) => `${name} ${type}: ${expression}`),
});

const happenings: readonly Happening[] = [
  'rebuilt',
  'edited',
  'remapped',
  'nothing',
  'nothing',
  'nothing',
  'nothing',
];

/** One change of the world and one batch; answers the project as it is afterwards. */
const playRound = async (told: Told, staging: Staging, random: Random): Promise<ProjectSpec> => {
  const { history, project } = told;
  const what = random.oneOf(happenings);
  const onlySpare = what === 'nothing' && random.chance(6);
  await staging.change(told.spec.sources, onlySpare);
  const spec = await happen(what, { ...history, random }, told.spec);
  if (spec !== told.spec) writeMappings(project.mappings, spec);
  const round = {
    first: false,
    caused: what === 'nothing',
    plans: random.chance(4),
    repeats: random.chance(4),
  };
  const report = await batch({ ...told, spec }, round);
  if (onlySpare)
    expectNothing(report.targets.map(({ name }) => `${name} was written for a column that nobody reads`));
  return spec;
};

const tell = async (history: History): Promise<void> => {
  const { place, schemas, seed } = history;
  const random = seededRandom(seed);
  let spec = drawProject(random, place.engine);
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-history-'));
  try {
    writeMappings(folder, spec);
    const staging = new Staging(place, schemas, random);
    await staging.create(spec.sources);
    await prebuild({ place, schemas, random }, spec);
    const told = { history, watched: watchedOf(schemas, spec), project: projectAt(place, schemas, folder) };
    await batch(
      { ...told, spec },
      { first: true, caused: false, plans: random.chance(4), repeats: random.chance(4) },
    );
    const rounds = 2 + random.below(2);
    for (let round = 0; round < rounds; round += 1)
      spec = await playRound({ ...told, spec }, staging, random);
  } catch (error) {
    throw new Error(`${String(error)}\n${JSON.stringify(spec.targets.map(shownTarget), undefined, 1)}`, {
      cause: error,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const describeRandomDictionaries = (engine: Engine, file: string): void => {
  // Every statement goes to the double by HTTP and is translated there: ten times the cost.
  const share = engine === 'snowflake' ? 4 : 420;
  tellHistories({ name: 'a random dictionary', engine, file, share, tell });
};
