// kill -9 of a prune at every one of its statements: a batch has all of its records or is marked as pruned, and the next
// prune ends in the state of one that nobody disturbed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import { start } from '../support/program.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { workshop } from '../support/workshop.ts';

const argv = (sandbox: Sandbox): readonly string[] => [
  'prune',
  '--older-than',
  '90d',
  '--json',
  '--project',
  sandbox.folder,
  '--wait',
  '80s',
];

/** By batch: how many records it has, and whether it is marked. */
const standing = async (sandbox: Sandbox): Promise<string> =>
  JSON.stringify(
    await sandbox.sql(`select b.batch, b.pruned_at is not null as pruned,
  (select count(*) from tidemark.changes c where c.batch = b.batch) as changes,
  (select count(*) from tidemark.audit a where a.batch = b.batch) as audit
from tidemark.batches b order by b.batch`),
  );

const prepare = async (engine: Engine): Promise<Sandbox> => {
  const sandbox = await createSandbox(engine, workshop);
  await sandbox.run();
  for (const name of ['Bleu', 'Gris', 'Noir']) {
    await sandbox.sql(
      `update staging.customers set name = '${name}', updated_at = updated_at + interval '1 hour' where id = 2`,
    );
    await sandbox.run();
  }
  await sandbox.sql(
    `update tidemark.batches set committed_at = committed_at - interval '100 days' where batch < 4`,
  );
  return sandbox;
};

export const describeKilledPrunes = (engine: Engine): void => {
  describe(`I5: kill -9 of a prune on ${engine}`, () => {
    it('leaves all or nothing, and the next one ends it', { timeout: 900_000 }, async () => {
      const prepared = await prepare(engine);
      const before = await standing(prepared);
      const undisturbed = await prepared.copy();
      const record = join(undisturbed.folder, 'statements');
      expect(await start(argv(undisturbed), { stop: { record } }).ended).toMatchObject({ exit: 0 });
      const after = await standing(undisturbed);
      const statements = readFileSync(record, 'utf8').trimEnd().split('\n').length;
      await undisturbed.remove();
      expect(after).not.toBe(before);
      expect(statements).toBeGreaterThan(15);
      // The next one mostly waits until the lease of the killed one has expired.
      const limit = pLimit(12);
      const wrong = await Promise.all(
        Array.from({ length: statements }, (_, place) =>
          limit(async () => {
            const sandbox = await prepared.copy();
            const killed = await start(argv(sandbox), { stop: { ordinal: place + 1, phase: 'before' } })
              .ended;
            const left = await standing(sandbox);
            const next = await start(argv(sandbox)).ended;
            const end = await standing(sandbox);
            await sandbox.remove();
            return [
              ...(killed.signal === 'SIGKILL' ? [] : [`${place}: was not killed`]),
              ...(left === before || left === after ? [] : [`${place}: half-pruned: ${left}`]),
              ...(next.exit === 0 && end === after ? [] : [`${place}: not ended: ${next.stdout} ${end}`]),
            ];
          }),
        ),
      );
      await prepared.remove();
      expect(wrong.flat()).toEqual([]);
    });
  });
};
