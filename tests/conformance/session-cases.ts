// Values, transactions, snapshots, scratch, cancelling, and the channel of statements.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { id, sql, table, verbatim } from '../../src/sql/fragment.ts';
import type { TableName } from '../../src/sql/table-name.ts';
import { statementChannel, type StatementEvent } from '../../src/warehouse/statement-channel.ts';
import { freshTable, without, type Engine, type Use } from './harness.ts';

const eventsOf = async (work: () => Promise<unknown>): Promise<readonly StatementEvent[]> => {
  const events: StatementEvent[] = [];
  const listen = (message: unknown): void => {
    events.push(message as StatementEvent);
  };
  subscribe(statementChannel, listen);
  try {
    await work();
  } finally {
    unsubscribe(statementChannel, listen);
  }
  return events;
};

export const sessionCases = (engine: Engine, use: Use): void => {
  const count = async (name: TableName): Promise<number> => {
    const rows = await use().session((session) =>
      session.rows<{ n: string }>(sql`select count(*) as n from ${table(name)}`),
    );
    return Number(rows[0]?.n);
  };

  const numbers = async (): Promise<TableName> => {
    const name = freshTable('numbers');
    await use().session((session) =>
      session.execute(sql`create table ${table(name)} (n integer primary key)`),
    );
    return name;
  };

  describe('values', () => {
    it.each(engine.exactValues)('%s arrives exact', async (expression, expected) => {
      const rows = await use().session((session) => session.rows(sql`select ${verbatim(expression)} as v`));
      expect(rows).toEqual([{ v: expected }]);
    });

    it('binds strings, numbers, booleans, null and bigint', async () => {
      const rows = await use().session((session) =>
        session.rows(sql`select cast(${"o'hara \\ \u{1F600}\n"} as varchar) as t, cast(${-7} as integer) as i,
cast(${0.1} as double precision) as d, cast(${false} as boolean) as b, cast(${null} as integer) as z,
cast(${9_223_372_036_854_775_807n} as bigint) as l, cast(${-9_223_372_036_854_775_808n} as bigint) as m`),
      );
      expect(rows).toEqual([
        {
          t: "o'hara \\ \u{1F600}\n",
          i: -7,
          d: 0.1,
          b: false,
          z: null,
          l: '9223372036854775807',
          m: '-9223372036854775808',
        },
      ]);
    });

    it('refuses to bind what it would have to guess', async () => {
      const work = use().session((session) => session.rows(sql`select ${new Date(0)} as v`));
      await expect(work).rejects.toMatchObject({ code: 'internal' });
    });

    it('counts the rows that a statement wrote', async () => {
      const name = await numbers();
      const copy = freshTable('copy');
      await use().session(async (session) => {
        expect(await session.execute(sql`insert into ${table(name)} values (1), (2), (3)`)).toBe(3);
        expect(await session.execute(sql`update ${table(name)} set n = n + 10 where n > 1`)).toBe(2);
        expect(await session.execute(sql`delete from ${table(name)} where n = 99`)).toBe(0);
        const returning = without(engine, 'returning') ? sql`` : sql` returning n`;
        expect(await session.execute(sql`insert into ${table(name)} values (50)${returning}`)).toBe(1);
        const copied = await session.execute(
          sql`create table ${table(copy)} as select * from ${table(name)}`,
        );
        expect(copied).toBe(without(engine, 'counted copies') ? 1 : 4);
      });
    });
  });

  describe('transactions', () => {
    it('keep everything when the work returns', async () => {
      const name = await numbers();
      const answer = await use().transaction(async (session) => {
        await session.execute(sql`insert into ${table(name)} values (1)`);
        await session.execute(sql`insert into ${table(name)} values (2)`);
        return 'done';
      });
      expect(answer).toBe('done');
      expect(await count(name)).toBe(2);
    });

    it('keep nothing when the work throws, tables included', async () => {
      const name = await numbers();
      const made = freshTable('made');
      const mistake = new Error('changed my mind');
      const work = use().transaction(async (session) => {
        await session.execute(sql`insert into ${table(name)} values (1)`);
        if (use().dialect.capabilities.transactionalDdl)
          await session.execute(sql`create table ${table(made)} (n integer)`);
        throw mistake;
      });
      await expect(work).rejects.toBe(mistake);
      expect(await count(name)).toBe(0);
      expect(await use().introspect([made])).toEqual([]);
    });

    it('fail when a failed statement was ignored, instead of keeping nothing in silence', async () => {
      const name = await numbers();
      const work = use().transaction(async (session) => {
        await session.execute(sql`insert into ${table(name)} values (1)`);
        await session.execute(sql`insert into ${table(name)} values (null)`).catch(() => undefined);
        return 'looks fine';
      });
      await expect(work).rejects.toMatchObject({ code: 'constraint_violated' });
      expect(await count(name)).toBe(0);
    });

    it('leave the warehouse usable after a failure', async () => {
      const work = use().transaction((session) => session.rows(sql`select cast('x' as integer)`));
      await expect(work).rejects.toMatchObject({ code: 'sql_failed' });
      const rows = await use().transaction((session) => session.rows(sql`select 1 as n`));
      expect(rows).toEqual([{ n: 1 }]);
    });
  });

  describe.skipIf(without(engine, 'frozen jobs'))('frozen jobs', () => {
    it('answer in the order of the jobs and may fill scratch', async () => {
      const scratch = await use().openScratch('state');
      const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((purpose) => scratch.name(purpose));
      await use().session(async (session) => {
        for (const name of names) {
          await session.execute(use().dialect.createScratch(name, [{ name: 'n', type: 'integer' }]));
        }
      });
      const answers = await use().frozen(
        names.map((name, index) => async (session) => {
          await session.execute(sql`insert into ${table(name)} values (${index})`);
          return index;
        }),
      );
      expect(answers).toEqual([0, 1, 2, 3, 4, 5]);
      for (const name of names) expect(await count(name)).toBe(1);
      await scratch.drop();
    });

    it('throw the first failure after all have ended, and none takes another with it', async () => {
      const name = await numbers();
      const ended: number[] = [];
      const work = use().frozen([
        async (session) => session.rows(sql`select cast('x' as integer)`),
        async (session) => {
          await session.execute(sql`insert into ${table(name)} values (1)`);
          ended.push(1);
          return [];
        },
      ]);
      await expect(work).rejects.toMatchObject({ code: 'sql_failed' });
      expect(ended).toEqual([1]);
      expect(await count(name)).toBe(1);
    });

    it('go on when one of them catches its failure', async () => {
      const answers = await use().frozen([
        async (session) => session.rows(sql`select cast('x' as integer)`).catch(() => 'caught'),
        async (session) => session.rows(sql`select 1 as n`),
      ]);
      expect(answers).toEqual(['caught', [{ n: 1 }]]);
    });

    it('are none, or one', async () => {
      expect(await use().frozen([])).toEqual([]);
      expect(await use().frozen([(session) => session.rows(sql`select 1 as n`)])).toEqual([[{ n: 1 }]]);
    });
  });

  describe('scratch', () => {
    it('gives names that differ between spaces and calls, and drops what it made', async () => {
      const [left, right] = [await use().openScratch('state'), await use().openScratch('state')];
      const names = [left.name('Images of "x.y"'), left.name('images'), right.name('images')];
      expect(new Set(names.map(({ name }) => name)).size).toBe(3);
      const columns = [{ name: 'id', type: 'integer' }];
      await use().session(async (session) => {
        for (const name of names) await session.execute(use().dialect.createScratch(name, columns));
      });
      await left.drop();
      const kept = await use().introspect(names);
      expect(kept.map((info) => info.table)).toEqual(names.slice(2));
      await right.drop();
      expect(await use().introspect(names)).toEqual([]);
    });

    it('lives beside real tables in one transaction', async () => {
      const scratch = await use().openScratch('state');
      const [name, target] = [scratch.name('rows'), await numbers()];
      await use().session((session) =>
        session.execute(use().dialect.createScratch(name, [{ name: 'n', type: 'integer' }])),
      );
      await use().transaction(async (session) => {
        await session.execute(sql`insert into ${table(name)} values (1), (2)`);
        await session.execute(use().dialect.analyze(name));
        await session.execute(sql`insert into ${table(target)} select n from ${table(name)}`);
        if (!use().dialect.capabilities.transactionalDdl) return;
        await session.execute(use().dialect.dropScratch(name));
        await session.execute(use().dialect.dropScratch(name));
      });
      expect(await count(target)).toBe(2);
      await scratch.drop();
    });
  });

  describe('cancel', () => {
    it('ends what runs as interrupted', async () => {
      const started = new Promise<void>((resolve) => {
        const listen = (message: unknown): void => {
          const event = message as StatementEvent;
          if (event.phase !== 'before' || !event.sql.includes('endless')) return;
          unsubscribe(statementChannel, listen);
          resolve();
        };
        subscribe(statementChannel, listen);
      });
      const outcome = use()
        .session((session) => session.rows(sql`${engine.endless} /* endless */`))
        .catch((error: unknown) => error);
      await started;
      // The statement may not have reached the engine yet: cancel until it has.
      const running = Symbol('running');
      let result: unknown = running;
      while (result === running) {
        await use().cancel();
        result = await Promise.race([outcome, new Promise((resolve) => setImmediate(resolve, running))]);
      }
      expect(result).toMatchObject({ code: 'interrupted' });
      expect(await use().session((session) => session.rows(sql`select 1 as n`))).toEqual([{ n: 1 }]);
    });

    it('does nothing when nothing runs', async () => {
      await use().cancel();
      expect(await use().session((session) => session.rows(sql`select 1 as n`))).toEqual([{ n: 1 }]);
    });
  });

  describe('statement channel', () => {
    it('tells of every statement before and after, begin and commit too', async () => {
      const name = await numbers();
      const events = await eventsOf(() =>
        use().transaction((session) => session.execute(sql`insert into ${table(name)} values (1), (2)`)),
      );
      const before = events.filter((event) => event.phase === 'before');
      expect(before.map(({ sql: text }) => text.split(/[\s;]/)[0])).toEqual(['begin', 'insert', 'commit']);
      expect(events.map(({ ordinal }) => ordinal - (events[0]?.ordinal ?? 0))).toEqual([0, 0, 1, 1, 2, 2]);
      expect(new Set(events.map(({ session }) => session)).size).toBe(1);
      const insert = events[3];
      expect(insert).toMatchObject({ phase: 'after', rows: 2 });
      expect(insert).not.toHaveProperty('error');
    });

    it('tells of failures and of the rollback', async () => {
      const events = await eventsOf(() =>
        use()
          .transaction((session) => session.rows(sql`select ${id('no_such_column')}`))
          .catch(() => undefined),
      );
      const after = events.filter((event) => event.phase === 'after');
      expect(after.map(({ sql: text }) => text.split(/[\s;]/)[0])).toEqual(['begin', 'select', 'rollback']);
      expect(after[1]).toMatchObject({ error: { code: 'sql_failed' } });
    });
  });
};
