// tidemark status
import { status as readStatus, type StatusReport, type StatusResult } from '../../batch/status.ts';
import { isTidemarkError } from '../../errors/tidemark-error.ts';
import type { Project } from '../../project/project.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, isOn, textOf } from '../read-options.ts';
import { holderJson } from '../render/json.ts';
import { projectLine } from '../render/project-line.ts';
import { reasons, renderStatus, setAside } from '../render/status.ts';
import { plainStyle } from '../render/style.ts';
import { duration, instantUtc, wrap } from '../render/text.ts';
import { watchScreen } from '../render/screen.ts';
import { usage } from '../usage.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const statusJson = (report: StatusReport): object => {
  const { lease, last_run: run } = report;
  return {
    ...report,
    lease: holderJson(lease),
    last_run:
      run === null
        ? null
        : {
            run_id: run.runId,
            command: run.command,
            status: run.status,
            started_at: run.startedAt,
            finished_at: run.finishedAt ?? null,
            batch: run.batch ?? null,
            error_code: run.errorCode ?? null,
            error: run.error ?? null,
            repeats: run.repeats,
          },
  };
};

const leastEveryMs = 200;
const usualEveryMs = 2_000;

/** Shows it until the signal is given; answers the last one. */
const watch = async (invocation: Invocation, project: Project): Promise<StatusResult | undefined> => {
  const { options, screen, signal } = invocation;
  if (screen === undefined)
    throw usage(
      '`--watch` draws on a terminal, and stdout is none here (`--json` and `--quiet` leave nothing to draw)',
      'ask again and again: `tidemark status --json`, or let `tidemark schedule` serve `/metrics`',
    );
  const everyMs = Math.max(leastEveryMs, durationOf(options, 'every') ?? usualEveryMs);
  const line = await projectLine(project);
  let last: StatusResult | undefined;
  await watchScreen(
    screen,
    async () => {
      try {
        last = await readStatus({ project, failIfLagMs: durationOf(options, 'failIfLag'), waitMs: everyMs });
        const { report } = last;
        return (style) =>
          `${renderStatus(report, line, style)}\n\n${style.colors.dim(`looked at ${instantUtc(report.at)}; Ctrl-C ends`)}`;
      } catch (error) {
        if (!isTidemarkError(error) || !error.retryable) throw error;
        const known = last;
        return (style) =>
          [
            // First: a low terminal shows no more than the beginning.
            style.colors.yellow(wrap(`not to be read just now: ${error.message}`, style.width).join('\n')),
            ...(known === undefined ? [line(style)] : [renderStatus(known.report, line, style)]),
          ].join('\n\n');
      }
    },
    { everyMs, signal },
  );
  return last;
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options } = invocation;
  const watches = isOn(options, 'watch');
  if (!watches && textOf(options, 'every') !== undefined) throw usage('`--every` goes with `--watch`');
  if (watches) {
    const last = await watch(invocation, await invocation.project());
    return { exit: last?.exit ?? 0, json: {}, text: () => 'no longer watched' };
  }
  const failIfLagMs = durationOf(options, 'failIfLag');
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const project = await invocation.project();
  const { report, exit } = await waitingFor(project, invocation, waitMs, (ms) =>
    readStatus({ project, failIfLagMs, waitMs: ms }),
  );
  const line = await projectLine(project);
  const lag = report.lag_ms === null ? 'there is no data yet' : `the data is ${duration(report.lag_ms)} old`;
  return {
    exit,
    json: statusJson(report),
    text: (style) => renderStatus(report, line, style),
    closing: exit === 3 ? `${lag}, older than --fail-if-lag allows` : undefined,
    inShort: [...reasons(report, plainStyle), ...setAside(report, plainStyle)].join('\n'),
  };
};

// A watched screen ends by itself; what is read once may simply be left.
export const status: Command = { endsOnSignal: true, execute };
