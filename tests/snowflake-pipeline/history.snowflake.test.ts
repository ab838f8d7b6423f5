// The SCD2 routines of the pipeline, run on the double by the real driver, against the plain reference of histories: random logs
// in random batches, out of order and told twice. And the MERGE of the textbooks on the same events, which loses them.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom, type Random } from '../../scripts/shop/random.ts';
import { timeline, type KeyEvent, type Rules } from '../property/reference/timeline.ts';
import { openDouble, openRunner, type Runner } from '../support/pipeline-runner.ts';
import type { Double } from '../support/snowflake-double/server.ts';
import { land, logSource, rawChanges, shownHour, type Told } from './landing.ts';
import { pipelineOf } from './pipelines.ts';

let double: Double;
let runner: Runner | undefined;
beforeAll(async () => {
  double = await openDouble();
});
afterEach(async () => {
  await runner?.close();
  runner = undefined;
});
afterAll(async () => {
  await double.stop();
});

const seed = Number(process.env['TIDEMARK_TEST_SEED'] ?? 20261201);

const sources = `sources:\n${logSource('things', 'id: varchar, name: varchar, city: varchar, note: varchar')}`;

const mapping = (deletes: Rules['deletes'], more = ''): string => `target: THINGS_SCD
key: ID
from: things
columns: { ID: things.id, NAME: things.name, CITY: things.city, NOTE: things.note }
history: { track: [NAME, CITY], overwrite: [NOTE], deletes: ${deletes}, valid_from: VALID_FROM, valid_to: VALID_TO, is_current: IS_CURRENT, surrogate_key: THING_KEY${deletes === 'tombstone' ? ', deleted: IS_DELETED' : ''}${more} }
`;

const drawEvent = (random: Random, key: string, sequence: number): KeyEvent => {
  const event = { at: random.below(8), sequence, identity: `${key}/${sequence}` };
  if (random.chance(4)) return { op: 'D', ...event, cells: {} };
  const cells = {
    name: random.oneOf(['ann', 'ben', null, 'a"b', "o'hara"]),
    city: random.oneOf(['x', 'y', null]),
    note: random.oneOf(['p', 'q', null]),
  };
  return { op: 'U', ...event, cells };
};

interface Key {
  readonly key: string;
  readonly events: readonly KeyEvent[];
}

const drawKeys = (random: Random, count: number): readonly Key[] =>
  Array.from({ length: count }, (_, place) => {
    const key = `k${place}`;
    return {
      key,
      events: Array.from({ length: 1 + random.below(7) }, (_each, at) => drawEvent(random, key, at + 1)),
    };
  });

const drawBatches = (random: Random, keys: readonly Key[], count: number): readonly (readonly Told[])[] => {
  const batches: Told[][] = Array.from({ length: count }, () => []);
  for (const { key, events } of keys)
    for (const event of events)
      for (let times = random.chance(4) ? 2 : 1; times > 0; times -= 1)
        batches[random.below(count)]?.push({ key, event });
  return batches;
};

const rules = (deletes: Rules['deletes'], beginning?: number): Rules => ({
  track: ['name', 'city'],
  overwrite: ['note'],
  deletes,
  beginning,
});

type Line = readonly unknown[];

const expected = (keys: readonly Key[], told: ReadonlySet<KeyEvent>, of: Rules): readonly Line[] =>
  keys.flatMap(({ key, events }) =>
    timeline(
      events.filter((event) => told.has(event)),
      of,
    ).map(({ from, to, deleted, cells }) => [
      key,
      of.beginning !== undefined && from === of.beginning
        ? '1900-01-01 00:00:00.000000000+00:00'
        : shownHour(from),
      to === null ? null : shownHour(to),
      to === null,
      deleted,
      cells['name'],
      cells['city'],
      cells['note'],
    ]),
  );

const held = async (from: Runner): Promise<readonly Line[]> => {
  const rows = await from.rows('select * from "MARTS"."THINGS_SCD"');
  return rows.map((row) => [
    row['ID'],
    row['VALID_FROM'],
    row['VALID_TO'],
    row['IS_CURRENT'] === 'TRUE',
    row['IS_DELETED'] === 'TRUE',
    row['NAME'],
    row['CITY'],
    row['NOTE'],
  ]);
};

const inOrder = (lines: readonly Line[]): readonly string[] =>
  lines.map((line) => JSON.stringify(line)).toSorted();

/** A database of its own for each pipeline: their schemas have the same names. */
const start = async (text: string): Promise<Runner> => {
  await double.stop();
  double = await openDouble();
  runner = await openRunner(
    double,
    await pipelineOf({ 'sources.yml': sources, 'h.yml': text }, [rawChanges]),
  );
  return runner;
};

const step = async (at: Runner, things: readonly Told[]): Promise<void> => {
  await land(at, { things });
  await at.routine('PARSE_THINGS');
  await at.routine('APPLY_THINGS_SCD');
};

