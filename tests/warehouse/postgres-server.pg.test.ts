// What only a Postgres server with other clients can show: snapshots, locks, lost connections, cut text, domains.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql, table, verbatim } from '../../src/sql/fragment.ts';
import { tableName } from '../../src/sql/table-name.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import type { Session, Warehouse } from '../../src/warehouse/port.ts';
import { createDatabase, type TestDatabase } from '../support/postgres-server.ts';

let database: TestDatabase | undefined;
let warehouse: Warehouse | undefined;

const use = (): Warehouse => {
  if (warehouse === undefined) throw new Error('the warehouse is not open');
  return warehouse;
};

const url = (): string => {
  if (database === undefined) throw new Error('there is no database');
  return database.url;
};

beforeAll(async () => {
  database = await createDatabase();
  const name = new URL(database.url).pathname.slice(1);
  const settings = await openWarehouse({ type: 'postgres', url: database.url });
  // A server with other habits than ours.
  for (const setting of [
    `timezone = 'Asia/Tokyo'`,
    `datestyle = 'SQL, DMY'`,
    `intervalstyle = 'iso_8601'`,
    `bytea_output = 'escape'`,
    'extra_float_digits = -3',
    `default_transaction_isolation = 'serializable'`,
  ]) {
    await settings.session((session) => session.execute(verbatim(`alter database ${name} set ${setting}`)));
  }
  await settings.close();
  warehouse = await openWarehouse({ type: 'postgres', url: database.url });
});

afterAll(async () => {
  await warehouse?.close();
  await database?.drop();
});

const run = (text: string): Promise<number> => use().session((session) => session.execute(verbatim(text)));

const countIn = async (session: Session, name: string): Promise<number> => {
  const rows = await session.rows<{ n: string }>(sql`select count(*) as n from ${verbatim(name)}`);
  return Number(rows[0]?.n);
};

/** Lets two sides wait for each other. */
const signal = (): { readonly given: Promise<void>; readonly give: () => void } => {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
};

describe('settings', () => {
  it('are ours in every transaction, whatever the server is set to', async () => {
    const rows = await use().session((session) =>
      session.rows(sql`select timestamptz '2024-07-01 12:00:00+02' as t, interval '1 day' as i,
'\\x00ff'::bytea as b, 0.1::float8 + 0.2::float8 as f, current_setting('transaction_isolation') as level,
current_setting('application_name') as name, current_setting('lock_timeout') as lock, current_setting('jit') as jit`),
    );
    expect(rows).toEqual([
      {
        t: '2024-07-01 10:00:00+00',
        i: '1 day',
        b: '\\x00ff',
        f: 0.1 + 0.2,
        level: 'read committed',
        name: 'tidemark',
        lock: '30s',
        jit: 'off',
      },
    ]);
  });
});

describe('the role of a dbt profile', () => {
  it('is taken on in every session, whatever its name', async () => {
    await run('create role "our ""role"""');
    const other = await openWarehouse({ type: 'postgres', url: url(), role: 'our "role"' });
    try {
      const roles = await other.session((session) => session.rows(sql`select current_user as role`));
      expect(roles).toEqual([{ role: 'our "role"' }]);
    } finally {
      await other.close();
      await run('drop role "our ""role"""');
    }
  });
});

describe('a frozen snapshot', () => {
  it('hides what others commit while the jobs run', async () => {
    await run('create table frozen_source as select 1 as n');
    const [started, written] = [signal(), signal()];
    const jobs = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'].map(
      (_name, index) =>
        async (session: Session): Promise<number> => {
          if (index === 0) started.give();
          await written.given;
          return countIn(session, 'frozen_source');
        },
    );
    const counts = use().frozen(jobs);
    await started.given;
    // More jobs than sessions: the last ones begin only after this write.
    await run('insert into frozen_source values (2)');
    written.give();
    expect(await counts).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await use().session((session) => countIn(session, 'frozen_source'))).toBe(2);
  });

  it('is kept by a lone job too', async () => {
    await run('create table frozen_alone as select 1 as n');
    const counts = await use().frozen([
      async (session) => {
        const before = await countIn(session, 'frozen_alone');
        await run('insert into frozen_alone values (2)');
        return [before, await countIn(session, 'frozen_alone')];
      },
    ]);
    expect(counts).toEqual([[1, 1]]);
  });

  it('leaves room for other sessions, and many pieces of work only wait', async () => {
    const jobs = Array.from({ length: 8 }, () => async (session: Session) => {
      await use().session((other) => other.rows(sql`select 1`));
      return session.rows(sql`select 1 as n`);
    });
    expect(await use().frozen(jobs)).toHaveLength(8);
    const many = Array.from({ length: 30 }, () =>
      use().session((session) => session.rows(sql`select pg_sleep(0.01)`)),
    );
    expect(await Promise.all(many)).toHaveLength(30);
  });

  it('that is lost with its holder ends as a lost connection, whatever the job is told that begins then', async () => {
    // More jobs than sessions: the last ones import a snapshot that is there no more.
    const ended = signal();
    const jobs = Array.from({ length: 6 }, (_, index) => async (session: Session) => {
      if (index === 0) {
        await run(`select pg_terminate_backend(pid, 10000) from pg_stat_activity
where state = 'idle in transaction' and query like '%pg_export_snapshot%' and pid <> pg_backend_pid()`);
        ended.give();
      }
      await ended.given;
      return session.rows(sql`select 2`);
    });
    await expect(use().frozen(jobs)).rejects.toMatchObject({ code: 'connection_lost', retryable: true });
    // Others go on.
    expect(await use().session((session) => session.rows(sql`select 1 as n`))).toEqual([{ n: 1 }]);
  });

  it('ends as a serialization failure when it writes what others have changed', async () => {
    await run('create table frozen_write as select 1 as n');
    const work = use().frozen([
      async (session) => {
        await countIn(session, 'frozen_write');
        await run('update frozen_write set n = 2');
        return session.execute(sql`update frozen_write set n = 3`);
      },
    ]);
    await expect(work).rejects.toMatchObject({ code: 'serialization_failure', retryable: true });
  });
});

