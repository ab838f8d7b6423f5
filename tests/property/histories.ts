// How many histories, from which seed, and how a failure says how to see it again.
import { expect, it } from 'vitest';
import { dropSchemas, openPlace, schemasOf, type Engine, type Place, type Schemas } from './place.ts';

export interface History {
  readonly place: Place;
  readonly schemas: Schemas;
  readonly seed: number;
}

export interface Suite {
  readonly name: string;
  readonly engine: Engine;
  /** The test file, as seen from the project's folder. */
  readonly file: string;
  /** How many histories make one share of the suite. */
  readonly share: number;
  readonly tell: (history: History) => Promise<void>;
}

const perShare = 20;
const patienceMs = 600_000;

const asked = (name: string): number | undefined => {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} is no whole number: ${text}`);
  return value;
};

/** In CI the same histories every time, so that a red build speaks of the change; elsewhere always new ones. */
const firstSeed =
  asked('TIDEMARK_SEED') ??
  (process.env['CI'] === undefined ? Math.trunc(Math.random() * 1_000_000) : 20_261_121);

/** What went wrong, with the command that shows it again. */
const tellOne = async (place: Place, suite: Suite, seed: number): Promise<string | undefined> => {
  const schemas = schemasOf(`h${seed}`);
  try {
    await suite.tell({ place, schemas, seed });
    return undefined;
  } catch (error) {
    const again = `TIDEMARK_SEED=${seed} TIDEMARK_HISTORIES=1 npx vitest run ${suite.file}`;
    return `${again}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  } finally {
    await dropSchemas(place, schemas);
  }
};

/** Two at a time: the engines work outside this thread. */
const lanes = 2;

/** Some of the suite's histories, one after the other on one database; answers what failed. */
const tellSome = async (suite: Suite, seeds: readonly number[]): Promise<readonly string[]> => {
  const place = await openPlace(suite.engine);
  const failures: string[] = [];
  try {
    for (const seed of seeds) {
      const failure = await tellOne(place, suite, seed);
      if (failure !== undefined) failures.push(failure);
    }
  } finally {
    await place.close();
  }
  return failures;
};

/** The suite's share, all of it in CI and a tenth otherwise, or `TIDEMARK_HISTORIES`; a test for some of them each. */
export const tellHistories = (suite: Suite): void => {
  const count =
    asked('TIDEMARK_HISTORIES') ??
    (process.env['CI'] === undefined ? Math.ceil(suite.share / 10) : suite.share);
  for (let first = 0; first < count; first += perShare) {
    const seeds = Array.from(
      { length: Math.min(perShare, count - first) },
      (_, place) => firstSeed + first + place,
    );
    it(
      `${suite.name}, ${seeds.length} histories from seed ${seeds[0]}`,
      { timeout: patienceMs },
      async () => {
        const some = Array.from({ length: lanes }, (_, lane) =>
          seeds.filter((seed) => seed % lanes === lane),
        );
        const failures = (await Promise.all(some.map((lane) => tellSome(suite, lane)))).flat();
        expect(failures.join('\n\n')).toBe('');
      },
    );
  }
};
