// Kills a run at its statements, one process each, and looks at what is left: all of the batch or nothing of it,
// and after one more run the very state of a run that nobody disturbed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { describe, expect, it, vi } from 'vitest';
import type { RunResult } from '../../src/batch/run.ts';
import { isTidemarkError } from '../../src/errors/tidemark-error.ts';
import { start, startRun, type Started, type StartOptions, type Stop } from './program.ts';
import { createSandbox, owner, type Engine, type Sandbox } from './sandbox.ts';
import { difference, snapshot, type Snapshot } from './snapshot.ts';
import { changes, notes, workshop } from './workshop.ts';

/** 1: at every statement. Otherwise every statement of an ordinary run's commit and a third of the others' commits, which
 *  go the same way, and so many apart of the rest. */
const step = Number(process.env['TIDEMARK_TEST_KILL_STEP'] ?? 40);
const stepInOthers = Math.min(step, 3);
/** The same in CI each time: a red build speaks of the change. */
const chance = process.env['CI'] === undefined ? Math.trunc(Math.random() * 1000) : 17;
const seed = Number(process.env['TIDEMARK_TEST_SEED'] ?? chance);

/** A server takes its time to notice a lost client: others are killed meanwhile. */
const atOnce: Readonly<Record<Engine, number>> = { duckdb: 2, postgres: 6 };
const patienceMs = 1_200_000;

/** What is killed, and how it is done again afterwards. */
interface Act {
  readonly start: (folder: string, options: StartOptions) => Started;
  readonly again: (sandbox: Sandbox) => Promise<Pick<RunResult, 'exit' | 'report'> | undefined>;
  /** It commits several batches, and goes on where it stopped. */
  readonly inParts?: boolean;
  /** Of the statements of its commit. */
  readonly commitStep: number;
}

const started = (folder: string, options: StartOptions, ...argv: readonly string[]): Started =>
  start([...argv, '--project', folder, '--json', '--owner', owner, '--wait', '20s'], options);

const anyRun: Act = { start: startRun, again: (sandbox) => sandbox.run(), commitStep: 1 };
const firstRun: Act = { ...anyRun, commitStep: stepInOthers };

/** One that was committed before the kill is not done twice. */
const rollback: Act = {
  commitStep: stepInOthers,
  start: (folder, options) => started(folder, options, 'rollback', '2'),
  again: (sandbox) =>
    sandbox.run({ undo: { batch: 2 } }).catch((error: unknown) => {
      if (isTidemarkError(error) && error.code === 'already_undone') return undefined;
      throw error;
    }),
};

/** What was done before the kill is not done twice. */
const reconcile: Act = {
  commitStep: stepInOthers,
  start: (folder, options) => started(folder, options, 'reconcile', '-s', 'fact_line', '--chunk', '2'),
  again: (sandbox) => sandbox.run({ reconcile: ['fact_line'], partRows: 2 }),
  inParts: true,
};

interface Undisturbed {
  readonly act: Act;
  readonly prepared: Sandbox;
  readonly statements: readonly string[];
  /** Ordinals of the transaction that writes the batch. */
  readonly begin: number;
  readonly commit: number;
  readonly before: Snapshot;
  readonly after: Snapshot;
}

const isBegin = (statement: string): boolean => statement.startsWith('begin');

const runUndisturbed = async (prepared: Sandbox, act: Act): Promise<Undisturbed> => {
  const sandbox = await prepared.copy();
  const record = join(sandbox.folder, 'statements');
  const { exit, stdout } = await act.start(sandbox.folder, { stop: { record } }).ended;
  expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringContaining('"status":"applied"') });
  const statements = readFileSync(record, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as string);
  const audit = statements.findIndex((statement) => /^insert into \S*"audit"/.test(statement));
  const begin = statements.findLastIndex((statement, place) => place < audit && isBegin(statement)) + 1;
  const commit = statements.indexOf('commit', audit) + 1;
  const state = { before: await snapshot(prepared), after: await snapshot(sandbox) };
  expect(difference(state.before, state.after)).not.toEqual([]);
  await sandbox.remove();
  return { act, prepared, statements, begin, commit, ...state };
};

const stopsOf = ({ act, statements, begin, commit }: Undisturbed): readonly Stop[] => {
  const isTurn = (ordinal: number, each: number): boolean => ordinal % each === seed % each;
  const chosen = statements.flatMap((_, place) => {
    const ordinal = place + 1;
    const inCommit = ordinal >= begin && ordinal <= commit + 1;
    return isTurn(ordinal, inCommit ? act.commitStep : step) ? [{ ordinal, phase: 'before' as const }] : [];
  });
  const atCommit = (['sent', 'after'] as const).map((phase) => ({ ordinal: commit, phase }));
  return [...chosen, ...atCommit];
};

/** A server notices the loss of a client in its own time. */
const untilServerNoticed = (sandbox: Sandbox): Promise<void> =>
  vi.waitFor(
    async () => {
      const rows = await sandbox.sql(`select count(*) as others from pg_stat_activity
where datname = current_database() and application_name = 'tidemark' and pid <> pg_backend_pid()`);
      expect(Number(rows[0]?.['others'])).toBe(0);
    },
    { timeout: 30_000, interval: 20 },
  );