describe('scratch of other processes', () => {
  it('stays while its owner lives and goes when it is dead', async () => {
    const other = await openWarehouse({ type: 'postgres', url: url() });
    const scratch = await other.openScratch('tidemark');
    const name = scratch.name('rows');
    await other.session((session) =>
      session.execute(other.dialect.createScratch(name, [{ name: 'n', type: 'integer' }])),
    );
    const unlogged = await other.session((session) =>
      session.rows(sql`select relpersistence as p from pg_class where relname = ${name.name}`),
    );
    expect(unlogged).toEqual([{ p: 'u' }]);
    await run(`create table tidemark_scratch.theirs (n integer)`);
    await (await use().openScratch('tidemark')).drop();
    expect(await use().introspect([name])).toHaveLength(1);
    // The server ends every connection of the owner, as it does when a process dies.
    await run(`select pg_terminate_backend(pid) from pg_locks
where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`);
    const mine = await use().openScratch('tidemark');
    expect(await use().introspect([name])).toEqual([]);
    expect(await use().tablesIn('tidemark_scratch')).toEqual(['theirs']);
    await mine.drop();
    await other.close();
  });
});

describe('failures', () => {
  it('while connecting are named without the password', async () => {
    const { port } = new URL(url());
    const cases = [
      ['connection_failed', `postgres://me:s3cret@127.0.0.1:1/shop`],
      ['connection_failed', `postgres://me:s3cret@no-such-host.invalid:5432/shop`],
      ['authentication_failed', `postgres://nobody_known:s3cret@127.0.0.1:${port}/postgres`],
      ['database_missing', `postgres://postgres:s3cret@127.0.0.1:${port}/no_such_database`],
      ['project_invalid', `postgres://postgres:s3cret@127.0.0.1:port/x`],
      ['project_invalid', `mysql://postgres:s3cret@127.0.0.1/x`],
    ] as const;
    for (const [code, wrong] of cases) {
      const failure: unknown = await openWarehouse({ type: 'postgres', url: wrong }).catch(
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ code });
      expect(JSON.stringify(failure) + String(failure)).not.toContain('s3cret');
    }
  });

  it('of the connection leave the warehouse usable', async () => {
    const work = use().transaction((session) =>
      session.rows(sql`select pg_terminate_backend(pg_backend_pid())`),
    );
    await expect(work).rejects.toMatchObject({ code: 'connection_lost', details: { kind: 'connection' } });
    expect(await use().session((session) => session.rows(sql`select 1 as n`))).toEqual([{ n: 1 }]);
  });

  it('of the connection during COMMIT are an unknown outcome', async () => {
    await run('create table doomed (n integer)');
    await run(`create function end_session() returns trigger language plpgsql as
$$ begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(1); return null; end $$`);
    await run(`create constraint trigger at_commit after insert on doomed
deferrable initially deferred for each row execute function end_session()`);
    const work = use().transaction((session) => session.execute(sql`insert into doomed values (1)`));
    await expect(work).rejects.toMatchObject({ code: 'commit_unknown' });
    expect(await use().session((session) => countIn(session, 'doomed'))).toBe(0);
  });

  it('by a deferred constraint come with the COMMIT, and nothing is kept', async () => {
    await run('create table late (n integer unique deferrable initially deferred)');
    const work = use().transaction((session) => session.execute(sql`insert into late values (1), (1)`));
    await expect(work).rejects.toMatchObject({
      code: 'constraint_violated',
      details: { constraint: 'late_n_key', table: 'late', engineCode: '23505' },
    });
    expect(await use().session((session) => countIn(session, 'late'))).toBe(0);
  });

  it('by locks and time limits are told apart', async () => {
    await run('create table held as select 1 as n');
    await use().transaction(async (session) => {
      await session.execute(sql`lock table held in access exclusive mode`);
      const waiting = use().transaction(async (other) => {
        await other.execute(sql`set local lock_timeout = '10ms'`);
        return other.rows(sql`select * from held`);
      });
      await expect(waiting).rejects.toMatchObject({ code: 'lock_timeout' });
    });
    const slow = use().transaction(async (session) => {
      await session.execute(sql`set local statement_timeout = '10ms'`);
      return session.rows(sql`select pg_sleep(10)`);
    });
    await expect(slow).rejects.toMatchObject({ code: 'statement_timeout' });
  });

  it('by a deadlock are retryable', async () => {
    await run('create table crossed as select g as id, 0 as n from generate_series(1, 2) g');
    const [firstHolds, secondHolds] = [signal(), signal()];
    const update = (session: Session, id: number): Promise<number> =>
      session.execute(sql`update crossed set n = n + 1 where id = ${id}`);
    const outcomes = await Promise.allSettled([
      use().transaction(async (session) => {
        await update(session, 1);
        firstHolds.give();
        await secondHolds.given;
        await update(session, 2);
      }),
      use().transaction(async (session) => {
        await update(session, 2);
        secondHolds.give();
        await firstHolds.given;
        await update(session, 1);
      }),
    ]);
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failed).toHaveLength(1);
    expect(failed[0]?.reason).toMatchObject({ code: 'deadlock', retryable: true });
  });

  it('by missing rights are no mistake of the SQL', async () => {
    await run('create table guarded (n integer)');
    const work = use().transaction(async (session) => {
      await session.execute(sql`set local role pg_monitor`);
      return session.rows(sql`select * from guarded`);
    });
    await expect(work).rejects.toMatchObject({ code: 'permission_denied' });
  });
});

