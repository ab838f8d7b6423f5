// Marks of tables in a DuckDB file: a mark that stays vouches for the content, whatever others did to the file; and
// what they did not write need not be read again.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../scripts/shop/random.ts';
import { sql } from '../../src/sql/fragment.ts';
import type { TableName } from '../../src/sql/table-name.ts';
import { openWarehouse, type OpenOptions } from '../../src/warehouse/open.ts';
import type { Warehouse } from '../../src/warehouse/port.ts';
import { duckDbFile, type DuckDbFile } from '../support/duckdb-file.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

const facts: TableName = { schema: 'main', name: 'facts' };
const others: TableName = { schema: 'main', name: 'others' };

/** Three row groups, a column of one value, one of long texts, one of NULLs. */
const rowsOf = (from: number, to: number): string =>
  `select i as id, 7 as same, hash(i) % 1000 as figure, 'text ' || (i % 5000) as label,
  case when i % 50000 = 0 then repeat(cast(hash(i) as varchar), 300) end as long, cast(null as double) as nothing
from range(${from}, ${to}) as r(i)`;
const rows = 300_000;

const contentOf = (table: string): string =>
  `select count(*) || ':' || coalesce(sum(cast(hash(t) as hugeint)), 0) as content from ${table} as t`;

let file: DuckDbFile;
beforeEach(async () => {
  file = duckDbFile();
  await session(
    `create table facts as ${rowsOf(0, rows)}`,
    `create table others as ${rowsOf(0, 5000)}`,
    'create table loads (n integer)',
  );
});
afterEach(() => file.remove());

