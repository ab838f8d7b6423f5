// I5: a connection that is lost at any statement, COMMIT included, and a server process that is ended: the batch
// happened or it did not, the run says which, and the next run ends it.
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/batch/run.ts';
import { isTidemarkError } from '../../src/errors/tidemark-error.ts';
import { pausing, startProxy, type PostgresProxy } from '../support/postgres-proxy.ts';
import { createSandbox, reachedBy, type Sandbox } from '../support/sandbox.ts';
import { difference, snapshot, type Snapshot } from '../support/snapshot.ts';
import { commitOf, listening, recorded } from '../support/statements.ts';
import { changes, notes, workshop } from '../support/workshop.ts';

/** 1: at every statement. Otherwise every statement of the commit, and so many apart of the others. */
const step = Number(process.env['TIDEMARK_TEST_KILL_STEP'] ?? 40);
/** The same in CI each time: a red build speaks of the change. */
const chance = process.env['CI'] === undefined ? Math.trunc(Math.random() * 1000) : 17;
const seed = Number(process.env['TIDEMARK_TEST_SEED'] ?? chance);

/** A run whose connection was cut mostly waits for the server to come back. */
const atOnce = 8;

interface Outcome {
  readonly result?: RunResult;
  readonly error?: unknown;
}

const outcomeOf = (running: Promise<RunResult>): Promise<Outcome> =>
  running.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );

