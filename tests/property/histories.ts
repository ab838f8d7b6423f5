// How many histories, from which seed, and how a failure says how to see it again.
import { it } from 'vitest';
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

const firstSeed = asked('TIDEMARK_SEED') ?? Math.trunc(Math.random() * 1_000_000);

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

/** The suite's share of `TIDEMARK_HISTORIES` or of its default, a test for some of them each. */
export const tellHistories = (suite: Suite): void => {
  const count = asked('TIDEMARK_HISTORIES') ?? suite.share;
  for (let first = 0; first < count; first += perShare) {
    const last = Math.min(first + perShare, count) - 1;
    it(`${suite.name}, seeds ${firstSeed + first} to ${firstSeed + last}`, { timeout: patienceMs }, async () => {
      const place = await openPlace(suite.engine);
      try {
        const failures: string[] = [];
        for (let each = first; each <= last; each += 1) {
          const failure = await tellOne(place, suite, firstSeed + each);
          if (failure !== undefined) failures.push(failure);
        }
        if (failures.length > 0) throw new Error(`${failures.length} histories failed\n${failures.join('\n\n')}`);
      } finally {
        await place.close();
      }
    });
  }
};
