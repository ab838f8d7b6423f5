// tidemark history
import { history as readHistory, type HistoryReport } from '../../batch/history.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, wholeOf } from '../read-options.ts';
import type { Style } from '../render/style.ts';
import { counts, renderTable } from '../render/table.ts';
import { instant, number, seconds } from '../render/text.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const render = ({ batches }: HistoryReport, target: string | undefined, style: Style): string => {
  if (batches.length === 0) {
    return target === undefined
      ? 'no batch was committed yet: `tidemark run` makes the first'
      : `no batch wrote into \`${target}\` yet`;
  }
  const undone = batches.some(({ undone_by: by }) => by !== undefined);
  return renderTable(
    {
      columns: [
        { title: 'batch', align: 'right' },
        { title: 'started (UTC)' },
        { title: 'kind' },
        {
          title: 'status',
          paint: (text, { colors }) => (text.startsWith('applied') ? text : colors.yellow(text)),
        },
        counts('changes'),
        counts('rows'),
        counts('cells'),
        { title: 'took', align: 'right' },
        ...(undone ? [{ title: 'undone by', align: 'right' as const }] : []),
      ],
      rows: batches.map((each) => [
        String(each.batch),
        instant(each.started_at),
        each.kind,
        each.status,
        number(each.changes),
        number(each.rows),
        number(each.cells),
        seconds(each.duration_ms),
        ...(undone ? [each.undone_by === undefined ? '' : String(each.undone_by)] : []),
      ]),
    },
    style,
  );
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, select } = invocation;
  const limit = wholeOf(options, 'limit');
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const [target] = select;
  const project = await invocation.project();
  const report = await waitingFor(project, invocation, waitMs, (ms) =>
    readHistory({ project, limit, target, waitMs: ms }),
  );
  return { exit: 0, json: report, text: (style) => render(report, target, style) };
};

export const history: Command = { endsOnSignal: false, execute };
