// The big shop of the benchmarks: made in a place, taken over by a first run, and changed a little at a time.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateBench } from '../shop/bench-data.ts';
import type { Scale } from '../shop/generate.ts';
import type { Connection, Lab, Place } from './place.ts';
import { expectStatus, runProbed, runProgram, type Probed, type Ran } from './program.ts';

/** How often a run looks for rows that are gone: what its whole-table part is. */
export type Deletes = 'every run' | '24h';

export interface Shop {
  readonly place: Place;
  readonly scale: Scale;
  /** The folders of two projects over the same tables. */
  readonly project: Readonly<Record<Deletes, string>>;
  /** Renames so many companies, others each time, stamped an hour later than those before. */
  change(companies: number): Promise<void>;
  changeOn(connection: Connection, companies: number): Promise<void>;
  /** The same tables, the same changes from here on. */
  copy(name: string): Promise<Shop>;
}

const mappings = fileURLToPath(new URL('../../mappings/', import.meta.url));

export const projectFile = (place: Place): string => `version: 1
name: bench
warehouse: ${JSON.stringify(place.warehouse)}
schemas: { staging: staging, mirrors: staging_public, targets: marts, state: tidemark }
mappings: mappings
`;

const sourcesFile = (deletes: Deletes): string => `sources:
  countries: { key: id, updated_at: updated_at, created_at: created_at }
  companies: { key: id, updated_at: updated_at, created_at: created_at, deletes: ${deletes} }
`;

const writeProject = async (folder: string, place: Place, deletes: Deletes): Promise<string> => {
  await mkdir(join(folder, 'mappings'), { recursive: true });
  await writeFile(join(folder, 'tidemark.yml'), projectFile(place));
  await writeFile(join(folder, 'mappings', 'sources.yml'), sourcesFile(deletes));
  for (const target of ['fact_sales.yml', 'fact_vendor.yml']) {
    await copyFile(join(mappings, target), join(folder, 'mappings', target));
  }
  return folder;
};

/** Ids are spread over the table by a step that shares no factor with its size. */
const rename = (
  { companies: all }: Scale,
  companies: number,
  round: number,
): string => `update staging.companies
set name = 'Company ' || id || ' as of change ${round}', updated_at = timestamp '2025-06-01 00:00:00' + ${round} * interval '1 hour'
where id in (select 1 + (k * 7919 + ${round} * 104729) % ${all} from generate_series(1, ${companies}) as series(k))`;

const shopAt = async (
  place: Place,
  {
    folder,
    scale,
    firstRound,
  }: { readonly folder: string; readonly scale: Scale; readonly firstRound: number },
): Promise<Shop> => {
  let round = firstRound;
  const changeOn = async (connection: Connection, companies: number): Promise<void> => {
    round += 1;
    await connection.execute(rename(scale, companies, round));
    // What is timed next must not begin with somebody else's write-ahead log, nor find pages that Postgres has
    // written whole since its last checkpoint: batches are further apart than checkpoints.
    await connection.execute('checkpoint');
  };
  return {
    place,
    scale,
    project: {
      'every run': await writeProject(folder, place, 'every run'),
      '24h': await writeProject(`${folder}-24h`, place, '24h'),
    },
    changeOn,
    change: (companies) => place.use((connection) => changeOn(connection, companies)),
    copy: async (name) =>
      shopAt(await place.copy(name), { folder: `${folder}-${name}`, scale, firstRound: round }),
  };
};

export interface MadeShop {
  readonly shop: Shop;
  /** The run that took the tables over. */
  readonly first: Ran & Probed;
}

export const makeShop = async (
  lab: Lab,
  { name, folder, scale }: { readonly name: string; readonly folder: string; readonly scale: Scale },
): Promise<MadeShop> => {
  const place = await lab.make(name);
  await place.use((connection) => generateBench(connection.execute, { engine: lab.engine, scale }));
  const shop = await shopAt(place, { folder: join(folder, `${lab.engine}-${name}`), scale, firstRound: 0 });
  const first = await runProbed(shop.project['every run']);
  expectStatus(first, 'applied');
  if (lab.engine === 'postgres') await place.use((connection) => connection.execute('vacuum analyze'));
  // The tables that the first run made are read once by the next.
  expectStatus(await runProgram(shop.project['every run']), 'idle');
  return { shop, first };
};
