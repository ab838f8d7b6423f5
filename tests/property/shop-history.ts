// Histories of the sample shop: random changes in staging, a batch, and every target compared with what the dbt
// project's own SQL builds from scratch.
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { planIn } from '../../src/batch/plan.ts';
import { runIn } from '../../src/batch/run.ts';
import { buildTargets, type ShopEngine } from '../../scripts/shop/build-targets.ts';
import { shopChanges } from '../../scripts/shop/change.ts';
import { generateShop, type Scale } from '../../scripts/shop/generate.ts';
import { seededRandom } from '../../scripts/shop/random.ts';
import { STAGING, STAGING_TABLES } from '../../scripts/shop/schema.ts';
import { readMappings } from '../shop/mapping-sql.ts';
import { tellHistories, type History } from './histories.ts';
import { checkBatch, expectNothing, sameWorld } from './invariants.ts';
import { projectAt, type Engine, type Schemas } from './place.ts';
import {
  keyOf,
  noRows,
  readWorld,
  unlike,
  type Cells,
  type Rows,
  type Watched,
  type World,
} from './world.ts';

const scale: Scale = { companies: 12, sales: 30 };

const mappings = fileURLToPath(new URL('../../mappings/', import.meta.url));

const watchedShop = (schemas: Schemas): Watched => ({
  schemas,
  sources: STAGING_TABLES.map((name) => ({ name, key: STAGING[name].key })),
  targets: readMappings().map(({ target, key, columns, history }) => ({
    name: target,
    key: [key, history === undefined ? [] : 'valid_from'].flat(2),
    mapped: [
      ...Object.keys(columns),
      ...(history === undefined ? [] : [history.surrogate_key, 'valid_from', 'valid_to', 'is_current']),
    ],
    touched: target === 'fact_sales' ? ['_updated_at'] : [],
  })),
});

const companyOf = (companies: Rows, id: unknown): Cells | undefined =>
  id === null ? undefined : companies.get(keyOf([id]));

/** The rows are dbt's: only the two columns follow their vendor, and stay when it is gone. */
const salesAfter = (before: Rows, companies: Rows): Rows =>
  new Map(
    [...before].map(([key, sale]) => {
      const vendor = companyOf(companies, sale['vendor_id']);
      if (vendor === undefined) return [key, sale];
      return [key, { ...sale, vendor_name: vendor['name'], vendor_country_id: vendor['country_id'] }];
    }),
  );

const only = (rows: Rows, columns: readonly string[]): Rows =>
  new Map(
    [...rows].map(([key, cells]) => [key, Object.fromEntries(columns.map((name) => [name, cells[name]]))]),
  );

/** Of each user there is one current version, which shows him as he is now. */
const checkVersions = ({ staging, targets }: World): readonly string[] => {
  const current = [...(targets.get('customers_scd') ?? noRows).values()].filter(
    (cells) => cells['is_current'] === true,
  );
  const shown = current.map((cells) => [JSON.stringify([cells['customer_id']]), cells] as const);
  const users = [...(staging.get('users') ?? noRows)].map(
    ([key, { id, email, name, opted_in }]) => [key, { customer_id: id, email, name, opted_in }] as const,
  );
  const columns = ['customer_id', 'email', 'name', 'opted_in'];
  const twice = shown.length === new Map(shown).size ? [] : ['a user has two current versions'];
  return [...twice, ...unlike('the current versions', new Map(users), only(new Map(shown), columns))];
};

/** I1: each target is what a build from scratch makes. */
const checkTargets = async (
  { place, schemas }: History,
  watched: Watched,
  before: World,
  after: World,
): Promise<readonly string[]> => {
  const rebuildable = watched.targets.filter(({ name }) => name !== 'customers_scd');
  const names = rebuildable.map(({ name }) => name).filter((name) => name !== 'fact_sales');
  await buildTargets(place.rows, {
    engine: shopEngine(place.engine),
    readFrom: schemas.staging,
    buildInto: schemas.rebuilt,
    only: names,
  });
  const rebuilt = await readWorld(place, {
    ...watched,
    targets: rebuildable,
    schemas: { ...schemas, targets: schemas.rebuilt },
  });
  const others = rebuildable.flatMap(({ name, mapped }) => {
    const expected =
      name === 'fact_sales'
        ? salesAfter(before.targets.get(name) ?? noRows, after.staging.get('companies') ?? noRows)
        : (rebuilt.targets.get(name) ?? noRows);
    return unlike(name, only(expected, mapped), only(after.targets.get(name) ?? noRows, mapped));
  });
  return [...others, ...checkVersions(after)];
};

const checkMirrors = (world: World): readonly string[] =>
  STAGING_TABLES.flatMap((name) =>
    unlike(`the mirror of ${name}`, world.staging.get(name) ?? noRows, world.mirrors.get(name) ?? noRows),
  );

const everything = ['staging', 'mirrors', 'targets', 'records'] as const;

const moments = (round: number): string => `2026-02-0${round + 1} 09:30:00.12345${round}`;

/** Its SQL was compiled by dbt for these. */
const shopEngine = (engine: Engine): ShopEngine => {
  if (engine === 'snowflake') throw new Error('the shop is not compiled for Snowflake');
  return engine;
};

const tell = async (history: History): Promise<void> => {
  const { place, schemas, seed } = history;
  const random = seededRandom(seed);
  const watched = watchedShop(schemas);
  const project = projectAt(place, schemas, mappings);
  const { warehouse } = place;
  await generateShop(place.rows, { seed, scale, schema: schemas.staging });
  await buildTargets(place.rows, {
    engine: shopEngine(place.engine),
    readFrom: schemas.staging,
    buildInto: schemas.targets,
  });
  const first = await runIn(warehouse, { project });
  expect(first.report).toMatchObject({ status: 'applied', kind: 'bootstrap', behind: [], targets: [] });
  expectNothing(checkMirrors(await readWorld(place, watched)));

  // What is looked at besides has chances of its own: the same seed stays the same history.
  const looks = seededRandom(seed + 2);
  const changes = shopChanges({ seed: seed + 1, scale, schema: schemas.staging });
  const rounds = 3 + random.below(3);
  for (let round = 0; round < rounds; round += 1) {
    const count = 1 + random.below(random.oneOf([3, 12, 40]));
    const statements = changes.next({ count, moment: moments(round) });
    for (const { sql } of statements) await place.execute(sql);
    const before = await readWorld(place, watched);
    const planned = looks.chance(2) ? await planIn(warehouse, { project, samples: 0 }) : undefined;
    if (planned !== undefined) expectNothing(sameWorld(before, await readWorld(place, watched), everything));
    const { report } = await runIn(warehouse, { project });
    const after = await readWorld(place, watched);
    expect({ round, behind: report.behind, digest: report.digest }).toEqual({
      round,
      behind: [],
      digest: planned?.report.digest ?? report.digest,
    });
    expectNothing([
      ...(await checkBatch(place, { watched, before, after, report, caused: true })),
      ...checkMirrors(after),
      ...(await checkTargets(history, watched, before, after)),
    ]);
    if (!looks.chance(2)) continue;
    const again = await runIn(warehouse, { project });
    expect(again.report).toMatchObject({ status: 'idle', batch: null, sources: [], targets: [] });
    expectNothing(sameWorld(after, await readWorld(place, watched), everything));
  }
};

export const describeShopHistories = (engine: Engine, file: string): void => {
  tellHistories({ name: 'the sample shop', engine, file, share: 20, tell });
};
