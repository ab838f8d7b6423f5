// Completion scripts for shells, made from the tables of commands and settings: what help knows, completion knows.
import { commandNames, specOf, type CommandName } from '../command-table.ts';
import { settings, type OptionSpec } from '../settings.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Commands whose argument is a source or target. */
const takesName = (name: CommandName): boolean =>
  ['NAME', 'TARGET', 'SOURCE.COLUMN', 'TARGET col=value'].includes(specOf(name).argument?.name ?? '');

const longest = ({ flags }: OptionSpec): string => flags.match(/--[a-z][a-z-]*/g)?.at(-1) ?? '';

const optionsOf = (name: CommandName): readonly OptionSpec[] => {
  const { select, options } = specOf(name);
  const global = Object.entries(settings)
    .filter(([key]) => key !== 'select' || select !== 'none')
    .map(([, spec]) => spec);
  return [...options, ...global];
};

const flagsOf = (name: CommandName): string => optionsOf(name).map(longest).join(' ');

const cases = (line: (name: CommandName) => string): string =>
  commandNames.map((name) => `    ${name}) ${line(name)} ;;`).join('\n');

const naming = commandNames.filter(takesName).join('|');

const bash = (): string => `# bash completion of tidemark
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
    '') COMPREPLY=($(compgen -W "${commandNames.join(' ')} help" -- "$word")); return ;;
${cases((name) => `flags="${flagsOf(name)}"`)}
    help) COMPREPLY=($(compgen -W "${commandNames.join(' ')}" -- "$word")); return ;;
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")); return ;;
  esac
  case $command in
    ${naming}) COMPREPLY=($(compgen -W "$(tidemark completion names 2>/dev/null)" -- "$word")) ;;
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

const zsh = (): string => `#compdef tidemark
_tidemark_names() { compadd -- \${(f)"$(tidemark completion names 2>/dev/null)"} }
_tidemark() {
  local -a commands
  commands=(
${commandNames.map((name) => `    ${quoted(`${name}:${described(specOf(name).summary)}`)}`).join('\n')}
  )
  local context state line
  _arguments -C '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $line[1] in
${commandNames
  .map((name) => {
    const argument = takesName(name)
      ? `'*:name:_tidemark_names'`
      : name === 'completion'
        ? `'1:shell:(${shells.join(' ')})'`
        : `'*:file:_files'`;
    return `        ${name}) _arguments ${[...optionsOf(name).map(zshOption), argument].join(' ')} ;;`;
  })
  .join('\n')}
        help) _describe command commands ;;
      esac ;;
  esac
}
_tidemark "$@"
`;

const fishOption = (name: CommandName, option: OptionSpec): string => {
  const long = longest(option).slice(2);
  const value =
    option.kind === 'flag'
      ? ''
      : ['select', 'adopt'].includes(long)
        ? " -x -a '(tidemark completion names 2>/dev/null)'"
        : ' -r';
  return `complete -c tidemark -n '__fish_seen_subcommand_from ${name}' -l ${long}${value} -d ${quoted(option.about)}`;
};

const fish = (): string =>
  [
    '# fish completion of tidemark',
    ...commandNames.map(
      (name) =>
        `complete -c tidemark -f -n __fish_use_subcommand -a ${name} -d ${quoted(specOf(name).summary)}`,
    ),
    ...commandNames
      .filter(takesName)
      .map(
        (name) =>
          `complete -c tidemark -f -n '__fish_seen_subcommand_from ${name}' -a '(tidemark completion names 2>/dev/null)'`,
      ),
    `complete -c tidemark -f -n '__fish_seen_subcommand_from completion' -a '${shells.join(' ')}'`,
    ...commandNames.flatMap((name) => optionsOf(name).map((option) => fishOption(name, option))),
    '',
  ].join('\n');

const scripts: Readonly<Record<Shell, () => string>> = { bash, zsh, fish };

export const completionScript = (shell: Shell): string => scripts[shell]();
