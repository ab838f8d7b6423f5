// A history of millions of versions brought in step, beside the statements of a dbt snapshot (strategy `check`) over
// the same rows: the finding of what changed, and what is done once it is found.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleOf, timed, type Sample } from '../measure.ts';
import { engineName, onlyText, type Connection, type Lab, type Place } from '../place.ts';
import { expectStatus, runProgram } from '../program.ts';
import { count, percent, sampleCells, sampleHead, times, type Section } from '../section.ts';
import { projectFile } from '../shop.ts';
import { attributes, compareByDbt, prepareSnapshot, writeByDbt } from '../snapshot-by-hand.ts';

const promisedFactor = 5;
const shares = [0.01, 0.001];

const mapping = `target: people_scd
key: id
from: people
columns: { id: people.id, ${attributes.map((name) => `${name}: people.${name}`).join(', ')} }
history: { valid_from: valid_from, valid_to: valid_to, is_current: is_current }
`;

const values = (seed: string, word = ''): string =>
  attributes
    .map((name, place) => `'${word}${name} ' || ((k * ${place + 3} + ${seed}) % 9973) as ${name}`)
    .join(', ');

/** Half as many closed versions again as there are keys: each key has one, every other a second. */
const makeTables = async ({ execute }: Connection, keys: number): Promise<void> => {
  const closed = Math.round(keys * 1.5);
  const series = (to: number): string => `generate_series(1, ${to}) as series(k)`;
  await execute('create schema staging');
  await execute('create schema marts');
  await execute(
    `create table staging.people as select cast(k as bigint) as id, ${values('0')} from ${series(keys)}`,
  );
  await execute(`create table marts.people_scd as
select id, ${attributes.join(', ')}, timestamp '2024-01-01' as valid_from, cast(null as timestamp) as valid_to, true as is_current from staging.people
union all
select cast(1 + (k - 1) % ${keys} as bigint), ${values('k', 'old ')}, case when k <= ${keys} then timestamp '2020-01-01' else timestamp '2021-01-01' end,
  case when k <= ${closed - keys} then timestamp '2021-01-01' else timestamp '2024-01-01' end, false from ${series(closed)}`);
};

const change = (keys: number, share: number, round: number): string =>
  `update staging.people set name = name || '.', city = 'moved ${round}' where id in (select 1 + (k * 7919 + ${round} * 104729) % ${keys} from generate_series(1, ${Math.max(1, Math.round(keys * share))}) as series(k))`;

interface Phases {
  readonly freeze: number;
  readonly rest: number;
}

/** What the run itself says of its last batch. */
const phasesOf = async (connection: Connection): Promise<Phases> => {
  const text = await onlyText(
    connection,
    'select cast(phases as varchar) from tidemark.runs where batch is not null order by batch desc limit 1',
  );
  const phases = JSON.parse(text) as Readonly<Record<string, number>>;
  return { freeze: phases['freeze'] ?? 0, rest: (phases['compute'] ?? 0) + (phases['commit'] ?? 0) };
};

interface Figures {
  readonly share: number;
  readonly find: Sample;
  readonly apply: Sample;
  readonly compare: Sample;
  readonly snapshot: Sample;
}

interface World {
  readonly place: Place;
  readonly project: string;
  readonly keys: number;
}

const measure = async (world: World, share: number, runs: number, first: number): Promise<Figures> => {
  const { place, project, keys } = world;
  const [find, apply, compare, snapshot]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round <= runs; round += 1) {
    const ours = async (): Promise<void> => {
      expectStatus(await runProgram(project), 'applied');
      const phases = await place.use(phasesOf);
      if (round > 0) find.push(phases.freeze);
      if (round > 0) apply.push(phases.rest);
    };
    const theirs = (): Promise<void> =>
      place.use(async (connection) => {
        const compared = await timed(() => compareByDbt(connection));
        const written = await timed(() => writeByDbt(connection));
        if (round > 0) compare.push(compared);
        if (round > 0) snapshot.push(compared + written);
      });
    await place.use(async ({ execute }) => {
      await execute(change(keys, share, first + round));
      await execute('checkpoint');
    });
    for (const turn of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) await turn();
  }
  const [a, b, c, d] = [find, apply, compare, snapshot].map(sampleOf);
  if (a === undefined || b === undefined || c === undefined || d === undefined)
    throw new RangeError('no figures');
  return { share, find: a, apply: b, compare: c, snapshot: d };
};

const makeWorld = async (lab: Lab, folder: string, keys: number): Promise<World> => {
  const place = await lab.make('histories');
  await place.use(async (connection) => {
    await makeTables(connection, keys);
    await prepareSnapshot(connection);
    if (lab.engine === 'postgres') await connection.execute('create index on marts.people_scd (id)');
    if (lab.engine === 'postgres') await connection.execute('vacuum analyze');
  });
  const project = join(folder, `${lab.engine}-histories`);
  await mkdir(join(project, 'mappings'), { recursive: true });
  await writeFile(join(project, 'tidemark.yml'), projectFile(place));
  await writeFile(join(project, 'mappings', 'sources.yml'), 'sources:\n  people: { key: id }\n');
  await writeFile(join(project, 'mappings', 'people_scd.yml'), mapping);
  expectStatus(await runProgram(project), 'applied');
  if (lab.engine === 'postgres') await place.use(({ execute }) => execute('vacuum analyze'));
  return { place, project, keys };
};

const claims = (figures: readonly Figures[]): Section['claims'] =>
  figures.flatMap(({ share, find, apply, compare, snapshot }) => {
    const factor = snapshot.medianMs / apply.medianMs;
    return [
      {
        says: `given what changed (${percent(share)} of the keys), at least ${promisedFactor}× faster than the statements of a dbt snapshot`,
        measured: times(factor),
        met: factor >= promisedFactor,
      },
      {
        says: `finding what changed (${percent(share)}) is no dearer than their compare`,
        measured: times(find.medianMs / compare.medianMs),
        met: find.medianMs <= compare.medianMs,
      },
    ];
  });

export const histories = async (lab: Lab, folder: string, keys: number, runs: number): Promise<Section> => {
  const world = await makeWorld(lab, folder, keys);
  const figures: Figures[] = [];
  try {
    for (const [place, share] of shares.entries())
      figures.push(await measure(world, share, runs, 1 + place * (runs + 1)));
  } finally {
    await world.place.drop();
  }
  return {
    title: `A history beside a dbt snapshot, ${engineName(lab.engine)}`,
    text: `${count(keys)} keys and ${count(Math.round(keys * 1.5))} closed versions, ${attributes.length} columns compared; no watermark, so that a run compares the whole of staging, as the snapshot does. Of the run its own phases, audit, ledger and events included; of dbt the statements of the strategy \`check\`, written by hand, on an open connection.`,
    head: ['', ...sampleHead],
    rows: figures.flatMap(({ share, find, apply, compare, snapshot }) => [
      [`${percent(share)}: finding what changed`, ...sampleCells(find)],
      [`${percent(share)}: versions, audit, events, mirror`, ...sampleCells(apply)],
      [`${percent(share)}: dbt's compare`, ...sampleCells(compare)],
      [`${percent(share)}: all statements of the snapshot`, ...sampleCells(snapshot)],
    ]),
    claims: claims(figures),
  };
};
