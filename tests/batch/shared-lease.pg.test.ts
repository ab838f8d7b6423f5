// Runs of dbt that say they are at work, by a row of theirs: we wait for them as for one of us.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { schemaErrors } from '../e2e/cli-schemas.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { call } from './command.ts';
import { corner } from './corner.ts';

describe('a run of dbt', () => {
  let sandbox: Sandbox;
  const atWork = (id: string, until: string) =>
    sandbox.sql(
      `insert into tidemark.shared_lease values ('${id}', 'dbt build', clock_timestamp(), clock_timestamp() + interval '${until}')`,
    );
  beforeEach(async () => {
    sandbox = await createSandbox('postgres', corner());
    await sandbox.run();
  });
  afterEach(() => sandbox.remove());

  it('keeps us from writing, and is named', async () => {
    await atWork('ab-12', '4 hours');
    const answer = await call(sandbox, ['run', '--wait', '0', '--json']);
    expect(answer).toMatchObject({
      exit: 4,
      json: {
        code: 'lease_held',
        message: expect.stringMatching(/^`dbt build` \(invocation ab-12\) holds the lease since /) as string,
      },
    });
    const status = await call(sandbox, ['status', '--json']);
    expect(schemaErrors(status.json)).toEqual([]);
    expect(status.json).toMatchObject({ lease: { owner: 'ab-12', program: 'dbt' } });
    expect((await call(sandbox, ['plan'])).exit).toBe(0);
  });

  it('is waited for until the last one is done', async () => {
    await atWork('ab-12', '4 hours');
    await atWork('cd-34', '4 hours');
    const waiting = call(sandbox, ['run', '--wait', '60s'], {
      onStderr: (text) => {
        if (text.includes('waiting up to 60 s')) void sandbox.sql('delete from tidemark.shared_lease');
      },
    });
    expect((await waiting).exit).toBe(0);
  });

  it('that was killed is forgotten when its lease expires, or taken away by hand', async () => {
    await atWork('ab-12', '-1 second');
    expect((await call(sandbox, ['run', '--wait', '0'])).exit).toBe(0);
    await atWork('cd-34', '4 hours');
    expect((await call(sandbox, ['unlock'])).exit).toBe(4);
    const freed = await call(sandbox, ['unlock', '--force']);
    expect(freed.stdout).toContain('the lease is free again: `dbt build` (invocation cd-34) held it since ');
    expect((await call(sandbox, ['run', '--wait', '0'])).exit).toBe(0);
  });
});
