// Whatever order, grouping and repetition a log of changes arrives in: after every batch the mirror, and the targets
// over it, hold what the reference makes of the rows that have landed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { seededRandom } from '../../scripts/shop/random.ts';
import { runIn } from '../../src/batch/run.ts';
import { verifyIn } from '../../src/batch/verify.ts';
import { tellHistories, type History } from './histories.ts';
import {
  columns,
  drawLog,
  drawManner,
  drawNoise,
  drawOwners,
  type Change,
  type Manner,
} from './log-folding/draw.ts';
import { eventsOf, type KeyedEvent } from './log-folding/events.ts';
import { createLog, Landing, overlap, shuffled } from './log-folding/landing.ts';
import { projectAt, type Engine, type Place, type Schemas } from './place.ts';
import { fold, type Cells } from './reference/fold.ts';

const logsPerHistory = 160;

const sourcesFile = (schemas: Schemas, manner: Manner, readsAll: boolean): string => {
  const images =
    manner.images === 'json'
      ? '    before: before\n    after: after\n    types: { log: bigint, id: bigint, a: varchar, b: bigint, c: boolean }\n'
      : '    columns: [log, id, a, b, c]\n';
  const source = (name: string): string => `  ${name}:
    table: ${schemas.staging}.raw_changes
    detect: log
    where: kind = '${name}'
    key: [log, id]
    op: op
    sequence: ${manner.parts === 1 ? 's1' : '[s1, s2]'}
    arrival: place
    overlap: ${overlap}
    full_compare: ${readsAll ? '0s' : 'never'}
${images}`;
  return `sources:\n${source('things')}${source('owners')}`;
};

const factFile = `target: fact_thing
key: [log, id]
from: things
join: { owners: things.b = owners.id and things.log = owners.log }
where: things.c is not false
columns: { log: things.log, id: things.id, a: things.a, owner: owners.a }
`;

type Rows = readonly string[];

const rowText = (log: number, id: number, cells: Cells, names: readonly string[]): string =>
  JSON.stringify([
    String(log),
    String(id),
    ...names.map((name) => (typeof cells[name] === 'number' ? String(cells[name]) : cells[name])),
  ]);

interface Folded {
  readonly log: number;
  readonly id: number;
  readonly cells: Cells;
}

const foldAll = (landed: readonly Change[], manner: Manner, table: string): readonly Folded[] => {
  const own = landed.filter((change) => change.table === table);
  const byKey = new Map<string, KeyedEvent[]>();
  for (const event of own.flatMap((change) => eventsOf(change, manner))) {
    const key = `${event.log} ${event.id}`;
    byKey.set(key, [...(byKey.get(key) ?? []), event]);
  }
  const truncates = own.filter(({ op }) => op === 't');
  return [...byKey.values()].flatMap((events): readonly Folded[] => {
    const [first] = events;
    if (first === undefined) return [];
    const { log, id } = first;
    const emptied = truncates.map(({ sequence }) => ({ op: 'D' as const, sequence, hash: 't', cells: {} }));
    const cells = fold([...events, ...emptied], columns);
    return cells === undefined ? [] : [{ log, id, cells }];
  });
};

const expectedFacts = (things: readonly Folded[], owners: readonly Folded[]): Rows =>
  things
    .filter(({ cells }) => cells['c'] !== false)
    .map(({ log, id, cells }) => {
      const owner = owners.find((each) => each.log === log && each.id === cells['b']);
      return rowText(log, id, { a: cells['a'] ?? null, owner: owner?.cells['a'] ?? null }, ['a', 'owner']);
    })
    .toSorted();

const rowsOf = async (
  place: Place,
  schema: string,
  table: string,
  names: readonly string[],
): Promise<Rows> => {
  const rows = await place.rows<Record<string, unknown>>(
    `select log, id, ${names.join(', ')} from "${schema}".${table}`,
  );
  return rows.map((row) => JSON.stringify(Object.values(row))).toSorted();
};

const check = async (
  { place, schemas }: History,
  manner: Manner,
  landed: readonly Change[],
): Promise<void> => {
  const things = foldAll(landed, manner, 'things');
  const owners = foldAll(landed, manner, 'owners');
  const mirrored = (rows: readonly Folded[]): Rows =>
    rows.map(({ log, id, cells }) => rowText(log, id, cells, columns)).toSorted();
  expect({ mirror: await rowsOf(place, schemas.mirrors, 'things', columns) }).toEqual({
    mirror: mirrored(things),
  });
  expect({ mirror: await rowsOf(place, schemas.mirrors, 'owners', columns) }).toEqual({
    mirror: mirrored(owners),
  });
  expect({ fact: await rowsOf(place, schemas.targets, 'fact_thing', ['a', 'owner']) }).toEqual({
    fact: expectedFacts(things, owners),
  });
};

const tell = async (history: History): Promise<void> => {
  const { place, schemas, seed } = history;
  const random = seededRandom(seed);
  const manner = drawManner(random);
  const once = [
    ...Array.from({ length: logsPerHistory }, (_, log) => drawLog(random, manner, log)).flat(),
    ...Array.from({ length: 10 }, () => drawOwners(random, manner, logsPerHistory)).flat(),
    ...Array.from({ length: 4 }, () => drawNoise(random, manner)).flat(),
    ...(manner.truncates
      ? [{ op: 't', table: 'things', sequence: [random.below(manner.moments), 0].slice(0, manner.parts) }]
      : []),
  ];
  const again = once.filter(() => random.chance(5));
  const batches: Change[][] = Array.from({ length: 1 + random.below(5) }, () => []);
  for (const change of shuffled(random, [...once, ...again]))
    batches[random.below(batches.length)]?.push(change);
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-logs-'));
  try {
    writeFileSync(join(folder, 'sources.yml'), sourcesFile(schemas, manner, random.chance(4)));
    writeFileSync(join(folder, 'fact_thing.yml'), factFile);
    await place.execute(`create schema "${schemas.staging}"`);
    await createLog(place, schemas, manner);
    const project = projectAt(place, schemas, folder);
    const landing = new Landing(random);
    const landed: Change[] = [];
    for (const batch of batches) {
      await landing.append(place, schemas, batch, manner);
      landed.push(...batch);
      const { report } = await runIn(place.warehouse, { project });
      expect({ behind: report.behind, errors: report.errors }).toEqual({ behind: [], errors: [] });
      await check(history, manner, landed);
    }
    expect((await runIn(place.warehouse, { project })).report.status).toBe('idle');
    expect((await verifyIn(place.warehouse, { project })).report.status).toBe('equal');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A history is a hundred and sixty logs. */
export const describeLogFolding = (engine: Engine, file: string): void => {
  tellHistories({ name: `logs of changes, ${logsPerHistory} each`, engine, file, share: 13, tell });
};
