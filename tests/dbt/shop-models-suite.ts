// The sample shop with dbt's own SQL in the place of its mappings: run incrementally, every model equals a build.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTargets, compiledFolder, readBuild } from '../../scripts/shop/build-targets.ts';
import { shopChanges, type Changes } from '../../scripts/shop/change.ts';
import { generateShop } from '../../scripts/shop/generate.ts';
import { plan } from '../../src/batch/plan.ts';
import { verify } from '../../src/batch/verify.ts';
import { readMappings } from '../shop/mapping-sql.ts';
import { createSandbox, type Engine, type Query, type Sandbox } from '../support/sandbox.ts';

const scale = { companies: 12, sales: 30 };

/** Versions are numbered over all users: each is found by its number. */
const keys = new Map(
  readMappings().map(({ target, key, history }) => [
    target,
    history === undefined ? [key].flat() : [history.surrogate_key],
  ]),
);

const manifestOf = async (engine: Engine): Promise<unknown> => {
  const { nodes } = await readBuild(engine);
  return {
    metadata: {
      dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
      dbt_version: '1.12.0',
      project_name: 'shop',
      adapter_type: engine,
    },
    nodes: Object.fromEntries(
      nodes.map(({ name, file }) => [
        `model.shop.${name}`,
        {
          resource_type: 'model',
          name,
          package_name: 'shop',
          schema: 'marts',
          config: { materialized: 'table' },
          depends_on: { nodes: [] },
          original_file_path: `models/${file}`,
          compiled_code: readFileSync(new URL(file, compiledFolder(engine)), 'utf8'),
        },
      ]),
    ),
    sources: {},
  };
};

const shop = async (engine: Engine, seed: number): Promise<Sandbox> => {
  const sandbox = await createSandbox(engine, {
    tables: ['create schema staging'],
    mappings: {
      'sources.yml': readFileSync(new URL('../../mappings/sources.yml', import.meta.url), 'utf8'),
      ...Object.fromEntries(
        [...keys].map(([name, key]) => [
          `${name}.yml`,
          `target: ${name}\nkey: [${key.join(', ')}]\nmodel: ${name}\nlimits: { deletes: 100%, touched: 100% }\n`,
        ]),
      ),
    },
  });
  const file = join(sandbox.folder, 'tidemark.yml');
  writeFileSync(
    file,
    `${readFileSync(file, 'utf8')}manifest: target/manifest.json\nlimits: { deletes: 100%, touched: 100% }\n`,
  );
  mkdirSync(join(sandbox.folder, 'target'));
  writeFileSync(join(sandbox.folder, 'target/manifest.json'), JSON.stringify(await manifestOf(engine)));
  await sandbox.session(async (query) => {
    await generateShop(query, { seed, scale, schema: 'staging' });
    await buildTargets(query, { engine });
  });
  return sandbox;
};

const unlikeRebuilt = async (engine: Engine, query: Query): Promise<Readonly<Record<string, number>>> => {
  const names = await buildTargets(query, { engine, buildInto: 'rebuilt' });
  const found: Record<string, number> = {};
  for (const name of names) {
    const [row] = await query(
      `select count(*) as rows from ((select * from marts.${name} except all select * from rebuilt.${name}) union all (select * from rebuilt.${name} except all select * from marts.${name})) as rest`,
    );
    if (Number(row?.['rows']) > 0) found[name] = Number(row?.['rows']);
  }
  return found;
};

export const describeShopModels = (engine: Engine, seed: number, rounds: number): void => {
  describe(`every model of the sample shop as its own mapping on ${engine}`, () => {
    let sandbox: Sandbox;
    let changes: Changes;
    beforeAll(async () => {
      sandbox = await shop(engine, seed);
      changes = shopChanges({ seed, scale, schema: 'staging' });
    });
    afterAll(() => sandbox.remove());

    it('is taken over as dbt built it', async () => {
      const { report } = await sandbox.run();
      expect(report).toMatchObject({ status: 'applied', targets: [], behind: [], errors: [] });
    });

    it.for(Array.from({ length: rounds }, (_, round) => round))(
      'equals a build after round %i, as was planned, and is idle then',
      async (round) => {
        const statements = changes.next({ count: 1 + round * 4, moment: `2026-02-0${round + 1} 09:30:00` });
        await sandbox.sql(...statements.map(({ sql }) => sql));
        const planned = await plan({ project: sandbox.project(), samples: 0 });
        const { report } = await sandbox.run();
        expect(report).toMatchObject({ behind: [], errors: [], digest: planned.report.digest });
        expect(await sandbox.session((query) => unlikeRebuilt(engine, query))).toEqual({});
        expect((await sandbox.run()).report).toMatchObject({ status: 'idle', batch: null });
      },
    );

    it('is verified equal, and its writes name the changes that caused them', async () => {
      const { report } = await verify({ project: sandbox.project() });
      expect(report.status).toBe('equal');
      const caused = await sandbox.sql(
        `select distinct target from tidemark.audit where causes is not null order by target`,
      );
      expect(caused.map((row) => row['target'])).toEqual(
        expect.arrayContaining(['fact_order', 'fact_product', 'fact_vendor']),
      );
    });
  });
};
