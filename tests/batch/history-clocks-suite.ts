// Histories of times without a zone: instants in UTC whatever the zone of the session, on the days on which clocks are
// changed as well.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';

const machines = (history: string): string => `target: machines_scd
key: machine_id
from: machines
columns: { machine_id: machines.id, state: machines.state }
history: { ${history} }
`;

const recipe = (type: string, history: string): Recipe => ({
  tables: [
    'create schema staging',
    'create schema marts',
    `create table staging.machines (id bigint, state varchar(20), updated_at ${type})`,
  ],
  mappings: {
    'sources.yml': 'sources:\n  machines: { key: id, updated_at: updated_at, full_compare: 0s }\n',
    'machines_scd.yml': machines(history),
  },
});

export const describeHistoryClocks = (engine: Engine): void => {
  describe(`the clocks of a history on ${engine}`, () => {
    let sandbox: Sandbox | undefined;
    let zone: string | undefined;
    beforeEach(() => {
      zone = process.env['TZ'];
    });
    afterEach(async () => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
      await sandbox?.remove();
    });

    const make = async (type: string, history = 'track: [state]'): Promise<Sandbox> => {
      sandbox = await createSandbox(engine, recipe(type, history));
      return sandbox;
    };
    /** The machine and, where it has one, the server's sessions are elsewhere. */
    const moveTo = async (box: Sandbox, elsewhere: string): Promise<void> => {
      process.env['TZ'] = elsewhere;
      if (engine !== 'postgres') return;
      const [row] = await box.sql('select current_database() as name');
      await box.sql(`alter database "${String(row?.['name'])}" set timezone to '${elsewhere}'`);
    };
    const tell = async (box: Sandbox, state: string, time: string): Promise<void> => {
      await box.sql(
        'delete from staging.machines',
        `insert into staging.machines values (1, '${state}', '${time}')`,
      );
      const { exit, report } = await box.run();
      expect({ exit, behind: report.behind }).toEqual({ exit: 0, behind: [] });
    };
    const versions = async (box: Sandbox): Promise<readonly string[]> =>
      (
        await box.sql(
          `select state, cast(timezone('UTC', valid_from) as varchar) as f, cast(timezone('UTC', valid_to) as varchar) as t from marts.machines_scd order by valid_from`,
        )
      ).map((row) => Object.values(row).map(String).join(' '));
    const settled = async (box: Sandbox): Promise<void> => {
      expect((await verify({ project: box.project() })).exit).toBe(0);
      expect((await box.run()).report.status).toBe('idle');
    };

    it.each(['America/New_York', 'Asia/Tokyo', 'Europe/Berlin'])(
      'dbt-core#10234, dbt-snowflake#1256: a session in %s changes no instant, of updates and of deletes',
      async (elsewhere) => {
        const box = await make('timestamp');
        await moveTo(box, elsewhere);
        await tell(box, 'on', '2026-03-29 00:30:00');
        await tell(box, 'off', '2026-03-29 02:30:00');
        await box.sql('delete from staging.machines');
        await box.run();
        expect((await versions(box)).slice(0, 1)).toEqual(['on 2026-03-29 00:30:00 2026-03-29 02:30:00']);
        const [closed] = await box.sql(
          `select valid_to > now() - interval '1 hour' and valid_to <= now() as "isNow" from marts.machines_scd where state = 'off'`,
        );
        expect(closed).toEqual({ isNow: true });
        await moveTo(box, 'UTC');
        await settled(box);
      },
    );

    it('in the zone that is declared: the hour that is left out in spring', async () => {
      const box = await make('timestamp', 'track: [state], timezone: Europe/Berlin');
      await moveTo(box, 'America/New_York');
      await tell(box, 'winter', '2026-03-29 01:59:00');
      await tell(box, 'never', '2026-03-29 02:30:00');
      await tell(box, 'summer', '2026-03-29 03:45:00');
      expect(await versions(box)).toEqual([
        'winter 2026-03-29 00:59:00 2026-03-29 01:30:00',
        'never 2026-03-29 01:30:00 2026-03-29 01:45:00',
        'summer 2026-03-29 01:45:00 null',
      ]);
      await settled(box);
    });

    it('dbt-core#5867: the hour that comes twice in autumn makes no negative interval', async () => {
      const box = await make('timestamp', 'track: [state], timezone: Europe/Berlin');
      await tell(box, 'before', '2026-10-25 01:30:00');
      await tell(box, 'first', '2026-10-25 02:45:00');
      await tell(box, 'second', '2026-10-25 02:15:00');
      await tell(box, 'after', '2026-10-25 03:00:00');
      expect(await versions(box)).toEqual([
        'before 2026-10-24 23:30:00 2026-10-25 01:45:00',
        'second 2026-10-25 01:45:00 2026-10-25 02:00:00',
        'after 2026-10-25 02:00:00 null',
      ]);
      await settled(box);
    });

    it('of times with a zone the declared one says nothing', async () => {
      const box = await make('timestamptz', 'track: [state], timezone: Europe/Berlin');
      await moveTo(box, 'Asia/Tokyo');
      await tell(box, 'on', '2026-07-01 12:00:00+02');
      await tell(box, 'off', '2026-07-01 12:00:00+00');
      expect(await versions(box)).toEqual([
        'on 2026-07-01 10:00:00 2026-07-01 12:00:00',
        'off 2026-07-01 12:00:00 null',
      ]);
      await settled(box);
    });

    it('the zone of the source is that of its histories', async () => {
      const box = await make('timestamp');
      box.map(
        'sources.yml',
        'sources:\n  machines: { key: id, updated_at: updated_at, full_compare: 0s, timezone: Europe/Berlin }\n',
      );
      await tell(box, 'on', '2026-01-01 12:00:00');
      await tell(box, 'off', '2026-07-01 12:00:00');
      expect(await versions(box)).toEqual([
        'on 2026-01-01 11:00:00 2026-07-01 10:00:00',
        'off 2026-07-01 10:00:00 null',
      ]);
      await settled(box);
    });
  });
};
