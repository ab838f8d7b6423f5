// Whose a tick is: the first's, until a clock that was wrong has been set right.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimTick } from '../../src/store/ticks.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import { corner } from '../batch/corner.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';

const minute = 60_000;
const from = (ms: number): string => new Date(Date.now() + ms).toISOString();

export const describeClaims = (engine: Engine): void => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox(engine, corner());
    await sandbox.run();
  });
  afterAll(() => sandbox.remove());

  const claim = async (owner: string, tick: string): Promise<boolean> => {
    const { connection, schemas } = sandbox.project();
    const warehouse = await openWarehouse(connection);
    try {
      return await warehouse.session((session) =>
        claimTick(session, schemas.state, warehouse.dialect, { tick, owner, host: 'here' }),
      );
    } finally {
      await warehouse.close();
    }
  };

  it('is the first one, and his again', async () => {
    const tick = from(-minute);
    expect([await claim('one', tick), await claim('two', tick), await claim('one', tick)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('is his whose clock is a little ahead', async () => {
    const tick = from(2 * minute);
    expect([await claim('one', tick), await claim('two', tick)]).toEqual([true, false]);
  });

  it('is not kept by a clock that was hours ahead and has been set right', async () => {
    const tick = from(180 * minute);
    expect([await claim('ahead', tick), await claim('two', tick)]).toEqual([true, true]);
  });

  it('is not kept by a claim from a time that is yet to come', async () => {
    const tick = from(-10 * minute);
    await claim('ahead', tick);
    await sandbox.sql(
      `update tidemark.ticks set claimed_at = claimed_at + interval '3 hours' where owner = 'ahead'`,
    );
    expect([await claim('two', tick), await claim('three', tick)]).toEqual([true, false]);
  });
};
