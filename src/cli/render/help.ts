// Help, made from the tables of commands, settings and exit codes.
import { commandNames, specOf, type CommandName } from '../command-table.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { settings, type OptionSpec } from '../settings.ts';
import type { Style } from './style.ts';
import { wrap } from './text.ts';

type Entry = readonly [name: string, about: string];

const widest = 24;
const widestExample = 42;

const list = (title: string, entries: readonly Entry[], style: Style, most = widest): string => {
  const width = Math.min(most, Math.max(...entries.map(([name]) => name.length)));
  const lines = entries.flatMap(([name, about]) => {
    const [first = '', ...more] = wrap(about, Math.max(30, style.width - width - 4));
    const lead = `  ${name.padEnd(width)}`;
    const indent = ' '.repeat(width + 4);
    const start = name.length > width ? [`  ${name}`, indent + first] : [`${lead}  ${first}`];
    return [...start, ...more.map((line) => indent + line)];
  });
  return [style.colors.bold(title), ...lines].join('\n');
};

const optionEntry = ({ shown, about, variable }: OptionSpec): Entry => [
  shown,
  variable === undefined ? about : `${about} [$${variable}]`,
];

const settingEntries = (without: readonly OptionSpec[] = []): readonly Entry[] =>
  Object.values<OptionSpec>(settings)
    .filter((spec) => !without.includes(spec))
    .map(optionEntry);

const helpEntries: readonly Entry[] = [
  ['-h, --help', 'this text'],
  ['-V, --version', 'the version'],
];

const exitEntries = (codes: readonly ExitCode[]): readonly Entry[] =>
  codes.map((code) => [String(code), exitCodes[code]]);

const everyExit = Object.keys(exitCodes).map(Number) as readonly ExitCode[];

export const renderHelp = (style: Style): string =>
  [
    "tidemark keeps a dbt project's tables in step with staging, between full builds.",
    `${style.colors.bold('usage')}  tidemark COMMAND [options]`,
    list(
      'commands',
      [
        ...commandNames.map((name): Entry => [name, specOf(name).summary]),
        ['help COMMAND', 'more about one of them'],
      ],
      style,
    ),
    list('options of every command, before or after its name', [...settingEntries(), ...helpEntries], style),
    list('exit status', exitEntries(everyExit), style),
  ].join('\n\n');

export const renderCommandHelp = (name: CommandName, style: Style): string => {
  const spec = specOf(name);
  const argument =
    spec.argument === undefined ? '' : ` ${spec.argument.name}${spec.argument.several === true ? '…' : ''}`;
  const unused = spec.select === 'none' ? [settings.select] : [];
  const own = [
    ...(spec.argument === undefined ? [] : [[spec.argument.name, spec.argument.about] as const]),
    ...spec.options.map(optionEntry),
  ];
  return [
    `tidemark ${name}: ${spec.summary}`,
    `${style.colors.bold('usage')}  tidemark ${name}${argument} [options]`,
    ...(own.length === 0 ? [] : [list('options', own, style)]),
    list('options of every command', [...settingEntries(unused), ...helpEntries], style),
    list('exit status', exitEntries(spec.exits), style),
    list('examples', spec.examples, style, widestExample),
  ].join('\n\n');
};
