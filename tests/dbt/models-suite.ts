// Targets that are dbt models: run incrementally under random changes, every model of the second project equals what
// its own SQL builds from scratch.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../scripts/shop/random.ts';
import { validate } from '../../src/batch/validate.ts';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Query, type Sandbox } from '../support/sandbox.ts';
import { changes, firstRows } from './dimensional/changes.ts';
import { mappings } from './dimensional/mappings.ts';
import { between, compiled, manifest, sources, targets } from './dimensional/project.ts';

const asTable = (engine: Engine, name: string): string =>
  `create table marts.${name} as ${compiled(engine, name)}`;

export const writeManifest = (
  sandbox: Sandbox,
  change: (name: string, sql: string) => string | undefined = (_, sql) => sql,
): void => {
  mkdirSync(join(sandbox.folder, 'target'), { recursive: true });
  writeFileSync(
    join(sandbox.folder, 'target/manifest.json'),
    JSON.stringify(manifest(sandbox.engine, change)),
  );
};

/** The second project with its rows and tables, as dbt leaves it. */
export const dimensional = async (engine: Engine, seed: number, built = true): Promise<Sandbox> => {
  const sandbox = await createSandbox(engine, {
    tables: [
      'create schema raw',
      'create schema marts',
      ...Object.entries(sources).map(([name, { ddl }]) => `create table raw.${name} (${ddl})`),
      ...firstRows(seededRandom(seed)),
      ...between.map((name) => `create view marts.${name} as ${compiled(engine, name)}`),
      ...(built ? Object.keys(targets).map((name) => asTable(engine, name)) : []),
    ],
    mappings,
  });
  const warehouse =
    engine === 'duckdb' ? { type: 'duckdb', path: sandbox.place } : { type: 'postgres', url: sandbox.place };
  writeFileSync(
    join(sandbox.folder, 'tidemark.yml'),
    `version: 1\nname: dimensional\nwarehouse: ${JSON.stringify(warehouse)}\nschemas: { staging: raw, mirrors: raw_mirrors, targets: marts, state: tidemark }\nmanifest: target/manifest.json\nlimits: { deletes: 100%, touched: 100% }\n`,
  );
  writeManifest(sandbox);
  return sandbox;
};

/** How many rows of each target are not what its SQL builds. */
const unlikeRebuilt = async (engine: Engine, query: Query): Promise<Readonly<Record<string, number>>> => {
  const found: Record<string, number> = {};
  for (const name of Object.keys(targets)) {
    const built = `select * from (${compiled(engine, name)}) as built`;
    const [row] = await query(
      `select count(*) as rows from ((select * from marts.${name} except all ${built}) union all (${built} except all select * from marts.${name})) as rest`,
    );
    if (Number(row?.['rows']) > 0) found[name] = Number(row?.['rows']);
  }
  return found;
};

export const describeModels = (engine: Engine, seeds: readonly number[], rounds: number): void => {
  describe.for(seeds)(`every model of the second project on ${engine}, seed %i`, (seed) => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await dimensional(engine, seed);
    });
    afterAll(() => sandbox.remove());

    it('is taken over as dbt built it', async () => {
      const { report } = await sandbox.run();
      expect(report).toMatchObject({ status: 'applied', behind: [], errors: [] });
    });

    it('says what cannot be traced, and of which relation', async () => {
      const { problems, status } = await validate({ project: sandbox.project() });
      const told = Object.entries(targets)
        .filter(([, { inFull }]) => inFull.length > 0)
        .map(([name, { inFull }]) => `${name}: ${inFull.join(' ')}`);
      const found = problems.map(({ code, message }) => {
        const [name = '', ...relations] = [
          ...(message.split(' change')[0]?.matchAll(/`([^`]+)`/g) ?? []),
        ].map(([, each = '']) => each);
        return code === 'compared_in_full' ? `${name}: ${relations.toSorted().join(' ')}` : message;
      });
      expect(found.toSorted()).toEqual(told.toSorted());
      expect(status).toBe('valid');
    });

    it.for(Array.from({ length: rounds }, (_, round) => round))(
      'equals a build from scratch after round %i',
      async (round) => {
        const random = seededRandom(seed * 1000 + round);
        await sandbox.sql(...changes(random));
        const { report } = await sandbox.run();
        expect(report.behind).toEqual([]);
        expect(report.errors).toEqual([]);
        expect(await sandbox.session((query) => unlikeRebuilt(engine, query))).toEqual({});
      },
    );

    it('is verified equal at the end', async () => {
      const { report } = await verify({ project: sandbox.project() });
      expect(report.status).toBe('equal');
    });
  });
};
