// tidemark import
import { importDictionary, type ImportReport } from '../../batch/import-dictionary.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, isOn, textOf } from '../read-options.ts';
import type { Style } from '../render/style.ts';
import { counts, renderTable } from '../render/table.ts';
import { count } from '../render/text.ts';
import { usage } from '../usage.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const filesTable = ({ files }: ImportReport, style: Style): string =>
  renderTable(
    {
      columns: [{ title: 'file' }, counts('columns'), counts('guesses'), { title: 'target' }],
      rows: files.map(({ file, target, columns, guesses }) => [
        file,
        columns === 0 ? '-' : String(columns),
        guesses.length === 0 ? '-' : String(guesses.length),
        target ?? '(sources)',
      ]),
    },
    style,
  );

const headline = ({ files, written, file }: ImportReport): string => {
  const targets = files.filter(({ target }) => target !== null);
  const columns = targets.reduce((sum, each) => sum + each.columns, 0);
  const what = `${count(columns, 'column')} of ${count(targets.length, 'target')}`;
  if (files.length === 0) return `${file}: nothing to write`;
  return written ? `imported ${what} from ${file}` : `would import ${what} from ${file}; nothing was written`;
};

const render = (report: ImportReport, style: Style): string => {
  const { files, mapped_already: already, written } = report;
  return [
    headline(report),
    ...(files.length === 0 ? [] : [filesTable(report, style)]),
    ...(already.length === 0
      ? []
      : [
          already.map(({ target, file }) => `${target} is mapped already, by ${file}: left alone`).join('\n'),
        ]),
    ...(written && files.length > 0
      ? [style.colors.dim('check what is marked `# guessed`, then `tidemark validate` and `tidemark plan`')]
      : []),
  ].join('\n\n');
};

/** What could not be placed for one reason is one warning. */
const notPlaced = ({ not_placed: all }: ImportReport): readonly Problem[] => {
  const groups = new Map<string, ImportReport['not_placed'][number][]>();
  for (const each of all) {
    const key = JSON.stringify([each.target, each.reason]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = group.map((each) => `\`${each.target_column}\``).join(', ');
    return [
      {
        code: 'import_not_placed',
        severity: 'warning',
        message: `${names} of \`${first.target}\` could not be placed: ${first.reason}`,
      },
    ];
  });
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { args, options } = invocation;
  const [file] = args;
  if (file === undefined) throw usage('which file?', '`tidemark import expanded_dictionary.py`');
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const project = await invocation.project();
  const report = await waitingFor(project, invocation, waitMs, (ms) =>
    importDictionary({
      project,
      file,
      variable: textOf(options, 'variable'),
      dryRun: isOn(options, 'dryRun'),
      waitMs: ms,
    }),
  );
  return { exit: 0, json: report, text: (style) => render(report, style), problems: notPlaced(report) };
};

export const importFile: Command = { endsOnSignal: false, execute };
