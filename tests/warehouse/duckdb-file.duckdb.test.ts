// What only a DuckDB file can show: locks, versions, read-only opening, names.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { sql, table } from '../../src/sql/fragment.ts';
import { openWarehouse, type OpenOptions } from '../../src/warehouse/open.ts';
import type { Warehouse } from '../../src/warehouse/port.ts';
import { duckDbFile, type DuckDbFile } from '../support/duckdb-file.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

const files: DuckDbFile[] = [];
const opened: Warehouse[] = [];

const newFile = (name?: string): string => {
  const file = duckDbFile(name);
  files.push(file);
  return file.path;
};

const open = async (path: string, options: OpenOptions = {}): Promise<Warehouse> => {
  const warehouse = await openWarehouse({ type: 'duckdb', path }, options);
  opened.push(warehouse);
  return warehouse;
};

afterEach(async () => {
  for (const warehouse of opened.splice(0)) await warehouse.close();
  for (const file of files.splice(0)) file.remove();
});

/** Another process that opens the file, runs a statement and stays until it is killed. */
const holder = async (path: string, text: string): Promise<ChildProcessByStdio<Writable, Readable, null>> => {
  const program = `const { DuckDBInstance } = await import('@duckdb/node-api');
// What nothing holds is collected, and the file with it let go.
globalThis.connection = await (await DuckDBInstance.create(process.argv[1])).connect();
for (const text of process.argv[2].split(';')) await connection.run(text);
process.stdout.write('ready');
process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, path, text], {
    cwd: project,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
};

const killed = async (child: ChildProcessByStdio<Writable, Readable, null>): Promise<void> => {
  child.kill('SIGKILL');
  await once(child, 'exit');
};

const rowsOf = (warehouse: Warehouse, text: string): Promise<readonly unknown[]> =>
  warehouse.session((session) => session.rows(sql.raw(text)));

/** Writes another storage version into the header: a checksum of 64 bits, the letters DUCK, the version. */
const stampVersion = (path: string, version: bigint): void => {
  const header = Buffer.alloc(4096);
  const descriptor = openSync(path, 'r+');
  readSync(descriptor, header, 0, header.length, 0);
  const checksum = (): bigint => {
    let sum = 5381n;
    for (let at = 8; at < header.length; at += 8) {
      sum ^= BigInt.asUintN(64, header.readBigUInt64LE(at) * 0xbf58476d1ce4e5b9n);
    }
    return sum;
  };
  expect(header.readBigUInt64LE(0)).toBe(checksum());
  expect(header.readBigUInt64LE(12)).toBeLessThan(version);
  header.writeBigUInt64LE(version, 12);
  header.writeBigUInt64LE(checksum(), 0);
  writeSync(descriptor, header, 0, header.length, 0);
  closeSync(descriptor);
};

describe('a DuckDB file', () => {
  it('that another process holds is refused with its PID once the wait is over', async () => {
    const path = newFile();
    const child = await holder(path, 'select 1');
    await expect(open(path, { waitMs: 0 })).rejects.toMatchObject({
      code: 'file_locked',
      message: expect.stringContaining(String(child.pid)),
      details: { pid: child.pid },
      retryable: true,
    });
    await killed(child);
  });

  it('is opened as soon as its holder is gone', async () => {
    const path = newFile();
    const child = await holder(path, 'create table t as select 42 as n');
    const opening = open(path, { waitMs: 60_000 });
    await killed(child);
    expect(await rowsOf(await opening, 'select n from t')).toEqual([{ n: 42 }]);
  });

  it('that does not exist is made only when asked for', async () => {
    const path = newFile();
    await expect(open(path)).rejects.toMatchObject({ code: 'database_missing', details: { path } });
    expect(await rowsOf(await open(path, { create: true }), 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('of a newer format is named, with the cure', async () => {
    const path = newFile();
    await (await open(path, { create: true })).close();
    stampVersion(path, 69n);
    await expect(open(path)).rejects.toMatchObject({
      code: 'database_too_new',
      hint: expect.stringMatching(/storage_compatibility_version: v1\.5\.0.*duckdb<2/s),
    });
  });

  it('that is no database is refused', async () => {
    const path = newFile();
    writeFileSync(path, 'hello world '.repeat(1000));
    await expect(open(path)).rejects.toMatchObject({ code: 'sql_failed' });
  });

  it('called like one of its schemas says how to name the schema', async () => {
    const warehouse = await open(newFile('staging.duckdb'), { create: true });
    await rowsOf(warehouse, 'create schema staging');
    await expect(rowsOf(warehouse, 'create table staging.t (n integer)')).rejects.toMatchObject({
      hint: expect.stringContaining('database'),
    });
    await rowsOf(warehouse, 'create table staging.staging.t (n integer)');
    const name = { database: 'staging', schema: 'staging', name: 't' };
    expect(await warehouse.introspect([name])).toMatchObject([{ table: name }]);
  });
});

describe('a DuckDB file opened read-only', () => {
  it('takes scratch, also beside the log of a killed writer, and nothing else', async () => {
    const path = newFile();
    await killed(await holder(path, 'create table t (n integer);insert into t values (42)'));
    const warehouse = await open(path, { readOnly: true });
    const scratch = await warehouse.openScratch('tidemark');
    const name = scratch.name('rows');
    await warehouse.session((session) =>
      session.execute(warehouse.dialect.createScratch(name, [{ name: 'n', type: 'integer' }])),
    );
    await warehouse.transaction((session) =>
      session.execute(sql`insert into ${table(name)} select n from t`),
    );
    const rows = await warehouse.session((session) => session.rows(sql`select n from ${table(name)}`));
    expect(rows).toEqual([{ n: 42 }]);
    await scratch.drop();
    await expect(rowsOf(warehouse, 'insert into t values (1)')).rejects.toMatchObject({
      code: 'permission_denied',
    });
  });
});

describe('values of DuckDB', () => {
  it('are in UTC whatever the time zone of this process', async () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'America/New_York';
    try {
      const warehouse = await open(newFile(), { create: true });
      const rows = await rowsOf(
        warehouse,
        `select timestamptz '2024-07-01 12:00:00+02' as v, cast(timestamptz '2024-07-01 12:00:00+02' as varchar) as t`,
      );
      expect(rows).toEqual([{ v: '2024-07-01 10:00:00+00', t: '2024-07-01 10:00:00+00' }]);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('never make it fetch an extension', async () => {
    const warehouse = await open(newFile(), { create: true });
    const rows = await rowsOf(
      warehouse,
      `select value from duckdb_settings() where name in ('autoinstall_known_extensions', 'autoload_known_extensions')`,
    );
    expect(rows).toEqual([{ value: 'false' }, { value: 'false' }]);
  });
});
