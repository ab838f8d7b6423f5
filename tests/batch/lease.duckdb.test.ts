// On an embedded warehouse holding the file proves that whoever held the lease before is dead.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { takeLease } from '../../src/store/lease.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { call } from './command.ts';
import { corner } from './corner.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox('duckdb', corner());
  await sandbox.run();
  const warehouse = await openWarehouse(sandbox.project().connection);
  await takeLease(warehouse, { schema: 'tidemark' }, { owner: 'dead', command: 'run', waitMs: 0 });
  await warehouse.close();
});
afterEach(() => sandbox.remove());

it('the lease of a process that died is taken over at once, with a new token', async () => {
  const before = Number((await sandbox.sql('select token from tidemark.lease'))[0]?.['token']);
  expect((await call(sandbox, ['run', '--wait', '0', '--json'])).exit).toBe(0);
  expect(await sandbox.sql('select token from tidemark.lease')).toEqual([{ token: String(before + 1) }]);
  expect(await sandbox.sql('select * from tidemark.heartbeat')).toEqual([]);
});

it('`unlock` frees it without force', async () => {
  expect((await call(sandbox, ['unlock', '--json'])).json).toMatchObject({
    status: 'released',
    holder: { owner: 'dead' },
  });
  expect((await call(sandbox, ['unlock', '--json'])).json).toMatchObject({ status: 'free' });
});
