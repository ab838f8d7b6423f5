// What users of tools that compare tables reported of keys and times: differences that are none, rows that are never
// found again. Each by the number under which it is known there.
import { afterEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';

const sources = `sources:
  readings: { key: [id, { column: place, nullable: true }], updated_at: taken_at }
`;

const readings = `target: facts
key: [reading, { column: place, nullable: true }]
from: readings
columns: { reading: readings.id, place: readings.place, seconds: readings.taken_at, millis: readings.taken_at, value: readings.value }
`;

const readingsScd = `target: readings_scd
key: [reading, { column: place, nullable: true }]
from: readings
columns: { reading: readings.id, place: readings.place, value: readings.value }
history: { track: [value], deletes: tombstone }
`;

export const describePeerKeys = (engine: Engine): void => {
  describe(`keys and times that other tools get wrong, on ${engine}`, () => {
    let box: Sandbox;
    afterEach(() => box.remove());

    const [seconds, millis] =
      engine === 'duckdb' ? ['timestamp_s', 'timestamp_ms'] : ['timestamp(0)', 'timestamp(3)'];

    const start = async () => {
      box = await createSandbox(engine, {
        tables: [
          'create schema staging',
          'create schema marts',
          'create table staging.readings (id bigint, place varchar(10), taken_at timestamp, value decimal(12,4))',
          `insert into staging.readings values (1, null, timestamp '2020-01-01 10:00:00.123456', 1), (1, '', timestamp '2020-01-01 10:00:01.999999', 2),
            (1, 'NULL', timestamp '2020-01-01 10:00:02', 3), (10, 'a', timestamp '2020-01-01 10:00:03.5', 4), (2, null, timestamp '2020-01-01 10:00:04', null)`,
          // Keys of another type than in staging, times of lesser precision, numbers of a lesser scale.
          `create table marts.facts (reading varchar(20), place varchar(10), seconds ${seconds}, millis ${millis}, value decimal(10,2))`,
        ],
        mappings: { 'sources.yml': sources, 'facts.yml': readings, 'readings_scd.yml': readingsScd },
      });
    };
    const run = async () => {
      const { exit, report } = await box.run();
      expect({ exit, errors: report.errors }).toEqual({ exit: 0, errors: [] });
      return report;
    };
    /** Neither a comparison of all rows, nor one by checksums, nor the next run finds a difference. */
    const settled = async () => {
      expect((await verify({ project: box.project() })).report).toMatchObject({ status: 'equal' });
      expect((await verify({ project: box.project(), mirrors: true })).report).toMatchObject({
        status: 'equal',
      });
      expect((await run()).status).toBe('idle');
    };
    const rows = async (query: string) =>
      (await box.sql(query)).map((row) => Object.values(row).map(String).join(' '));
    const values = () =>
      rows(`select reading, coalesce(place, '-'), value from marts.facts order by 1, 2, 3`);

    it('data-diff#527, reladiff#72, reladiff#94, audit_helper#68: NULL in keys, keys of two types, times of lesser precision are no differences', async () => {
      await start();
      await run();
      expect(await values()).toEqual(['1  2.00', '1 - 1.00', '1 NULL 3.00', '10 a 4.00', '2 - null']);
      await settled();
      await box.sql(
        `update staging.readings set value = 7, taken_at = timestamp '2020-01-02 00:00:00.0004' where id = 1 and place is null`,
        `delete from staging.readings where place = ''`,
        `insert into staging.readings values (1, 'b', timestamp '2020-01-02 00:00:00.9996', 5)`,
      );
      expect((await run()).targets).toMatchObject([
        { name: 'facts', inserted: 1, updated: 1, deleted: 1 },
        { name: 'readings_scd' },
      ]);
      expect(await values()).toEqual(['1 - 7.00', '1 NULL 3.00', '1 b 5.00', '10 a 4.00', '2 - null']);
      await settled();
    });

    it('airbyte#81346, dlt#2752: a key that may be NULL finds its row, once, and no other', async () => {
      await start();
      await run();
      await box.sql(
        `update staging.readings set value = 8, taken_at = timestamp '2020-01-03 00:00:00' where place is null`,
      );
      expect((await run()).targets).toMatchObject([
        { name: 'facts', inserted: 0, updated: 2, deleted: 0 },
        { name: 'readings_scd', inserted: 2, updated: 2 },
      ]);
      await box.sql(`delete from staging.readings where place is null and id = 2`);
      await run();
      expect(
        await rows(
          `select reading, coalesce(place, '-'), value, is_deleted, is_current from marts.readings_scd where place is null order by reading, valid_from`,
        ),
      ).toEqual([
        '1 - 1.0000 false false',
        '1 - 8.0000 false true',
        '2 - null false false',
        '2 - 8.0000 false false',
        '2 - 8.0000 true true',
      ]);
      await settled();
    });
  });
};
