// tidemark docs
import { docs as docsOfProject } from '../../batch/docs/docs.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, isOn, textOf } from '../read-options.ts';
import { renderDocs } from '../render/docs.ts';
import { usage } from '../usage.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const unlike = 3;

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options } = invocation;
  const [write, check] = [isOn(options, 'write'), isOn(options, 'check')];
  if (write && check) throw usage('`--check` looks and `--write` writes: take one of them away');
  const project = await invocation.project();
  const report = await waitingFor(
    project,
    invocation,
    durationOf(options, 'wait') ?? readersWaitMs,
    (waitMs) =>
      docsOfProject({
        project,
        dbt: textOf(options, 'dbt'),
        write,
        remove: isOn(options, 'remove'),
        waitMs,
      }),
  );
  return {
    exit: check && report.status === 'different' ? unlike : 0,
    json: report,
    text: (style) => renderDocs(report, style),
    inShort: `${report.files.length} files are not as \`tidemark docs --write\` writes them`,
  };
};

export const docs: Command = { endsOnSignal: false, execute };
