// Arguments to a command or a request for help. Global flags stand before or after the command's name.
import { Command, CommanderError, Option } from 'commander';
import type { TidemarkError } from '../errors/tidemark-error.ts';
import { type CommandName, commandNames, isCommandName, specOf } from './command-table.ts';
import { commandHabit, flagHabit } from './habits.ts';
import { settings, type OptionSpec } from './settings.ts';
import { didYouMean, usage } from './usage.ts';

export type Parsed =
  | { readonly kind: 'help'; readonly of?: CommandName | undefined }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'command';
      readonly name: CommandName;
      readonly args: readonly string[];
      readonly options: Readonly<Record<string, unknown>>;
    };

const listed = (before: unknown): readonly string[] =>
  Array.isArray(before) ? (before as readonly string[]) : [];

const parsers = {
  list: (value: string, before: unknown) => [...listed(before), value],
  names: (value: string, before: unknown) => [
    ...listed(before),
    ...value.split(/[\s,]+/).filter((name) => name !== ''),
  ],
} as const;

const optionOf = ({ flags, kind }: OptionSpec): Option => {
  const option = new Option(flags);
  return kind === 'list' || kind === 'names' ? option.argParser(parsers[kind]) : option;
};

/** Ours is printed instead: commander shall neither write nor leave. */
const silenced = (command: Command): Command =>
  command
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined, outputError: () => undefined })
    .showSuggestionAfterError(false)
    .helpOption(false);

const helpOption = (): Option => new Option('-h, --help');

const programOf = (found: (parsed: Parsed) => void): Command => {
  const program = silenced(new Command('tidemark'));
  for (const spec of Object.values(settings)) program.addOption(optionOf(spec));
  program.addOption(helpOption()).addOption(new Option('-V, --version'));
  program.helpCommand(false).allowExcessArguments(true).argument('[command...]');
  program.action((words: readonly string[]) => found(withoutCommand(program, words)));
  for (const name of commandNames) {
    const spec = specOf(name);
    const command = silenced(program.command(name)).allowExcessArguments(false);
    if (spec.argument !== undefined)
      command.argument(spec.argument.several === true ? '[values...]' : '[value]');
    for (const option of spec.options) command.addOption(optionOf(option));
    command.action(() => {
      const options = command.optsWithGlobals();
      found(
        options['version'] === true
          ? { kind: 'version' }
          : { kind: 'command', name, args: command.args, options },
      );
    });
  }
  return program;
};

const withoutCommand = (program: Command, words: readonly string[]): Parsed => {
  const [first, second] = words;
  if (program.opts()['version'] === true) return { kind: 'version' };
  if (first === undefined) {
    if (program.opts()['help'] === true) return { kind: 'help' };
    throw usage('which command?', '`tidemark help` lists them');
  }
  if (first !== 'help') throw unknownCommand(first);
  if (second === undefined) return { kind: 'help' };
  if (isCommandName(second)) return { kind: 'help', of: second };
  throw unknownCommand(second);
};

const unknownCommand = (name: string): TidemarkError =>
  commandHabit(name) ??
  usage(
    `unknown command \`${name}\``,
    didYouMean(name, [...commandNames, 'help'], '`tidemark help` lists the commands'),
  );

const longFlags = (specs: readonly OptionSpec[]): readonly string[] =>
  specs.flatMap(({ flags }) => flags.match(/--[a-z][a-z-]*/g) ?? []);

const unknownOption = (name: string, command: CommandName | undefined): TidemarkError => {
  const habit = flagHabit(name);
  if (habit !== undefined) return habit;
  const known = longFlags([
    ...(command === undefined ? [] : specOf(command).options),
    ...Object.values(settings),
  ]);
  const asker = command === undefined ? 'tidemark' : `tidemark ${command}`;
  const help = command === undefined ? 'tidemark help' : `tidemark help ${command}`;
  return usage(
    `\`${asker}\` has no option \`${name}\``,
    didYouMean(name, [...known, '--help', '--version'], `\`${help}\` lists them`),
  );
};

/** From commander's wording to ours; its codes are stable, its words are quoted only for what they name. */
const reworded = (error: CommanderError, command: CommandName | undefined): TidemarkError => {
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption':
      return unknownOption(named.split('=')[0] ?? named, command);
    case 'commander.optionMissingArgument':
      return usage(
        `\`${
          named
            .split(' ')
            .findLast((word) => word.startsWith('-'))
            ?.replace(',', '') ?? named
        }\` needs a value`,
      );
    case 'commander.excessArguments':
      return usage(
        command !== undefined && specOf(command).argument !== undefined
          ? `\`tidemark ${command}\` takes one ${specOf(command).argument?.name ?? 'value'}`
          : `\`tidemark ${command ?? ''}\` takes no arguments`,
        command === 'verify' || command === 'history' ? 'tables are named with `-s NAMES`' : undefined,
      );
    default:
      return usage(error.message.replace(/^error: /, ''));
  }
};

const valueFlags = new Set(
  Object.values(settings)
    .filter(({ kind }) => kind !== 'flag')
    .flatMap(({ flags }) => flags.match(/--?[a-z][a-z-]*/g) ?? []),
);

/** What stands where a command's name does; commander says nothing of it when it stumbles over a flag first. */
const firstWord = (argv: readonly string[]): string | undefined =>
  argv.find((word, place) => !word.startsWith('-') && !valueFlags.has(argv[place - 1] ?? ''));

export const parseArguments = (argv: readonly string[]): Parsed => {
  const word = firstWord(argv);
  const command = word !== undefined && isCommandName(word) ? word : undefined;
  if (command !== undefined && (argv.includes('--help') || argv.includes('-h')))
    return { kind: 'help', of: command };
  let parsed: Parsed | undefined;
  try {
    programOf((found) => {
      parsed = found;
    }).parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const flag = /'(-[^' ]*)'/.exec(error.message)?.[1];
    const flagFirst =
      flag !== undefined && argv.indexOf(flag) !== -1 && argv.indexOf(flag) < argv.indexOf(word ?? '');
    if (word !== undefined && word !== 'help' && command === undefined && !flagFirst)
      throw unknownCommand(word);
    throw reworded(error, command);
  }
  return parsed ?? { kind: 'help' };
};
