// What a server may answer: no space left, no such database, nobody there. A full disk is stood in for by a trigger
// that raises its SQLSTATE, 53100: filling a real one takes a file system of its own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRun } from '../support/program.ts';
import { createSandbox, reachedBy, type Sandbox } from '../support/sandbox.ts';
import { difference, snapshot, type Snapshot } from '../support/snapshot.ts';
import { changes, notes, workshop } from '../support/workshop.ts';

const full = (table: string): readonly string[] => [
  `create or replace function public.no_space() returns trigger language plpgsql as $$
begin raise exception 'could not extend file "base/1/2": No space left on device' using errcode = '53100'; end $$`,
  `create trigger no_space before insert or update or delete on ${table} execute function public.no_space()`,
];

describe('a server that cannot do it', () => {
  let prepared: Sandbox;
  let before: Snapshot;

  beforeAll(async () => {
    prepared = await createSandbox('postgres', workshop);
    await prepared.run();
    await prepared.sql(...notes, ...changes);
    before = await snapshot(prepared);
  });
  afterAll(() => prepared.remove());

  it.each(['tidemark.audit', 'marts.line_country', 'staging_public.order_lines', 'tidemark.positions'])(
    'a disk that is full when %s is written',
    async (table) => {
      const sandbox = await prepared.copy();
      try {
        await sandbox.sql(...full(table));
        const { exit, stdout } = await startRun(sandbox.folder).ended;
        expect({ exit, ...JSON.parse(stdout) }).toMatchObject({
          exit: 1,
          code: 'disk_full',
          retryable: true,
          message: 'could not extend file "base/1/2": No space left on device',
        });
        expect(difference(before, await snapshot(sandbox))).toEqual([]);
        await sandbox.sql(`drop trigger no_space on ${table}`);
        expect((await sandbox.run()).report).toMatchObject({ status: 'applied', batch: 2 });
      } finally {
        await sandbox.remove();
      }
    },
  );

  it('a database that is not there', async () => {
    const url = new URL(prepared.place);
    url.pathname = '/no_such_database';
    const { exit, stdout } = await startRun(reachedBy(prepared, url.href).folder).ended;
    expect({ exit, ...JSON.parse(stdout) }).toMatchObject({
      exit: 1,
      code: 'database_missing',
      message: expect.stringContaining(
        `postgres no_such_database@127.0.0.1:${url.port}: database "no_such_database" does not exist`,
      ),
      retryable: false,
    });
  });

  it('nobody listens', async () => {
    const url = new URL(prepared.place);
    url.port = '1';
    url.password = 'secret';
    const { exit, stdout, stderr } = await startRun(reachedBy(prepared, url.href).folder).ended;
    expect({ exit, ...JSON.parse(stdout) }).toMatchObject({
      exit: 1,
      code: 'connection_failed',
      message: expect.stringContaining('127.0.0.1:1'),
      retryable: true,
    });
    expect(stdout + stderr).not.toContain('secret');
  });
});
