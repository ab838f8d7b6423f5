// tidemark uninstall
import { uninstall as uninstallProject, type UninstallReport } from '../../batch/uninstall/uninstall.ts';
import { holderWords } from '../../store/lease-holder.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, isOn, textOf } from '../read-options.ts';
import type { Style } from '../render/style.ts';
import { renderTable } from '../render/table.ts';
import { number } from '../render/text.ts';
import { usage } from '../usage.ts';
import { waitingFor } from '../waiting.ts';

const leaseWaitMs = 90_000;

const render = ({ status, objects, kept, exported }: UninstallReport, style: Style): string => {
  if (status === 'nothing') return 'tidemark made nothing here';
  const dropped = renderTable(
    {
      columns: [{ title: status === 'pending' ? 'would be dropped' : 'dropped' }, { title: 'what it is' }],
      rows: objects.map(({ name, kind }) => [name, kind]),
    },
    style,
  );
  const stays = renderTable(
    {
      columns: [{ title: 'stays' }, { title: 'because' }],
      rows: kept.map((each) => [each.name, each.reason]),
    },
    style,
  );
  return [
    ...exported.map(({ file, rows }) => `${file}: ${number(rows)} rows`),
    dropped,
    ...(kept.length === 0 ? [] : ['', stays]),
    ...(status === 'pending' ? ['', 'nothing was dropped; `tidemark uninstall --yes` does it'] : []),
  ].join('\n');
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, signal, log } = invocation;
  const dryRun = isOn(options, 'dryRun');
  const exportTo = textOf(options, 'export');
  if (dryRun && exportTo !== undefined) throw usage('`--dry-run` writes nothing: leave `--export` out');
  if (!dryRun && !isOn(options, 'yes'))
    throw usage(
      '`tidemark uninstall` drops mirrors, ledger and audit: nothing can be undone after it; nothing was dropped',
      '`--dry-run` lists what would be dropped, `--yes` drops it',
    );
  const waitMs = durationOf(options, 'wait') ?? leaseWaitMs;
  const project = await invocation.project();
  const report = await waitingFor(project, invocation, waitMs, (ms) =>
    uninstallProject({
      project,
      dryRun,
      exportTo,
      waitMs: ms,
      signal,
      onWait: (holder) => log.info(`waiting: ${holderWords(holder)} holds the lease`),
    }),
  );
  return { exit: 0, json: report, text: (style) => render(report, style) };
};

export const uninstall: Command = { endsOnSignal: false, execute };
