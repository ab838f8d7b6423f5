// Undo of histories where no row has to change: what was undone is gone already, or showed a look-up of its own.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';

const mapping = (deletes: string): string => `target: person_scd
key: id
from: people
join: { places: people.city = places.id }
columns: { id: people.id, name: people.name, city: people.city, label: places.label }
history: { track: [name, city, label], deletes: ${deletes} }
`;

const sources = {
  mirror: '  people: { key: id }\n',
  log: '  people: { table: staging.log, detect: log, key: id, op: op, sequence: seq }\n',
};

/** Changes of people reach the table and the log, of which the project reads one. */
const put = (seq: number, id: number, name: string, city: number): readonly string[] => [
  `delete from staging.people where id = ${id}`,
  `insert into staging.people values (${id}, '${name}', ${city})`,
  `insert into staging.log values (${seq}, 'u', ${id}, '${name}', ${city})`,
];
const remove = (seq: number, id: number): readonly string[] => [
  `delete from staging.people where id = ${id}`,
  `insert into staging.log values (${seq}, 'd', ${id}, null, null)`,
];

export const describeUndoOfEvents = (engine: Engine): void => {
  describe.each(['mirror', 'log'] as const)(`undo of events of a %s on ${engine}`, (kind) => {
    let sandbox: Sandbox;
    const begin = async (deletes: string): Promise<void> => {
      sandbox = await createSandbox(engine, {
        tables: [
          'create schema staging',
          'create schema marts',
          'create table staging.people (id bigint, name varchar, city bigint)',
          'create table staging.log (seq bigint, op varchar, id bigint, name varchar, city bigint)',
          'create table staging.places (id bigint, label varchar)',
          "insert into staging.places values (1, 'Bonn'), (2, 'Oslo')",
          ...put(1, 1, 'ann', 1),
        ],
        mappings: {
          'sources.yml': `sources:\n${sources[kind]}  places: { key: id }\n`,
          'person_scd.yml': mapping(deletes),
        },
      });
      await sandbox.run();
    };
    beforeEach(() => begin('close'));
    afterEach(() => sandbox.remove());

    const run = async (...statements: readonly string[]): Promise<void> => {
      await sandbox.sql(...statements);
      expect(await sandbox.run()).toMatchObject({ exit: 0, report: { status: 'applied', behind: [] } });
    };
    const undo = async (batch: number, more = {}): Promise<void> => {
      expect(await sandbox.run({ undo: { batch, ...more } })).toMatchObject({
        exit: 0,
        report: { status: 'applied', behind: [], conflicts: [] },
      });
    };
    const idle = async (): Promise<void> => {
      expect(await sandbox.run()).toMatchObject({ exit: 0, report: { status: 'idle' } });
    };
    const versions = async (): Promise<readonly string[]> =>
      (
        await sandbox.sql(
          'select id, name, city, label, is_current from marts.person_scd order by id, valid_from, valid_to',
        )
      ).map((row) => Object.values(row).map(String).join(' '));

    it.each(['close', 'keep'])(
      'takes the versions of a row that is gone already, deletes: %s',
      async (deletes) => {
        await sandbox.remove();
        await begin(deletes);
        await run(...put(2, 2, 'ben', 1), ...put(3, 1, 'ann', 2));
        await run(...remove(4, 2));
        const before = await versions();
        await undo(2);
        expect(await versions()).toEqual(['1 ann 1 Bonn true']);
        await idle();
        await undo(4);
        expect(await versions()).toEqual(before);
        await idle();
      },
    );

    it('takes the versions of a row that is what it was before, narrowed to it', async () => {
      await run(...put(2, 1, 'anna', 1), ...put(3, 2, 'ben', 1));
      await run(...put(4, 1, 'ann', 1));
      const others = (await versions()).filter((version) => version.startsWith('2'));
      await undo(2, { source: 'people', key: { id: '1' } });
      expect((await versions()).filter((version) => !version.startsWith('1 ann 1'))).toEqual(others);
      await idle();
    });

    it('takes the versions of a look-up that is gone already', async () => {
      await run(...put(2, 1, 'ann', 3));
      const before = await versions();
      await run(
        "insert into staging.places values (3, 'Rome')",
        "update staging.places set label = 'Ulm' where id = 2",
      );
      await run('delete from staging.places where id = 3');
      expect(await versions()).toHaveLength(4);
      await undo(3);
      expect((await versions()).filter((version) => version.includes('Rome'))).toEqual([]);
      expect((await versions())[0]).toBe(before[0]);
      await idle();
    });

    it('shows no look-up of what was undone', async () => {
      await run(...put(2, 1, 'ann', 3));
      await run("insert into staging.places values (3, 'Rome')");
      await undo(2);
      expect(await versions()).toEqual(['1 ann 1 Bonn true']);
      await idle();
    });

    it('a look-up that changed since brings no row back', async () => {
      await run(...put(2, 2, 'ben', 2), ...put(3, 1, 'anna', 1));
      await run("update staging.places set label = 'Ulm' where id = 2");
      await undo(2);
      expect(await versions()).toEqual(['1 ann 1 Bonn true']);
      await idle();
    });

    it('keeps what a later batch looked up for the row itself', async () => {
      await run(...put(2, 1, 'anna', 1));
      await run(...put(3, 1, 'anna', 2));
      await run("update staging.places set label = 'Ulm' where id = 2");
      await undo(2);
      expect(await versions()).toEqual(['1 ann 1 Bonn false', '1 ann 2 Oslo false', '1 ann 2 Ulm true']);
      await idle();
    });
  });
};