const leftOvers = async (sandbox: Sandbox): Promise<readonly string[]> =>
  (
    await sandbox.sql(`select table_schema || '.' || table_name as name from information_schema.tables
where starts_with(table_schema, 'tidemark_') union all select 'lease of ' || owner from tidemark.heartbeat`)
  ).map(({ name }) => String(name));

/** What is wrong after the kill; empty when all is well. */
const killOnce = async (undisturbed: Undisturbed, stop: Stop): Promise<readonly string[]> => {
  const { act, prepared, before, after, commit } = undisturbed;
  const sandbox = await prepared.copy();
  try {
    const { signal } = await act.start(sandbox.folder, { stop }).ended;
    if (signal !== 'SIGKILL') return [`was not killed but ended by ${signal}`];
    const outcomeIsOpen = stop.phase === 'sent';
    if (sandbox.engine === 'postgres' && !outcomeIsOpen) await untilServerNoticed(sandbox);
    const happened = (stop.ordinal ?? 0) > commit || stop.phase === 'after';
    const left =
      outcomeIsOpen || act.inParts === true
        ? []
        : difference(happened ? after : before, await snapshot(sandbox));
    const next = await act.again(sandbox);
    return [
      ...left.map((each) => `half-written: ${each}`),
      ...(next === undefined || next.exit === 0
        ? []
        : [`the next one ended with ${next.exit}: ${JSON.stringify(next.report.errors)}`]),
      ...difference(after, await snapshot(sandbox)).map((each) => `not recovered: ${each}`),
      ...(outcomeIsOpen ? [] : (await leftOvers(sandbox)).map((each) => `left over: ${each}`)),
    ];
  } finally {
    await sandbox.remove();
  }
};

interface Killed {
  readonly failures: readonly string[];
  readonly kills: number;
}

const killEverywhere = async (prepared: Sandbox, act = anyRun): Promise<Killed> => {
  const undisturbed = await runUndisturbed(prepared, act);
  const limit = pLimit(atOnce[prepared.engine]);
  const stops = stopsOf(undisturbed);
  const failures = await Promise.all(
    stops.map((stop) =>
      limit(async () => {
        const wrong = await killOnce(undisturbed, stop).catch((error: unknown) => [String(error)]);
        const statement = undisturbed.statements[(stop.ordinal ?? 0) - 1]?.slice(0, 90);
        return wrong.map(
          (each) =>
            `killed ${stop.phase} ${stop.ordinal} (${statement}; TIDEMARK_TEST_SEED=${seed}): ${each}`,
        );
      }),
    ),
  );
  await prepared.remove();
  return { failures: failures.flat(), kills: stops.length };
};

export const describeKills = (engine: Engine): void => {
  describe(`I5: kill -9 of a run on ${engine}, at every statement of the commit (of a first one and of other commands one in ${stepInOthers}) and one in ${step} of the others`, () => {
    it(
      'leaves all or nothing of a first run, and the next one ends it',
      { timeout: patienceMs },
      async () => {
        const { failures, kills } = await killEverywhere(await createSandbox(engine, workshop), firstRun);
        expect(failures).toEqual([]);
        expect(kills).toBeGreaterThan(10);
      },
    );

    it(
      'leaves all or nothing of an ordinary run, and the next one ends it',
      { timeout: patienceMs },
      async () => {
        const prepared = await createSandbox(engine, workshop);
        await prepared.run();
        await prepared.sql(...notes, ...changes);
        const { failures, kills } = await killEverywhere(prepared);
        expect(failures).toEqual([]);
        expect(kills).toBeGreaterThan(30);
      },
    );

    it('leaves all or nothing of a rollback, and the next one ends it', { timeout: patienceMs }, async () => {
      const prepared = await createSandbox(engine, workshop);
      await prepared.run();
      await prepared.sql(...notes, ...changes);
      await prepared.run();
      const { failures, kills } = await killEverywhere(prepared, rollback);
      expect(failures).toEqual([]);
      expect(kills).toBeGreaterThan(5);
    });

    it(
      'leaves all or nothing of a rollback from the audit, and the next one ends it',
      { timeout: patienceMs },
      async () => {
        const prepared = await createSandbox(engine, workshop);
        await prepared.run();
        await prepared.sql(
          `update marts.dim_customer set name = 'by hand' where customer_id = 1`,
          'delete from marts.fact_line where order_id = 11',
          `insert into marts.fact_line (order_id, line_no, product) values (99, 1, 'smuggled')`,
        );
        await prepared.run();
        const { failures, kills } = await killEverywhere(prepared, rollback);
        expect(failures).toEqual([]);
        expect(kills).toBeGreaterThan(5);
      },
    );

    it('a reconcile in parts goes on where it was killed', { timeout: patienceMs }, async () => {
      const prepared = await createSandbox(engine, workshop);
      await prepared.run();
      await prepared.sql(
        `update marts.fact_line set product = 'by hand' where order_id in (10, 13)`,
        'delete from marts.fact_line where order_id = 11',
        `insert into marts.fact_line (order_id, line_no, product) values (99, 1, 'smuggled')`,
      );
      const { failures, kills } = await killEverywhere(prepared, reconcile);
      expect(failures).toEqual([]);
      expect(kills).toBeGreaterThan(5);
    });
  });
};