describe('I5: a lost connection', () => {
  let prepared: Sandbox;
  let statements: readonly string[];
  let before: Snapshot;
  let after: Snapshot;
  let places: ReturnType<typeof commitOf>;

  beforeAll(async () => {
    prepared = await createSandbox('postgres', workshop);
    await prepared.run();
    await prepared.sql(...notes, ...changes);
    const undisturbed = await prepared.copy();
    statements = await recorded(() => undisturbed.run());
    places = commitOf(statements);
    before = await snapshot(prepared);
    after = await snapshot(undisturbed);
    await undisturbed.remove();
  });
  afterAll(() => prepared.remove());

  const throughProxy = async <T>(
    work: (direct: Sandbox, proxied: Sandbox, proxy: PostgresProxy) => Promise<T>,
  ): Promise<T> => {
    const direct = await prepared.copy();
    const proxy = await startProxy(direct.place);
    try {
      return await work(direct, reachedBy(direct, proxy.url), proxy);
    } finally {
      await proxy.close();
      await direct.remove();
    }
  };

  const endedByNext = async (sandbox: Sandbox, status: string): Promise<readonly string[]> => {
    const { report } = await sandbox.run();
    return [
      ...(report.status === status ? [] : [`the next run was ${report.status}`]),
      ...difference(after, await snapshot(sandbox)).map((each) => `not recovered: ${each}`),
    ];
  };

  const cutAt = (place: number): Promise<readonly string[]> =>
    throughProxy(async (direct, proxied, proxy) => {
      const { result, error } = await outcomeOf(
        listening(
          (event, at) => {
            if (event.phase === 'before' && at === place) proxy.cut();
          },
          () => proxied.run(),
        ),
      );
      const happened = place > places.commit;
      const left = difference(happened ? after : before, await snapshot(direct)).map(
        (each) => `half-written: ${each}`,
      );
      const next = await endedByNext(proxied, happened ? 'idle' : 'applied');
      if (happened)
        return [
          ...left,
          ...next,
          ...(result?.report.status === 'applied'
            ? []
            : [`a batch that was committed was reported as ${String(error)}`]),
        ];
      const lost =
        isTidemarkError(error) && error.code === 'connection_lost' && error.exitCode === 1 && error.retryable;
      return [
        ...left,
        ...next,
        ...(lost ? [] : [`ended with ${String(error)} ${JSON.stringify(result?.report)}`]),
      ];
    });

  it(
    'leaves all or nothing, whichever statement it is lost at, and says which',
    { timeout: 600_000 },
    async () => {
      const chosen = statements
        .map((_, index) => index + 1)
        .filter(
          (place) => (place >= places.begin && place <= places.commit + 1) || place % step === seed % step,
        );
      const limit = pLimit(atOnce);
      const wrong = await Promise.all(
        chosen.map((place) =>
          limit(async () => {
            const found = await cutAt(place).catch((error: unknown) => [String(error)]);
            return found.map(
              (each) =>
                `cut before ${place} (${statements[place - 1]?.slice(0, 90)}; TIDEMARK_TEST_SEED=${seed}): ${each}`,
            );
          }),
        ),
      );
      expect(wrong.flat()).toEqual([]);
      expect(chosen.length).toBeGreaterThan(30);
    },
  );

  it('finds out that a COMMIT happened whose answer was lost, and reports the batch once', () =>
    throughProxy(async (direct, proxied, proxy) => {
      const { report, exit } = await listening(
        (event, at) => {
          if (event.phase === 'before' && at === places.commit) proxy.loseNextAnswer();
        },
        () => proxied.run(),
      );
      expect({ status: report.status, batch: report.batch, exit }).toEqual({
        status: 'applied',
        batch: 2,
        exit: 0,
      });
      expect(difference(after, await snapshot(direct))).toEqual([]);
      expect(await endedByNext(proxied, 'idle')).toEqual([]);
    }));

  it('reports it also when somebody else took the lease before it could ask', () =>
    throughProxy(async (direct, proxied, proxy) => {
      let place = 0;
      const isAsking = (statement: string): boolean => {
        place += 1;
        if (place === places.commit) proxy.loseNextAnswer();
        return place > places.commit && statement.startsWith('begin');
      };
      const { report } = await pausing(
        proxy,
        { before: isAsking, meanwhile: () => direct.sql('update tidemark.lease set token = token + 1') },
        () => proxied.run(),
      );
      expect({ status: report.status, batch: report.batch }).toEqual({ status: 'applied', batch: 2 });
      expect(difference(after, await snapshot(direct))).toEqual([]);
    }));

  it.each([
    ['in the middle of the freeze', () => Math.trunc(places.begin / 3)],
    ['in the middle of compute', () => Math.trunc((2 * places.begin) / 3)],
    ['in the middle of the commit', () => Math.trunc((places.begin + places.commit) / 2)],
  ])('is a lost connection too when the server does not come back: %s', (_, where) =>
    throughProxy(async (direct, proxied, proxy) => {
      let closed: Promise<void> | undefined;
      const { error } = await outcomeOf(
        listening(
          (event, at) => {
            if (event.phase === 'before' && at === where()) closed ??= proxy.close();
          },
          () => proxied.run(),
        ),
      );
      await closed;
      expect(error).toMatchObject({
        code: 'connection_lost',
        exitCode: 1,
        retryable: true,
        message: expect.stringContaining('nothing was written'),
      });
      expect(difference(before, await snapshot(direct))).toEqual([]);
      expect(await endedByNext(direct, 'applied')).toEqual([]);
    }),
  );

  it('says that the outcome is unknown when COMMIT was lost and the server does not come back', () =>
    throughProxy(async (direct, proxied, proxy) => {
      let closed: Promise<void> | undefined;
      const { error } = await outcomeOf(
        listening(
          (event, at) => {
            if (event.phase === 'before' && at === places.commit) closed ??= proxy.close();
          },
          () => proxied.run(),
        ),
      );
      await closed;
      expect(error).toMatchObject({
        code: 'commit_unknown',
        exitCode: 1,
        retryable: true,
        message: expect.stringContaining('either there whole or not at all'),
      });
      expect(difference(before, await snapshot(direct))).toEqual([]);
      expect(await endedByNext(direct, 'applied')).toEqual([]);
    }));

  it('says that nothing was written when COMMIT itself was lost', () =>
    throughProxy(async (direct, proxied, proxy) => {
      const { error } = await outcomeOf(
        listening(
          (event, at) => {
            if (event.phase === 'before' && at === places.commit) proxy.cut();
          },
          () => proxied.run(),
        ),
      );
      expect(error).toMatchObject({
        code: 'connection_lost',
        exitCode: 1,
        retryable: true,
        message: expect.stringContaining('nothing was written'),
      });
      expect(difference(before, await snapshot(direct))).toEqual([]);
      expect(await endedByNext(proxied, 'applied')).toEqual([]);
    }));

  it.each([
    ['in the middle of compute', (statement: string) => statement.includes('desired_fact_line" (')],
    [
      'in the middle of the commit',
      (statement: string) => statement.startsWith('update "marts"."dim_customer"'),
    ],
  ])('survives the end of its server processes %s', (_, isTheOne) =>
    throughProxy(async (direct, proxied, proxy) => {
      const ended = outcomeOf(
        pausing(
          proxy,
          {
            before: isTheOne,
            meanwhile: () =>
              direct.sql(`select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and application_name = 'tidemark' and pid <> pg_backend_pid()`),
          },
          () => proxied.run(),
        ),
      );
      expect((await ended).error).toMatchObject({ code: 'connection_lost', exitCode: 1, retryable: true });
      expect(difference(before, await snapshot(direct))).toEqual([]);
      expect(await endedByNext(proxied, 'applied')).toEqual([]);
    }),
  );
});
