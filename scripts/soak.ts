// npm run soak -- --batches N [--seed S]: scheduled batches on a Postgres of its own, under a writer, while things go wrong;
// then all is asked for: nothing lost, targets equal to a rebuild, nothing left behind, memory steady.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { run } from '../src/batch/run.ts';
import { readProject } from '../src/project/read-project.ts';
import { startPostgresServer } from '../tests/support/postgres-server.ts';
import { strike } from './soak/faults.ts';
import { startHost, type Host } from './soak/host.ts';
import { inspect, judgeMemory } from './soak/inspect.ts';
import { chanceFrom } from './soak/random.ts';
import { tables, writeProject } from './soak/shop.ts';
import { openSmallDisk, type SmallDisk } from './soak/small-disk.ts';
import { startWriter } from './soak/writer.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

const { values } = parseArgs({
  options: { batches: { type: 'string', default: '200' }, seed: { type: 'string' } },
});
const wanted = Number(values.batches);
const seed = Number(values.seed ?? Date.now() % 1_000_000);

const counted = new Map<string, number>();
const count = (what: string): void => void counted.set(what, (counted.get(what) ?? 0) + 1);
const figures = (): string =>
  [...counted]
    .toSorted(([left], [right]) => left.localeCompare(right))
    .map(([what, times]) => `${what}: ${times}`)
    .join(', ');

const executeOn =
  (url: string) =>
  async (sql: string): Promise<Rows> => {
    const client = new Client({ connectionString: url, application_name: 'soak' });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Readonly<Record<string, unknown>>>(sql)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  };

type Execute = ReturnType<typeof executeOn>;

/** While the server recovers it answers nobody. */
const untilReady = async (execute: Execute): Promise<void> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await execute('select 1');
      return;
    } catch (error) {
      if (attempt > 100) throw error;
      await sleep(200);
    }
  }
};

const tellEveryMs = 30_000;

/** A fault every few batches, at any moment of one: the next comes only after something went well again. */
const breakThings = async (host: Host, execute: Execute, disk: SmallDisk): Promise<void> => {
  const chance = chanceFrom(seed);
  let [strikeAt, toldAt] = [1, Date.now()];
  for (let done = 0; done < wanted; done = host.batches()) {
    await sleep(chance.whole(50, 1_000));
    if (done >= strikeAt) {
      strikeAt = done + chance.whole(1, 5);
      // The last process lives on, so that its memory can be judged.
      const fault = await strike({ execute, worker: host.worker, disk }, chance, done < wanted * 0.4);
      if (fault !== undefined) count(`fault ${fault}`);
    }
    if (Date.now() - toldAt < tellEveryMs) continue;
    toldAt = Date.now();
    console.log(`${done} batches; ${figures()}`);
  }
};

const soak = async (folder: string, url: string, disk: SmallDisk): Promise<readonly string[]> => {
  const execute = executeOn(url);
  for (const statement of tables) await execute(statement);
  writeProject(folder, url);
  const project = readProject({ directory: folder, variables: {} });
  await run({ project });
  for (const statement of disk.moveIn) await execute(statement);
  console.log(
    `seed ${seed}: ${wanted} batches; the disk that fills up is ${disk.real ? 'a small file system' : 'stood in for: none could be mounted'}`,
  );
  const writer = startWriter(url, chanceFrom(seed + 1));
  const host = startHost(folder, count);
  try {
    await breakThings(host, execute, disk);
    await untilReady(execute);
    await disk.free();
    await writer.stop();
    await host.stop();
    const memory = judgeMemory(host.heaps());
    console.log(
      `${host.batches()} batches in ${host.processes()} processes, ${writer.changes()} changes in staging; ${memory.told}\n${figures()}`,
    );
    const problems = await inspect(project, execute);
    return memory.grows ? [...problems, `memory grows: ${memory.told}`] : problems;
  } finally {
    host.kill();
    await writer.stop();
  }
};

const main = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-soak-'));
  const server = await startPostgresServer({ restart_after_crash: 'on' });
  const disk = openSmallDisk(executeOn(server.url));
  let problems: readonly string[];
  try {
    problems = await soak(folder, server.url, disk);
  } finally {
    await server.stop();
    disk.unmount();
    rmSync(folder, { recursive: true, force: true });
  }
  for (const problem of problems) console.error(`not ok: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  console.log(
    problems.length === 0
      ? 'nothing lost, targets equal a rebuild, nothing left behind'
      : `the soak of seed ${seed} failed`,
  );
};

await main();