describe('convert', () => {
  const assign = (type: string, value: string): Promise<number> =>
    use().transaction(async (session) => {
      await session.execute(verbatim(`create temp table assigned (v ${type}) on commit drop`));
      const converted = use().dialect.convert(sql`cast(${value} as text)`, type);
      return session.execute(sql`insert into assigned select ${converted}`);
    });

  it.each([
    ['character varying(3)', 'abcd'],
    ['varchar(3)', 'abcd'],
    ['character(3)', 'abcd'],
    ['character varying(3)[]', '{abc,abcd}'],
    ['bit(3)', '1011'],
    ['bit varying(3)', '1011'],
    ['numeric(4,2)', '100'],
  ])('never cuts: %s refuses %s', async (type, value) => {
    await expect(assign(type, value)).rejects.toMatchObject({
      code: 'sql_failed',
      details: { kind: 'value' },
    });
  });

  it.each([
    ['character varying(3)', 'abc'],
    ['character(3)', 'ab'],
    ['bit(3)', '101'],
    ['numeric(4,2)', '99.994'],
    ['timestamp(0) without time zone', '2024-01-01 00:00:00.4'],
    ['interval(0)', '1.4 seconds'],
    ['interval day to second(3)', '1 day 1.5 seconds'],
    ['"char"', 'a'],
  ])('fills %s with %s', async (type, value) => {
    expect(await assign(type, value)).toBe(1);
  });
});

describe('introspection of what only Postgres has', () => {
  it('shows domains as the type under them, enums by name, identities as generated', async () => {
    await run('create domain short as varchar(3) not null check (value <> upper(value))');
    await run('create domain shorter as short');
    await run(`create type "Mood" as enum ('sad', 'ok')`);
    await run(`create table special (id bigint generated always as identity primary key,
code shorter, mood "Mood", amounts numeric(6,2)[], at timestamp(3) with time zone, later integer generated by default as identity)`);
    await run('create unique index special_partial on special (mood) where mood is not null');
    await run('create unique index special_include on special (code) include (mood)');
    const [info] = await use().introspect([tableName('public', 'special')]);
    expect(info?.columns).toEqual([
      { name: 'id', type: 'bigint', nullable: false, hasDefault: true, generated: true },
      { name: 'code', type: 'character varying(3)', nullable: false, hasDefault: false },
      { name: 'mood', type: '"Mood"', nullable: true, hasDefault: false },
      { name: 'amounts', type: 'numeric(6,2)[]', nullable: true, hasDefault: false },
      { name: 'at', type: 'timestamp(3) with time zone', nullable: true, hasDefault: false },
      { name: 'later', type: 'integer', nullable: false, hasDefault: true },
    ]);
    expect(info?.uniqueKeys).toEqual([['id'], ['code']]);
  });

  it('counts materialised views as views and partitioned tables as tables', async () => {
    await run('create materialized view matter as select 1 as n');
    await run('create table parts (n integer primary key) partition by range (n)');
    await run('create table parts_1 partition of parts for values from (0) to (10)');
    const names = ['matter', 'parts'].map((name) => tableName('public', name));
    const infos = await use().introspect(names);
    expect(infos.map(({ table: { name }, kind, uniqueKeys }) => [name, kind, uniqueKeys])).toEqual([
      ['matter', 'view', []],
      ['parts', 'table', [['n']]],
    ]);
    const rows = await use().session((session) =>
      session.rows(sql`select n from ${table(tableName('public', 'matter'))}`),
    );
    expect(rows).toEqual([{ n: 1 }]);
  });
});