describe('a history in the warehouse (I9)', () => {
  it.each([
    ['close', '', undefined],
    ['tombstone', '', undefined],
    ['keep', ', first_valid_from: beginning', -1],
  ] as const)('is the timeline of its events, deletes: %s', async (deletes, more, beginning) => {
    const random = seededRandom(seed);
    const keys = drawKeys(random, 40);
    const batches = drawBatches(random, keys, 2);
    const at = await start(mapping(deletes, more));
    const told = new Set<KeyEvent>();
    for (const batch of batches) {
      for (const { key, event } of batch) {
        const found = keys.find((each) => each.key === key)?.events.find((each) => each === event);
        if (found !== undefined) told.add(found);
      }
      await step(at, batch);
      const wanted = expected(keys, told, rules(deletes, beginning));
      expect(inOrder(await held(at)), `seed ${seed}`).toEqual(inOrder(wanted));
    }
    const numbers = (await at.rows('select "THING_KEY" as "N" from "MARTS"."THINGS_SCD"')).map(({ N }) => N);
    expect(new Set(numbers).size).toBe(numbers.length);
    const rejected = await at.rows('select * from "TIDEMARK_PIPELINE"."REJECTED"');
    expect(rejected).toEqual([]);

    if (deletes !== 'close') return;
    // Everything again from all events changes nothing, and neither does a batch without events.
    const before = await at.rows('select * from "MARTS"."THINGS_SCD"');
    await at.routine('RECONCILE_THINGS_SCD');
    await step(at, []);
    expect(await at.rows('select * from "MARTS"."THINGS_SCD"')).toEqual(before);
  });

  it('keeps the number of a version that a late event splits', async () => {
    const at = await start(mapping('close'));
    const upsert = (sequence: number, hour: number, name: string): Told => ({
      key: 'a',
      event: { op: 'U', at: hour, sequence, cells: { name, city: null, note: null } },
    });
    await step(at, [upsert(1, 1, 'one'), upsert(3, 5, 'three')]);
    const numbers = 'select "NAME", "THING_KEY" from "MARTS"."THINGS_SCD" order by "VALID_FROM"';
    const [one, three] = await at.rows(numbers);
    await step(at, [upsert(2, 3, 'two')]);
    expect(await at.rows(numbers)).toEqual([one, { NAME: 'two', THING_KEY: '3' }, three]);
  });

  it('does not overwrite a table that somebody else filled', async () => {
    const at = await start(mapping('close'));
    await at.run(`insert into "MARTS"."THINGS_SCD" ("ID", "NAME") values ('old', 'theirs')`);
    await expect(
      step(at, [
        { key: 'a', event: { op: 'U', at: 1, sequence: 1, cells: { name: 'x', city: null, note: null } } },
      ]),
    ).rejects.toThrow(/THINGS_SCD holds rows that this pipeline did not write/);
    expect(await at.rows('select "ID" from "MARTS"."THINGS_SCD"')).toEqual([{ ID: 'old' }]);
  });
});

describe('the MERGE of the textbooks', () => {
  const upsert = (key: string, sequence: number, name: string | null): Told => ({
    key,
    event: { op: 'U', at: sequence, sequence, cells: { name, city: null, note: null } },
  });

  /** Close what changed, add what is new: the two legs of every tutorial, over what is new in EVENTS. */
  const textbook = (events: string): string => `merge into "MARTS"."BOOK" as t
using (
  select e."id" as "MERGE_KEY", e.* from (${events}) as e
  union all
  select null, e.* from (${events}) as e join "MARTS"."BOOK" as b on b."ID" = e."id" and b."VALID_TO" is null and b."NAME" <> e."name"
) as s
on t."ID" = s."MERGE_KEY" and t."VALID_TO" is null
when matched and t."NAME" <> s."name" then update set "VALID_TO" = s."TIDEMARK_HAPPENED"
when not matched then insert ("ID", "NAME", "VALID_FROM") values (s."id", s."name", s."TIDEMARK_HAPPENED")`;

  const bookOf = async (at: Runner): Promise<readonly Line[]> =>
    (await at.rows('select * from "MARTS"."BOOK" order by "ID", "VALID_FROM"')).map((row) => [
      row['ID'],
      row['NAME'],
      row['VALID_TO'] === null,
    ]);

  const ofBatch = (batch: number): string =>
    `select * from "TIDEMARK_PIPELINE"."EVENTS_THINGS" where "TIDEMARK_BATCH" = ${batch}`;
  const last = (batch: number): string =>
    `${ofBatch(batch)} qualify row_number() over (partition by "id" order by "TIDEMARK_SEQUENCE_1" desc) = 1`;

  it('fails on two changes of a key, or loses the first, a NULL and a delete; ours keeps them', async () => {
    const at = await start(mapping('close'));
    await at.run(
      'create table "MARTS"."BOOK" ("ID" varchar, "NAME" varchar, "VALID_FROM" timestamp_ntz(6), "VALID_TO" timestamp_ntz(6))',
    );
    await step(at, [upsert('a', 1, 'one'), upsert('b', 1, 'one'), upsert('c', 1, 'one')]);
    await at.run(textbook(last(1)));
    await step(at, [
      upsert('a', 2, 'two'),
      upsert('a', 3, 'three'),
      upsert('b', 2, null),
      { key: 'c', event: { op: 'D', at: 2, sequence: 2, cells: {} } },
    ]);
    await expect(at.run(textbook(ofBatch(2)))).rejects.toThrow('100090');
    await at.run(textbook(last(2)));

    // `two` never was, the NULL of `b` went unseen, and `c` is there still.
    expect(await bookOf(at)).toEqual([
      ['a', 'one', false],
      ['a', 'three', true],
      ['b', 'one', true],
      ['c', 'one', true],
    ]);
    const ours = await at.rows('select * from "MARTS"."THINGS_SCD" order by "ID", "VALID_FROM"');
    expect(ours.map((row) => [row['ID'], row['NAME'], row['VALID_TO'] === null])).toEqual([
      ['a', 'one', false],
      ['a', 'two', false],
      ['a', 'three', true],
      ['b', 'one', false],
      ['b', null, true],
      ['c', 'one', false],
    ]);
  });
});
