// The right to write, where several processes may want it at once: waited for, skipped, taken over, taken away.
import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { takeLease, type Lease } from '../../src/store/lease.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import type { Warehouse } from '../../src/warehouse/port.ts';
import { schemaErrors } from '../e2e/cli-schemas.ts';
import { createSandbox, owner, type Sandbox } from '../support/sandbox.ts';
import { call } from './command.ts';
import { corner } from './corner.ts';

const hourMs = 3_600_000;

describe('the lease on Postgres', () => {
  let sandbox: Sandbox;
  let warehouse: Warehouse;
  let held: Lease;
  const schema = { schema: 'tidemark' };

  beforeEach(async () => {
    sandbox = await createSandbox('postgres', corner());
    await sandbox.run();
    await sandbox.sql(
      `update staging.companies set name = 'Adler!', updated_at = timestamp '2020-03-01 00:00:00' where id = 1`,
    );
    warehouse = await openWarehouse(sandbox.project().connection);
    held = await takeLease(warehouse, schema, { owner: 'holder', command: 'run', waitMs: 0 });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await held.release();
    await warehouse.close();
    await sandbox.remove();
  });

  const token = async () => Number((await sandbox.sql('select token from tidemark.lease'))[0]?.['token']);
  const expire = () =>
    sandbox.sql(`update tidemark.heartbeat set expires_at = clock_timestamp() - interval '1 second'`);
  const canCommit = () =>
    warehouse
      .transaction((session) => held.check(session))
      .then(
        () => true,
        (error: unknown) => error,
      );
  const batches = async () =>
    Number((await sandbox.sql('select count(*) as batches from tidemark.batches'))[0]?.['batches']);

  it('is refused at once with --wait 0: exit 4, with who holds it', async () => {
    const answer = await call(sandbox, ['run', '--wait', '0', '--json']);
    expect(answer).toMatchObject({
      exit: 4,
      json: {
        code: 'lease_held',
        retryable: true,
        message: expect.stringContaining(
          `\`tidemark run\` of holder (process ${process.pid} on ${hostname()}) holds the lease since `,
        ),
      },
    });
    expect(await batches()).toBe(1);
  });

  it('keeps a prune from dropping records beside it', async () => {
    const records = () => sandbox.sql('select batch, count(*) as rows from tidemark.audit group by batch');
    const before = await records();
    expect(await call(sandbox, ['prune', '--older-than', '0d', '--wait', '0', '--json'])).toMatchObject({
      exit: 4,
      json: { code: 'lease_held' },
    });
    expect(await records()).toEqual(before);
    expect(await canCommit()).toBe(true);
  });

  it('is skipped with --if-busy skip: exit 0, without waiting, and nothing is written', async () => {
    const from = performance.now();
    const answer = await call(sandbox, ['run', '--if-busy', 'skip', '--json']);
    expect(performance.now() - from).toBeLessThan(20_000);
    expect(answer).toMatchObject({
      exit: 0,
      json: { status: 'skipped', batch: null, warnings: [{ code: 'lease_held' }] },
    });
    expect(schemaErrors(answer.json)).toEqual([]);
    expect((await call(sandbox, ['run', '--if-busy', 'skip'])).stdout).toContain(
      'skipped, `tidemark run` of holder',
    );
    expect(await batches()).toBe(1);
  });

  it('is waited for with --wait, said once, and taken when it is given back', async () => {
    let told: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      told = resolve;
    });
    const running = call(sandbox, ['run', '--wait', '60s', '--json'], {
      onStderr: (text) => void (text.includes('waiting up to 60 s') && told()),
    });
    await waiting;
    await held.release();
    const answer = await running;
    expect(answer).toMatchObject({ exit: 0, json: { status: 'applied', batch: 2 } });
    expect(answer.stderr.match(/waiting/g)).toHaveLength(1);
  });

  it('expires by the clock of the warehouse, whatever that of the process says', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 48 * hourMs });
    expect((await call(sandbox, ['run', '--wait', '0'])).exit).toBe(4);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 96 * hourMs });
    await expire();
    expect((await call(sandbox, ['run', '--wait', '0'])).exit).toBe(0);
    const [row] = await sandbox.sql(
      'select count(*) as ahead from tidemark.heartbeat where abs(extract(epoch from expires_at - clock_timestamp())) > 90',
    );
    expect(row).toEqual({ ahead: '0' });
  });

  it('I7: is taken over with a new token, and who had the old one cannot commit', async () => {
    expect(await canCommit()).toBe(true);
    await expire();
    expect((await call(sandbox, ['run', '--wait', '0'])).exit).toBe(0);
    expect(await token()).toBe(held.token + 1);
    expect(await canCommit()).toMatchObject({
      code: 'lease_lost',
      message: expect.stringContaining('nothing was written'),
    });
    expect(await batches()).toBe(2);
  });

  it('is taken over at once by the same --owner, with a new token', async () => {
    expect((await call(sandbox, ['run', '--wait', '0', '--owner', 'somebody else'])).exit).toBe(4);
    expect((await call(sandbox, ['run', '--wait', '0', '--owner', 'holder'])).exit).toBe(0);
    expect(await token()).toBe(held.token + 1);
    expect(await canCommit()).toMatchObject({ code: 'lease_lost' });
  });

  it('is freed by `unlock` only when it has expired, by `unlock --force` in any case', async () => {
    const refused = await call(sandbox, ['unlock', '--json']);
    expect(refused).toMatchObject({
      exit: 4,
      json: { code: 'lease_held', hint: expect.stringContaining('unlock --force') },
    });
    expect(await canCommit()).toBe(true);
    const forced = await call(sandbox, ['unlock', '--force', '--json']);
    expect(forced).toMatchObject({
      exit: 0,
      json: { status: 'released', holder: { owner: 'holder', expired: false } },
    });
    expect(schemaErrors(forced.json)).toEqual([]);
    expect(await canCommit()).toMatchObject({ code: 'lease_lost' });
    expect((await call(sandbox, ['unlock', '--json'])).json).toMatchObject({ status: 'free', holder: null });
    held = await takeLease(warehouse, schema, { owner: 'holder', command: 'run', waitMs: 0 });
    await expire();
    expect((await call(sandbox, ['unlock', '--json'])).json).toMatchObject({
      status: 'released',
      holder: { expired: true },
    });
    expect(await call(sandbox, ['run', '--wait', '0', '--json'])).toMatchObject({
      exit: 0,
      json: { batch: 2 },
    });
  });

  it('is given to one of two that start at once; the other comes after it, and the batch is done once', async () => {
    await held.release();
    const results = await Promise.all(
      ['left host', 'right host'].map((name) => sandbox.run({ owner: name, waitMs: 60_000 })),
    );
    expect(results.map(({ report }) => report.status).toSorted()).toEqual(['applied', 'idle']);
    expect(await token()).toBe(held.token + 2);
    expect(await batches()).toBe(2);
    expect(await sandbox.sql('select * from tidemark.heartbeat')).toEqual([]);
  });

  it('is given to only one of two who want it without waiting', async () => {
    await held.release();
    const tries = await Promise.allSettled(
      ['left', 'right'].map((name) =>
        takeLease(warehouse, schema, { owner: name, command: 'run', waitMs: 0 }),
      ),
    );
    expect(tries.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'lease_held' },
    });
    for (const each of tries) if (each.status === 'fulfilled') await each.value.release();
  });

  it('is given back by whoever failed, and by whoever is named otherwise not at all', async () => {
    await held.release();
    await expect(sandbox.run({ expectedDigest: 'another' })).rejects.toMatchObject({ code: 'plan_stale' });
    expect(await sandbox.sql('select * from tidemark.heartbeat')).toEqual([]);
    const mine = await takeLease(warehouse, schema, { owner, command: 'run', waitMs: 0 });
    await held.release();
    expect(await sandbox.sql('select owner from tidemark.heartbeat')).toEqual([{ owner }]);
    await mine.release();
  });
});
