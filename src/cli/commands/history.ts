// tidemark history
import { history as readHistory, type HistoryReport } from '../../batch/history.ts';
import { rowHistory } from '../../batch/row-history.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, pairsOf, sinceOf, textOf, wholeOf } from '../read-options.ts';
import type { Style } from '../render/style.ts';
import { counts, renderTable } from '../render/table.ts';
import { instant, number, seconds } from '../render/text.ts';
import { renderRowHistory } from '../render/row-history.ts';
import { usage } from '../usage.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const render = (
  { batches }: HistoryReport,
  { target, filtered }: { readonly target: string | undefined; readonly filtered: boolean },
  style: Style,
): string => {
  if (batches.length === 0) {
    if (filtered) return 'no such batch';
    return target === undefined
      ? 'no batch was committed yet: `tidemark run` makes the first'
      : `no batch wrote into \`${target}\` yet`;
  }
  const undone = batches.some(({ undone_by: by }) => by !== undefined);
  const pruned = batches.some(({ pruned_at: at }) => at !== undefined);
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
        ...(pruned ? [{ title: 'records' }] : []),
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
        ...(pruned ? [each.pruned_at === undefined ? '' : 'pruned'] : []),
      ]),
    },
    style,
  );
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, select } = invocation;
  const limit = wholeOf(options, 'limit');
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const since = sinceOf(options, 'since');
  const key = pairsOf(options, 'key');
  const column = textOf(options, 'column');
  const [target] = select;
  const ofRow = Object.keys(key).length > 0;
  if (ofRow && target === undefined) throw usage('`--key` is of which table?', 'name it: `-s TARGET`');
  if (column !== undefined && !ofRow)
    throw usage('`--column` is of which row?', 'give its key: `-s TARGET --key column=value`');
  const project = await invocation.project();
  const report = await waitingFor(project, invocation, waitMs, (ms) =>
    ofRow && target !== undefined
      ? rowHistory({ project, target, key, column, since, limit, waitMs: ms })
      : readHistory({ project, limit, target, since, waitMs: ms }),
  );
  const asked = { target, filtered: since !== undefined };
  return {
    exit: 0,
    json: report,
    text: (style) => (ofRow ? renderRowHistory(report, style) : render(report, asked, style)),
  };
};

export const history: Command = { endsOnSignal: false, execute };
