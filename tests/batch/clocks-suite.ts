// Times that lie: rows stamped in the future, late or not at all, clocks that are wrong, zones that are strange.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { plan } from '../../src/batch/plan.ts';
import { verify } from '../../src/batch/verify.ts';
import { startRun } from '../support/program.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';
import { difference, snapshot } from '../support/snapshot.ts';

const sources = (overlap: string): string => `sources:
  events: { key: id, updated_at: stamp, overlap: ${overlap} }
`;

const factEvent = `target: fact_event
key: event_id
from: events
columns: { event_id: events.id, label: events.label, stamp: events.stamp, local_time: events.local_time }
`;

const clockwork = (type: string): Recipe => ({
  tables: [
    'create schema staging',
    'create schema marts',
    `create table staging.events (id bigint, label varchar(40), stamp ${type}, local_time timestamp)`,
    `insert into staging.events values (1, 'first', timestamp '2020-01-01 10:00:00', timestamp '2020-03-08 02:30:00')`,
  ],
  mappings: { 'sources.yml': sources('15m'), 'fact_event.yml': factEvent },
});

const hourMs = 3_600_000;

export const describeClocks = (engine: Engine): void => {
  let sandbox: Sandbox;
  afterEach(() => sandbox.remove());

  /** By the warehouse's clock, whose session is in UTC. */
  const stamped = (id: number, back: string) =>
    sandbox.sql(
      `insert into staging.events (id, label, stamp) values (${id}, 'row ${id}', cast(now() - interval '${back}' as timestamp))`,
    );
  const insertedBy = async (): Promise<number> =>
    (await sandbox.run()).report.sources.reduce((sum, each) => sum + each.inserted, 0);
  const watermark = async () =>
    String(
      (await sandbox.sql(`select watermark from tidemark.positions where source = 'events'`))[0]?.[
        'watermark'
      ],
    );
  const fullCompareIsDue = () =>
    sandbox.sql(`update tidemark.positions set full_compare_at = full_compare_at - interval '25 hours'`);

  describe.each(['timestamp', 'timestamptz'])(`rows with a %s on ${engine}`, (type) => {
    beforeEach(async () => {
      sandbox = await createSandbox(engine, clockwork(type));
      await sandbox.run();
    });

    it('stamped in the future do not hide the next ones', async () => {
      await sandbox.sql(
        `insert into staging.events (id, label, stamp) values (2, 'far away', timestamp '2099-01-01 00:00:00')`,
      );
      expect(await insertedBy()).toBe(1);
      expect((await watermark()) < '2099').toBe(true);
      await stamped(3, '1 second');
      expect(await insertedBy()).toBe(1);
      await stamped(4, '10 minutes');
      expect(await insertedBy()).toBe(1);
      await sandbox.sql(`update staging.events set label = 'still far' where id = 2`);
      expect((await sandbox.run()).report.sources).toMatchObject([{ updated: 1 }]);
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    it('without a time are read in every run', async () => {
      await stamped(2, '1 second');
      await sandbox.run();
      await sandbox.sql(`insert into staging.events (id, label, stamp) values (3, 'timeless', null)`);
      expect(await insertedBy()).toBe(1);
      await sandbox.sql(`update staging.events set label = 'changed' where id = 3`);
      expect((await sandbox.run()).report.sources).toMatchObject([{ updated: 1 }]);
      await sandbox.sql('delete from staging.events where id = 3');
      expect((await sandbox.run()).report.sources).toMatchObject([{ deleted: 1 }]);
    });

    it('stamped late are found within the overlap; beyond it by the full compare, which tells how many', async () => {
      await stamped(2, '1 second');
      await sandbox.run();
      await stamped(3, '14 minutes');
      expect(await insertedBy()).toBe(1);
      await stamped(4, '16 minutes');
      await stamped(5, '3 days');
      await sandbox.sql(`update staging.events set label = 'corrected' where id = 1`);
      expect((await sandbox.run()).report).toMatchObject({ status: 'idle', warnings: [] });
      await fullCompareIsDue();
      const warnings = [
        {
          code: 'late_rows',
          severity: 'warning',
          message:
            'source `events`: only the full compare found 3 changed rows, stamped earlier than the overlap of 900 s looks back',
          hint: expect.stringContaining('overlap'),
          details: { source: 'events', rows: 3, watermark: 'stamp' },
        },
      ];
      expect((await plan({ project: sandbox.project() })).report.warnings).toMatchObject(warnings);
      expect(await sandbox.run()).toMatchObject({
        exit: 0,
        report: { status: 'applied', sources: [{ inserted: 2, updated: 1 }], warnings },
      });
      expect((await sandbox.run()).report).toMatchObject({ status: 'idle', warnings: [] });
    });

    it('that a window would have found as well are no late rows', async () => {
      await stamped(2, '1 second');
      await sandbox.run();
      await stamped(3, '1 minute');
      await fullCompareIsDue();
      expect((await sandbox.run()).report).toMatchObject({ sources: [{ inserted: 1 }], warnings: [] });
    });

    it('never move the position back', async () => {
      await stamped(2, '1 second');
      await sandbox.run();
      const before = await watermark();
      await stamped(3, '5 minutes');
      await sandbox.run();
      expect(await watermark()).toBe(before);
      await sandbox.sql('delete from staging.events where id = 2');
      await sandbox.run();
      expect(await watermark()).toBe(before);
    });
  });

  describe(`naive local times across a daylight saving change on ${engine}`, () => {
    const at = (id: number, time: string) =>
      sandbox.sql(
        `insert into staging.events (id, label, stamp) values (${id}, 'row ${id}', timestamp '${time}')`,
      );

    beforeEach(async () => {
      sandbox = await createSandbox(engine, clockwork('timestamp'));
      await sandbox.run();
    });

    it('lose nothing in spring, when an hour is skipped', async () => {
      await at(2, '2025-03-30 01:59:00');
      expect(await insertedBy()).toBe(1);
      await at(3, '2025-03-30 03:00:30');
      expect(await insertedBy()).toBe(1);
    });

    it('come late in autumn, when an hour is repeated: the full compare finds and counts them', async () => {
      await at(2, '2025-10-26 02:59:00');
      await sandbox.run();
      await at(3, '2025-10-26 02:05:00');
      expect(await insertedBy()).toBe(0);
      await fullCompareIsDue();
      expect((await sandbox.run()).report).toMatchObject({
        sources: [{ inserted: 1 }],
        warnings: [{ code: 'late_rows', details: { rows: 1 } }],
      });
    });

    it('are found at once in autumn with an overlap longer than the repeated hour', async () => {
      sandbox.map('sources.yml', sources('75m'));
      await at(2, '2025-10-26 02:59:00');
      await sandbox.run();
      await at(3, '2025-10-26 02:00:00');
      expect(await insertedBy()).toBe(1);
    });
  });

  describe(`a process whose clock is wrong on ${engine}`, () => {
    beforeEach(async () => {
      sandbox = await createSandbox(engine, clockwork('timestamptz'));
      await sandbox.run();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    it.each([-48, -5, 5, 48])('by %i hours goes by the clock of the warehouse', async (hours) => {
      await stamped(2, '1 second');
      await sandbox.sql(
        `insert into staging.events (id, label, stamp) values (3, 'far away', timestamp '2099-01-01 00:00:00')`,
      );
      const [before] = await sandbox.sql('select full_compare_at from tidemark.positions');
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * hourMs });
      const { report } = await sandbox.run();
      vi.useRealTimers();
      expect(report).toMatchObject({ status: 'applied', sources: [{ inserted: 2 }] });
      expect(Math.abs(Date.parse(report.started_at) - Date.now())).toBeLessThan(hourMs);
      const [times] = await sandbox.sql(`select (select count(*) from tidemark.batches
    where abs(extract(epoch from moment - now())) > 600 or abs(extract(epoch from committed_at - now())) > 600) as wrong,
  (select count(*) from tidemark.positions where cast(watermark as timestamptz) > now()) as ahead`);
      expect(times).toEqual({ wrong: '0', ahead: '0' });
      expect((await sandbox.sql('select full_compare_at from tidemark.positions'))[0]).toEqual(before);
      await stamped(4, '1 second');
      expect(await insertedBy()).toBe(1);
    });
  });

  describe(`a session in another time zone on ${engine}`, () => {
    const events = `insert into staging.events values (2, 'second', timestamptz '2020-06-01 12:00:00.123456+02', timestamp '2020-03-08 02:45:00')`;
    const zone = process.env['TZ'];
    afterEach(() => {
      delete process.env['PGTZ'];
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });

    it.each(['Pacific/Auckland', 'America/St_Johns'])('writes the same in %s as in UTC', async (strange) => {
      sandbox = await createSandbox(engine, clockwork('timestamptz'));
      await sandbox.run();
      await sandbox.sql(
        events,
        `update staging.events set label = 'changed', local_time = timestamp '2020-09-27 02:30:00' where id = 1`,
      );
      const inUtc = await sandbox.copy();
      await inUtc.run();
      process.env['TZ'] = strange;
      process.env['PGTZ'] = strange;
      if (engine === 'postgres') {
        const name = new URL(sandbox.place).pathname.slice(1);
        await sandbox.sql(
          `alter database ${name} set timezone = '${strange}'`,
          `alter role current_user in database ${name} set timezone = '${strange}'`,
        );
      }
      const { exit, stdout } = await startRun(sandbox.folder).ended;
      expect({ exit, report: JSON.parse(stdout) as unknown }).toMatchObject({
        exit: 0,
        report: { status: 'applied', sources: [{ inserted: 1, updated: 1 }] },
      });
      const [here, there] = [await snapshot(sandbox), await snapshot(inUtc)];
      expect(difference(there, here)).toEqual([]);
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      await inUtc.remove();
    });
  });
};
