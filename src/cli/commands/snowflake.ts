// tidemark snowflake
import { deployPipeline, dropPipeline, type RanReport } from '../../batch/pipeline/deploy.ts';
import { diffPipeline, type DiffReport } from '../../batch/pipeline/diff.ts';
import { generatePipeline, type GenerateReport, type PipelineWishes } from '../../batch/pipeline/generate.ts';
import { minutesText } from '../../snowflake-pipeline/interval.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { choiceOf, durationOf, isOn, textOf } from '../read-options.ts';
import type { Style } from '../render/style.ts';
import { renderTable } from '../render/table.ts';
import { count } from '../render/text.ts';
import { usage } from '../usage.ts';

const actions = ['generate', 'deploy', 'diff', 'drop'] as const;
type Action = (typeof actions)[number];

/** Flags that only `generate` reads: given with another action they would be passed over in silence. */
const ofGenerate = [
  'force',
  'offline',
  'schema',
  'warehouse',
  'role',
  'every',
  'cron',
  'reconcile',
  'lag',
  'refresh',
  'notify',
] as const;

const isAction = (word: string | undefined): word is Action => actions.some((each) => each === word);

const cronOf = (options: Invocation['options'], name: 'cron' | 'reconcile'): string | undefined => {
  const written = textOf(options, name);
  if (written === undefined || /^(\S+\s+){5}[A-Za-z][\w/+-]*$/.test(written.trim())) return written?.trim();
  throw usage(
    `\`--${name}\` takes five fields and a time zone, such as \`0 * * * * UTC\`, not \`${written}\``,
  );
};

const wishesOf = (options: Invocation['options']): PipelineWishes => {
  const every = durationOf(options, 'every');
  const cron = cronOf(options, 'cron');
  if (every !== undefined && cron !== undefined) throw usage('`--every` and `--cron` contradict each other');
  const lag = durationOf(options, 'lag');
  if (lag !== undefined && lag < 60_000) throw usage('`--lag` is a minute at least');
  if (every !== undefined && every < 10_000) throw usage('`--every` is ten seconds at least');
  const notify = textOf(options, 'notify');
  const [, integration, to] = /^([^:]+):(\S+@\S+)$/.exec(notify ?? '') ?? [];
  if (notify !== undefined && (integration === undefined || to === undefined))
    throw usage(
      `\`--notify\` takes an integration and an address, \`MAILS:data@example.com\`, not \`${notify}\``,
    );
  return {
    schema: textOf(options, 'schema'),
    warehouse: textOf(options, 'warehouse'),
    role: textOf(options, 'role'),
    start:
      every !== undefined
        ? { kind: 'every', interval: minutesText(every) }
        : cron !== undefined
          ? { kind: 'cron', expression: cron }
          : { kind: 'triggered' },
    reconcileAt: cronOf(options, 'reconcile'),
    lag: lag === undefined ? undefined : minutesText(lag),
    refreshMode: choiceOf(options, 'refresh', ['incremental', 'full', 'auto'] as const),
    notify: integration === undefined || to === undefined ? undefined : { integration, to },
  };
};

const generatedText = ({ files, targets, left_out, warnings }: GenerateReport, style: Style): string =>
  [
    renderTable(
      {
        columns: [{ title: 'file' }, { title: 'is' }],
        rows: files.map(({ file, status }) => [file, status]),
      },
      style,
    ),
    '',
    renderTable(
      {
        columns: [{ title: 'target' }, { title: 'kept as' }],
        rows: targets.map(({ name, kind }) => [name, kind === 'dynamic table' ? kind : `${kind}, by tasks`]),
      },
      style,
    ),
    ...(left_out.length === 0
      ? []
      : ['', 'not in the pipeline:', ...left_out.map(({ name, reason }) => `  ${name}: ${reason}`)]),
    ...(warnings.length === 0 ? [] : ['', ...warnings.map(({ message }) => `warning: ${message}`)]),
    '',
    'None of it has run on a real account: read the scripts before you run them. Next: 00_role.sql by an',
    'administrator, then `tidemark snowflake deploy`.',
  ].join('\n');

const ranText = ({ command, files }: RanReport): string =>
  [
    ...files.map(({ file, statements }) => `${file}: ${count(statements, 'statement')}`),
    ...(command === 'deploy'
      ? ['deployed; the tasks run']
      : [
          'dropped; target tables stay as they are',
          'the schema stays as well: drop it yourself where nothing is left in it',
        ]),
  ].join('\n');

const diffText = ({ status, objects }: DiffReport, style: Style): string => {
  if (status === 'equal') return 'the account has what the scripts say';
  if (status === 'absent') return `nothing is deployed: ${count(objects.length, 'object')} to be made`;
  return renderTable(
    {
      columns: [{ title: 'object' }, { title: 'in the account' }],
      rows: objects.map(({ object, status: how }) => [
        object,
        how === 'unknown' ? 'made by no script' : how === 'changed' ? 'made of another text' : how,
      ]),
    },
    style,
  );
};

const perform = async (action: Action, invocation: Invocation): Promise<Outcome> => {
  const { options, signal, progress } = invocation;
  const folder = textOf(options, 'path');
  const wishes = wishesOf(options);
  const project = await invocation.project();
  const scripts = {
    project,
    folder,
    signal,
    onStatement: ({
      file,
      done,
      of,
    }: {
      readonly file: string;
      readonly done: number;
      readonly of: number;
    }) => progress.step('commit', `${file} ${done} of ${of}`),
  };
  switch (action) {
    case 'generate': {
      const report = await generatePipeline({
        ...wishes,
        project,
        folder,
        force: isOn(options, 'force'),
        offline: isOn(options, 'offline'),
      });
      return { exit: 0, json: report, text: (style) => generatedText(report, style) };
    }
    case 'deploy': {
      const report = await deployPipeline(scripts);
      return { exit: 0, json: report, text: () => ranText(report) };
    }
    case 'diff': {
      const report = await diffPipeline({ project, folder });
      return {
        exit: report.status === 'equal' ? 0 : 3,
        json: report,
        text: (style) => diffText(report, style),
      };
    }
    case 'drop': {
      const report = await dropPipeline(scripts);
      return { exit: 0, json: report, text: () => ranText(report) };
    }
  }
};

const execute = (invocation: Invocation): Promise<Outcome> => {
  const { args, options } = invocation;
  const [action] = args;
  if (!isAction(action))
    throw usage(`\`tidemark snowflake\` takes ${actions.join(', ')}, not \`${action ?? ''}\``);
  const misplaced = ofGenerate.find((name) => options[name] !== undefined && options[name] !== false);
  if (action !== 'generate' && misplaced !== undefined)
    throw usage(
      `\`--${misplaced}\` belongs to \`tidemark snowflake generate\`: it is written into the scripts`,
    );
  if (action === 'drop' && !isOn(options, 'yes'))
    throw usage(
      '`tidemark snowflake drop` drops streams with what they have not shown yet, and all events; nothing was dropped',
      'read 90_drop.sql; `--yes` runs it',
    );
  return perform(action, invocation);
};

export const snowflake: Command = { endsOnSignal: true, execute };
