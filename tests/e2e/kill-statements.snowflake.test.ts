// I5 on Snowflake: a run is killed at some of its statements, and the next one ends where an undisturbed one ends. DDL
// stands outside of the transaction there: what a killed first run made is taken up by the next.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRun, type Stop } from '../support/program.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { difference, snapshot, type Snapshot } from '../support/snapshot.ts';
import { changes, workshop } from '../support/workshop.ts';

/** The lease's, the batch's row, which has a time of that name, and the one that counts. */
const theCommit = 3;

const bootstrap: readonly Stop[] = [
  { text: 'create table if not exists "tidemark"."relations"', phase: 'after' },
  { text: 'merge into "tidemark"."relations"', phase: 'after' },
  { text: 'table "staging_public"."customers" (', phase: 'after' },
  { text: 'insert into "staging_public"."order_lines"', phase: 'after' },
  { text: 'commit', nth: theCommit },
];

const later: readonly Stop[] = [
  { text: 'insert into "tidemark"."batches"', phase: 'after' },
  { text: 'update "staging_public"."countries"', phase: 'after' },
  { text: 'commit', nth: theCommit, phase: 'sent' },
  { text: 'commit', nth: theCommit, phase: 'after' },
];

const undisturbed: Snapshot[] = [];
let box: Sandbox<'snowflake'>;

beforeAll(async () => {
  const calm = await createSandbox('snowflake', workshop);
  await calm.run();
  undisturbed.push(await snapshot(calm));
  await calm.sql(...changes);
  await calm.run();
  undisturbed.push(await snapshot(calm));
  await calm.remove();
  box = await createSandbox('snowflake', workshop);
});

afterAll(async () => {
  await box.remove();
});

/** What was committed before the kill is not done again, so that later ones are no longer met. */
const killed = async (stop: Stop): Promise<void> => {
  const { signal, exit, stderr } = await startRun(box.folder, { stop }).ended;
  if (signal !== 'SIGKILL') expect({ exit, stderr }).toMatchObject({ exit: 0 });
  await box.double?.abandon();
};

describe('kill -9', () => {
  it('of a first run, while tables are made and while they are filled', async () => {
    for (const stop of bootstrap) await killed(stop);
    expect(await box.run()).toMatchObject({ exit: 0, report: { kind: 'bootstrap', batch: 1 } });
    expect(difference(undisturbed[0] ?? {}, await snapshot(box))).toEqual([]);
  });

  it('of a later one, inside its commit and behind it', async () => {
    await box.sql(...changes);
    for (const stop of later) await killed(stop);
    expect((await box.run()).exit).toBe(0);
    expect(difference(undisturbed[1] ?? {}, await snapshot(box))).toEqual([]);
    expect((await box.run()).report).toMatchObject({ status: 'idle', behind: [] });
  });
});