/** Somebody else opens the file, writes and closes it. */
const session = async (...statements: readonly string[]): Promise<void> => {
  const instance = await DuckDBInstance.create(file.path);
  const connection = await instance.connect();
  try {
    for (const statement of statements) await connection.run(statement);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};

const within = async <T>(
  work: (warehouse: Warehouse) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> => {
  const warehouse = await openWarehouse({ type: 'duckdb', path: file.path }, options);
  try {
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
};

const marksIn = async (warehouse: Warehouse, tables: readonly TableName[]) =>
  (await warehouse.marks(tables)).map(({ identity }) => identity);

/** A session of ours that looks at both tables, and writes what it is told. */
const ours = (...statements: readonly string[]) =>
  within(async (warehouse) => {
    const marks = await marksIn(warehouse, [facts, others]);
    await warehouse.session(async (each) => {
      for (const statement of statements) await each.execute(sql.raw(statement));
    });
    return marks;
  });

/** What it committed is in the log alone. */
const killedWhileWriting = (): void => {
  const program = `const { DuckDBInstance } = await import('@duckdb/node-api');
const connection = await (await DuckDBInstance.create(process.argv[1])).connect();
await connection.run('update facts set figure = 5 where id = 9');
process.kill(process.pid, 'SIGKILL');`;
  spawnSync(process.execPath, ['--input-type=module', '-e', program, file.path], { cwd: project });
};

const sealFile = (): string => join(dirname(file.path), '.tidemark', 'shop.duckdb.seal.json');

describe('what nobody wrote', () => {
  it('keeps its mark, whatever we wrote ourselves', async () => {
    const first = await ours(`update facts set label = 'ours' where id = 1`);
    expect(new Set(first).size).toBe(1);
    expect(await ours('insert into loads values (1)')).toEqual(first);
    expect(await ours()).toEqual(first);
  });

  it('keeps its mark when others wrote other tables of the file, and the seal is no table', async () => {
    const first = await ours();
    await session(
      'insert into loads select i from range(100000) as r(i)',
      'create table more as select 1 as x',
    );
    expect(await ours()).toEqual(first);
    await session('delete from loads', 'drop table more');
    expect(await ours(`delete from facts where id < 3000`)).toEqual(first);
    await session('insert into loads values (1)');
    expect(await ours()).toEqual(first);
    expect(readFileSync(join(dirname(sealFile()), '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('is known to a reader, who leaves the seal as it is', async () => {
    const first = await ours();
    const before = readFileSync(sealFile(), 'utf8');
    expect(await within((warehouse) => marksIn(warehouse, [facts, others]), { readOnly: true })).toEqual(
      first,
    );
    expect(readFileSync(sealFile(), 'utf8')).toBe(before);
  });

  it('is known no more after a session of ours that did not look', async () => {
    const first = await ours();
    await within((warehouse) => warehouse.session((each) => each.execute(sql`insert into loads values (1)`)));
    expect(await ours()).toEqual(first);
    await within((warehouse) => warehouse.session((each) => each.execute(sql`insert into loads values (1)`)));
    await within((warehouse) => warehouse.session((each) => each.execute(sql`insert into loads values (1)`)));
    expect(await ours()).not.toContain(first[0]);
  });
});

describe('what somebody else wrote', () => {
  it.each([
    ['one cell', [`update facts set figure = figure + 1 where id = 123456`]],
    ['two cells, which changed places', [`update facts set id = 101 - id where id in (50, 51)`]],
    ['a value that a whole segment shares', [`update facts set same = 8`]],
    ['one value among those of a segment that shares it', [`update facts set same = 8 where id = 5`]],
    ['a NULL', [`update facts set nothing = 1.5 where id = 200000`]],
    ['a long text', [`update facts set long = replace(long, '1', '2') where id = 50000`]],
    ['a row less', ['delete from facts where id = 17']],
    ['a row more', [`insert into facts ${rowsOf(rows, rows + 1)}`]],
    [
      'one row for another',
      ['delete from facts where id = 17', `insert into facts ${rowsOf(rows, rows + 1)}`],
    ],
    ['other rows after all were gone', ['truncate table facts', `insert into facts ${rowsOf(1, rows + 1)}`]],
    [
      'a table of that name',
      [
        'create table fresh as select * replace (1 as same) from facts',
        'drop table facts',
        'alter table fresh rename to facts',
      ],
    ],
    [
      'names that changed places',
      [
        `create table fresh as select * from facts`,
        'update fresh set figure = 0 where id = 3',
        'alter table facts rename to gone',
        'alter table fresh rename to facts',
      ],
    ],
    ['a column more', ['alter table facts add column extra integer default 3']],
    ['a type', ['alter table facts alter column figure set data type varchar']],
  ])('has another mark: %s', async (_, statements) => {
    const [mark, other] = await ours();
    await session(...statements);
    const [after, untouched] = await ours();
    expect(after).not.toBe(mark);
    expect(untouched).toBe(other);
  });

  it('has another mark when what was moved away came back to its place with other content', async () => {
    const first = await ours();
    const rebuilt = (figure: number) => [
      `create table fresh as select * replace (case when id = 3 then ${figure} else figure end as figure) from facts`,
      'drop table facts',
      'alter table fresh rename to facts',
    ];
    await session(...rebuilt(1));
    await session(...rebuilt(2));
    expect(await ours()).not.toContain(first[0]);
  });

  it('has another mark while its log lies beside the file, and afterwards', async () => {
    const [mark] = await ours();
    killedWhileWriting();
    expect(existsSync(`${file.path}.wal`)).toBe(true);
    expect(await ours()).not.toContain(mark);
    const [settled] = await ours();
    await session('insert into loads values (1)');
    expect((await ours())[0]).toBe(settled);
  });

  it('has another mark when a third one brought its log into the file', async () => {
    const [mark, other] = await ours();
    killedWhileWriting();
    await session('insert into loads values (1)');
    const [after, untouched] = await ours();
    expect(after).not.toBe(mark);
    expect(untouched).toBe(other);
  });

  it('has another mark in a file that was put in its place, were it the same file as before', async () => {
    const kept = join(dirname(file.path), 'kept.duckdb');
    copyFileSync(file.path, kept);
    const [mark] = await ours('insert into loads values (1)');
    const fresh = join(dirname(file.path), 'fresh.duckdb');
    copyFileSync(file.path, fresh);
    renameSync(fresh, file.path);
    expect(await ours()).not.toContain(mark);
    const [next] = await ours();
    writeFileSync(file.path, readFileSync(kept));
    expect(await ours()).not.toContain(next);
  });

  it('has another mark though the times of the file were set back', async () => {
    const [mark] = await ours();
    const long = new Date('2026-01-01T00:00:00Z');
    utimesSync(file.path, long, long);
    expect((await ours())[0]).not.toBe(mark);
  });

  it.each([
    ['is gone', () => rmSync(sealFile())],
    ['is no JSON', () => writeFileSync(sealFile(), 'x')],
    [
      'is another',
      () => writeFileSync(sealFile(), '{"file":"1:2","tables":{"main.facts":{"identity":"x"}}}'),
    ],
  ])('counts as written when the seal %s', async (_, harm) => {
    const [mark] = await ours();
    harm();
    const [after] = await ours();
    expect(after).not.toBe(mark);
    expect((await ours())[0]).toBe(after);
  });
});

it('tables with odd names have marks, and quotes in them only cost a look', async () => {
  await session(
    'create schema "odd sch.ema"',
    `create table "odd sch.ema"."it's" as select 1 as id`,
    `create table "odd sch.ema"."a ""quoted"" one" as select 1 as id`,
  );
  const odd = { schema: 'odd sch.ema', name: "it's" };
  const quoted = { schema: 'odd sch.ema', name: 'a "quoted" one' };
  const look = () => within((warehouse) => marksIn(warehouse, [odd, quoted]));
  const [first, second] = await look();
  const [again, another] = await look();
  expect(again).toBe(first);
  expect(another).not.toBe(second);
});

it('in memory there is nothing to vouch for', async () => {
  const warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' }, { create: true });
  expect(await warehouse.marks([facts])).toEqual([]);
  await warehouse.close();
});

/** What others may do in one session; some of it moves tables away and back. */
const deeds: readonly ((n: number) => readonly string[])[] = [
  (n) => [`update facts set figure = ${n % 7} where id = ${n % rows}`],
  (n) => [`update facts set label = 'text ' || ((id + ${n % 2}) % 5000) where id < 130000`],
  (n) => [`delete from facts where id = ${n % rows}`],
  (n) => [`delete from facts where id = ${n % 100}`, `insert into facts ${rowsOf(n % 100, (n % 100) + 1)}`],
  (n) => [`create or replace table facts as select * replace (${n % 3} as same) from facts`],
  (n) => [
    `create table f${n} as select * from facts`,
    'drop table facts',
    `alter table f${n} rename to facts`,
  ],
  () => ['checkpoint', 'insert into loads values (1)', 'checkpoint', 'delete from loads'],
  (n) => [`insert into loads select i from range(${n % 50000}) as r(i)`],
  (n) => [`create or replace table big as select hash(i + ${n}) as h from range(200000) as r(i)`],
  () => ['drop table if exists big'],
  (n) => ['begin', `update facts set figure = ${n}`, 'rollback'],
  () => ['vacuum', 'checkpoint'],
];

const histories = Number(process.env['TIDEMARK_SEALS'] ?? 4);
const firstSeed = Number(process.env['TIDEMARK_SEED'] ?? 1);

it(`a mark that stays vouches for the content: ${histories} histories from seed ${firstSeed} (TIDEMARK_SEALS, TIDEMARK_SEED)`, async () => {
  let kept = 0;
  for (let seed = firstSeed; seed < firstSeed + histories; seed += 1) {
    const random = seededRandom(seed);
    const contents = new Map<string, unknown>();
    for (let turn = 0; turn < 12; turn += 1) {
      const content = await within(async (warehouse) => {
        const [mark] = await marksIn(warehouse, [facts]);
        const read = () =>
          warehouse.session((each) => each.rows<{ content: string }>(sql.raw(contentOf('facts'))));
        const [found] = await read();
        const known = contents.has(`${mark}`);
        kept += known ? 1 : 0;
        expect({ seed, turn, content: found?.content }).toEqual({
          seed,
          turn,
          content: known ? contents.get(`${mark}`) : found?.content,
        });
        if (random.below(2) === 0)
          await warehouse.session((each) =>
            each.execute(sql.raw(`update facts set figure = ${turn} where id % 1000 = ${turn}`)),
          );
        const [left] = await read();
        return { mark: `${mark}`, left: left?.content };
      });
      contents.set(content.mark, content.left);
      const sessions = random.below(3);
      for (let each = 0; each < sessions; each += 1) {
        const deed = deeds[random.below(deeds.length)] ?? (() => []);
        await session(...deed(random.below(1_000_000)));
      }
    }
  }
  expect(kept).toBeGreaterThan(histories);
});
