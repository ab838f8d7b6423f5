// Completion scripts for shells, made from the tables of commands and settings: what help knows, completion knows.
import type { KnownCommand } from '../known-command.ts';
import { settings, type OptionSpec } from '../settings.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Commands whose argument is a source or target. */
const takesName = ({ argument }: KnownCommand): boolean =>
  ['NAME', 'TARGET', 'SOURCE.COLUMN', 'TARGET col=value'].includes(argument?.name ?? '');

const longest = ({ flags }: OptionSpec): string => flags.match(/--[a-z][a-z-]*/g)?.at(-1) ?? '';

const optionsOf = ({ select, options }: KnownCommand): readonly OptionSpec[] => {
  const global = Object.entries(settings)
    .filter(([key]) => key !== 'select' || select !== 'none')
    .map(([, spec]) => spec);
  return [...options, ...global];
};

const flagsOf = (command: KnownCommand): string => optionsOf(command).map(longest).join(' ');

type Commands = readonly KnownCommand[];

const namesOf = (commands: Commands): string => commands.map(({ name }) => name).join(' ');

const bash = (commands: Commands): string => `# bash completion of tidemark
_tidemark() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= each flags=
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $each in -*) ;; *) command=$each; break ;; esac
  done
  case $before in
    -s|--select|--adopt) COMPREPLY=($(compgen -W "$(tidemark completion names 2>/dev/null)" -- "$word")); return ;;
    --project|--project-dir|--export) COMPREPLY=($(compgen -d -- "$word")); return ;;
    --plan|--out|--changes|--metrics-file) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  case $command in
    '') COMPREPLY=($(compgen -W "${namesOf(commands)} help" -- "$word")); return ;;
${commands.map((command) => `    ${command.name}) flags="${flagsOf(command)}" ;;`).join('\n')}
    help) COMPREPLY=($(compgen -W "${namesOf(commands)}" -- "$word")); return ;;
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")); return ;;
  esac
  case $command in
    ${commands
      .filter(takesName)
      .map(({ name }) => name)
      .join('|')}) COMPREPLY=($(compgen -W "$(tidemark completion names 2>/dev/null)" -- "$word")) ;;
    completion) COMPREPLY=($(compgen -W "${shells.join(' ')}" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -F _tidemark tidemark
`;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** In descriptions of zsh a colon and brackets have a meaning of their own. */
const described = (text: string): string => text.replaceAll(/[[\]:\\]/g, '\\$&');

const zshOption = (option: OptionSpec): string => {
  const value =
    option.kind === 'flag'
      ? ''
      : ['--select', '--adopt'].includes(longest(option))
        ? ':name:_tidemark_names'
        : ':value:_files';
  const repeats = option.kind === 'names' || option.kind === 'list' ? '*' : '';
  return quoted(`${repeats}${longest(option)}[${described(option.about)}]${value}`);
};

const zsh = (commands: Commands): string => `#compdef tidemark
_tidemark_names() { compadd -- \${(f)"$(tidemark completion names 2>/dev/null)"} }
_tidemark() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${described(summary)}`)}`).join('\n')}
  )
  local context state line
  _arguments -C '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $line[1] in
${commands
  .map((command) => {
    const argument = takesName(command)
      ? `'*:name:_tidemark_names'`
      : command.name === 'completion'
        ? `'1:shell:(${shells.join(' ')})'`
        : `'*:file:_files'`;
    return `        ${command.name}) _arguments ${[...optionsOf(command).map(zshOption), argument].join(' ')} ;;`;
  })
  .join('\n')}
        help) _describe command commands ;;
      esac ;;
  esac
}
_tidemark "$@"
`;

const fishOption = (name: string, option: OptionSpec): string => {
  const long = longest(option).slice(2);
  const value =
    option.kind === 'flag'
      ? ''
      : ['select', 'adopt'].includes(long)
        ? " -x -a '(tidemark completion names 2>/dev/null)'"
        : ' -r';
  return `complete -c tidemark -n '__fish_seen_subcommand_from ${name}' -l ${long}${value} -d ${quoted(option.about)}`;
};

const fish = (commands: Commands): string =>
  [
    '# fish completion of tidemark',
    ...commands.map(
      ({ name, summary }) =>
        `complete -c tidemark -f -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands
      .filter(takesName)
      .map(
        ({ name }) =>
          `complete -c tidemark -f -n '__fish_seen_subcommand_from ${name}' -a '(tidemark completion names 2>/dev/null)'`,
      ),
    `complete -c tidemark -f -n '__fish_seen_subcommand_from completion' -a '${shells.join(' ')}'`,
    ...commands.flatMap((command) => optionsOf(command).map((option) => fishOption(command.name, option))),
    '',
  ].join('\n');

const scripts: Readonly<Record<Shell, (commands: Commands) => string>> = { bash, zsh, fish };

export const completionScript = (shell: Shell, commands: Commands): string => scripts[shell](commands);
