// tidemark schedule
import type { Ticked } from '../../batch/schedule/loop.ts';
import { schedule as runSchedule } from '../../batch/schedule/schedule.ts';
import type { Begun } from '../../batch/begun.ts';
import type { RunResult } from '../../batch/run.ts';
import type { Log } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { saveMetrics, takeUpMetrics, takeUpSince } from '../../observe/metrics-file.ts';
import { tallyStatements } from '../../observe/statement-tally.ts';
import { serveMetrics, type ListenPlace } from '../../observe/serve-metrics.ts';
import type { Cadence, Project } from '../../project/project.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, pairsOf, textOf, wholeOf } from '../read-options.ts';
import { projectLine } from '../render/project-line.ts';
import { messageOf, newTally, seconds, toldOf, type Watching } from '../schedule-told.ts';
import { toldRun, type ToldRun } from '../told-run.ts';
import { usage } from '../usage.ts';

const usualGraceMs = 25_000;
const usualPlace: ListenPlace = { host: '127.0.0.1', port: 9464 };

const cadenceOf = ({ options }: Invocation, project: Project): Cadence => {
  const everyMs = durationOf(options, 'every');
  const expression = textOf(options, 'cron');
  const timezone = textOf(options, 'timezone');
  if (everyMs !== undefined && expression !== undefined)
    throw usage('`--every` and `--cron` exclude each other');
  if (timezone !== undefined && expression === undefined)
    throw usage('`--timezone` goes with `--cron`', '`--every` knows no zone: it counts in the marks of UTC');
  if (everyMs !== undefined) return { kind: 'every', ms: everyMs };
  if (expression !== undefined) return { kind: 'cron', expression, timezone };
  if (project.schedule !== undefined) return project.schedule;
  throw usage(
    'say how often: `--every 30m` or `--cron …`',
    'or once for all, in the project file: `schedule: { every: 30m }`',
  );
};

const placeOf = (text: string | undefined): ListenPlace | undefined => {
  if (text === undefined) return usualPlace;
  if (text === 'off') return undefined;
  const match = /^(?:\[([^\]]+)\]|([^:]+))?:(\d{1,5})$/.exec(text);
  if (match === null || Number(match[3]) > 65_535)
    throw usage(`\`--listen\` takes \`HOST:PORT\` or \`off\`, not \`${text}\``);
  return { host: match[1] ?? match[2] ?? usualPlace.host, port: Number(match[3]) };
};

/** A file that cannot be written is said, and nothing more: batches are worth more than figures about them. */
const saving = (path: string | undefined, metrics: Metrics, log: Log) => (): void => {
  if (path === undefined) return;
  try {
    takeUpSince(path, metrics);
    saveMetrics(path, metrics);
  } catch (error) {
    log.error(`the metrics were not written to \`${path}\`: ${messageOf(error)}`);
  }
};

/** Asked to stop, the batch at work may go on for so long. */
const stopAfter = (drain: AbortSignal, graceMs: number, log: Log) => {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    log.info(`asked to stop: no further tick; a batch at work has ${seconds(graceMs)}`);
    timer = setTimeout(() => stop.abort(), graceMs);
  };
  drain.addEventListener('abort', begin, { once: true });
  return {
    signal: stop.signal,
    forget: () => {
      clearTimeout(timer);
      drain.removeEventListener('abort', begin);
    },
  };
};

/** Messages go out one tick after another, beside the schedule, which does not wait for them. */
const telling = (log: Log, project: () => Project) => {
  let last: Promise<void> = Promise.resolve();
  let told: ToldRun | undefined;
  const queue = (tell: (by: ToldRun) => Promise<void>): void => {
    const by = told ?? toldRun(project(), log, { command: 'run' });
    told = undefined;
    last = last
      .then(() => tell(by))
      .catch((error: unknown) => log.error(`nobody was told: ${messageOf(error)}`));
  };
  return {
    onBegin: (begun: Begun): void => {
      told = toldRun(project(), log, { command: 'run' });
      told.onBegin(begun);
    },
    hear: (outcome: Ticked<RunResult>): void => {
      if (outcome.kind === 'done') queue((by) => by.done(outcome.result));
      else if (outcome.kind === 'failed') queue((by) => by.failed(outcome.error));
      else told = undefined;
    },
    hearRetry: (error: unknown): void => queue((by) => by.failedOnce(error)),
    settled: (): Promise<void> => last,
  };
};

const summed = (tally: ReturnType<typeof newTally>): string =>
  `${tally.done} runs done, ${tally.failed} failed, ${tally.busy + tally.taken} left to others`;

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, log, signal } = invocation;
  const project = await invocation.project();
  let latest = project;
  const cadence = cadenceOf(invocation, project);
  const place = placeOf(textOf(options, 'listen'));
  const file = textOf(options, 'metricsFile');
  const metrics = takeUpMetrics(file);
  const tally = newTally();
  const statements = tallyStatements();
  const others = telling(log, () => latest);
  const watching: Watching = {
    log,
    metrics,
    tally,
    statements,
    save: saving(file, metrics, log),
    hear: others.hear,
    hearRetry: others.hearRetry,
    trouble: undefined,
  };
  const server =
    place && (await serveMetrics(place, { metrics: () => metrics.text(), trouble: () => watching.trouble }));
  const stop = stopAfter(signal, durationOf(options, 'grace') ?? usualGraceMs, log);
  const line = await projectLine(project);
  const often = cadence.kind === 'every' ? `every ${seconds(cadence.ms)}` : `at \`${cadence.expression}\``;
  log.info(`scheduled ${often}${server === undefined ? '' : `, ${server.address}/metrics`}`, { ...cadence });
  try {
    await runSchedule({
      cadence,
      retries: wholeOf(options, 'retries'),
      failures: wholeOf(options, 'maxFailures'),
      project: async () => (latest = await invocation.project()),
      told: toldOf(watching),
      onBegin: others.onBegin,
      onWait: (what) => log.info(`waiting: ${what}`),
      drain: signal,
      stop: stop.signal,
      meta: pairsOf(options, 'meta'),
      owner: textOf(options, 'owner'),
      waitMs: durationOf(options, 'wait'),
      atMost: wholeOf(options, 'ticks'),
    });
  } finally {
    stop.forget();
    statements.stop();
    await others.settled();
    await server?.close();
  }
  return {
    exit: 0,
    json: {
      schema: 'tidemark/schedule/1',
      project: project.name,
      environment: project.environment,
      ...tally,
    },
    text: (style) => `${line(style)}: ${summed(tally)}`,
  };
};

export const schedule: Command = { endsOnSignal: true, execute };
