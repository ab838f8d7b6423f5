// tidemark dictionary
import { writeEditorSchema, type EditorSchemaReport } from '../../batch/editor-schema.ts';
import { dictionaryFeeds, dictionaryReport } from '../../batch/read-dictionary.ts';
import { shapePython, shapeYaml, type Fed } from '../../dictionary/source-first.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { choiceOf, durationOf, isOn } from '../read-options.ts';
import type { Style } from '../render/style.ts';
import { count, cut, widthOf } from '../render/text.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const formats = ['text', 'yaml', 'json', 'python'] as const;

/** A heading per source; each of its columns with what it feeds. */
const render = (feeds: readonly Fed[], style: Style): string => {
  if (feeds.length === 0) return 'no mapping reads a source';
  const width = Math.max(...feeds.map(({ column }) => widthOf(column)));
  let [source, column] = ['', ''];
  const lines = inOrder(feeds).flatMap((fed) => {
    const isNew = fed.source !== source;
    const head = isNew ? [style.colors.bold(fed.source)] : [];
    const name = isNew || fed.column !== column ? fed.column : '';
    [source, column] = [fed.source, fed.column];
    const as = fed.expression === undefined ? '' : style.colors.dim(`  = ${fed.expression}`);
    const line = `  ${name}${' '.repeat(width - widthOf(name))}  ${fed.target}.${fed.to}${as}`;
    return [...head, style.color ? line : cut(line, style.width)];
  });
  return lines.join('\n');
};

/** Sources, and columns of each, in the order in which they first stand there. */
const inOrder = (feeds: readonly Fed[]): readonly Fed[] => {
  const sources = new Map<string, Map<string, Fed[]>>();
  for (const fed of feeds) {
    const columns = sources.get(fed.source) ?? new Map<string, Fed[]>();
    const same = columns.get(fed.column) ?? [];
    same.push(fed);
    sources.set(fed.source, columns.set(fed.column, same));
  }
  return [...sources.values()].flatMap((columns) => [...columns.values()].flat());
};

const schemaText = ({ file, modelines, others, tables }: EditorSchemaReport): string =>
  [
    `${file}: ${count(tables, 'table')}`,
    ...(modelines.length === 0
      ? []
      : [
          `${count(modelines.length, 'mapping file')} now ${modelines.length === 1 ? 'names' : 'name'} it for editors`,
        ]),
    ...others.map((other) => `${other} names another schema and was left alone`),
  ].join('\n');

const writeSchema = async (invocation: Invocation): Promise<Outcome> => {
  const { options } = invocation;
  const project = await invocation.project();
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const report = await waitingFor(project, invocation, waitMs, (ms) =>
    writeEditorSchema({
      project,
      offline: isOn(options, 'offline'),
      modeline: options['modeline'] !== false,
      waitMs: ms,
    }),
  );
  return { exit: 0, json: report, text: () => schemaText(report) };
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { project, options, select } = invocation;
  if (isOn(options, 'schema')) return writeSchema(invocation);
  const format = choiceOf(options, 'format', formats) ?? 'text';
  const asked = { project: await project(), select };
  const feeds = dictionaryFeeds(asked);
  const report = dictionaryReport(asked, feeds);
  const texts: Readonly<Record<(typeof formats)[number], Outcome['text']>> = {
    text: (style) => render(feeds, style),
    yaml: () => shapeYaml(report.dictionary),
    json: () => JSON.stringify(report),
    python: () => shapePython(report.dictionary),
  };
  return { exit: 0, json: report, text: texts[format] };
};

export const dictionary: Command = { endsOnSignal: false, execute };
