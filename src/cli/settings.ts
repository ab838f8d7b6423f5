// Flags that every command takes, with the variables that stand in for them: defined here once, parsed and
// documented from here.

export interface OptionSpec {
  /** As commander reads it; the last long flag names the value. */
  readonly flags: string;
  /** As help shows it. */
  readonly shown: string;
  /** `list` may be given several times; so may `names`, or once with commas. */
  readonly kind: 'flag' | 'text' | 'names' | 'list';
  readonly about: string;
  /** Read when the flag is not given. */
  readonly variable?: string;
}

export const settings = {
  project: {
    flags: '--project-dir, --project <dir>',
    shown: '--project DIR',
    kind: 'text',
    about: 'folder with tidemark.yml, or that file; else looked for upward from here; also `--project-dir`',
    variable: 'TIDEMARK_PROJECT',
  },
  env: {
    flags: '-e, --env <name>',
    shown: '-e, --env NAME',
    kind: 'text',
    about: 'environment of the project file; else its `default_environment`',
    variable: 'TIDEMARK_ENV',
  },
  select: {
    flags: '-s, --select <names>',
    shown: '-s, --select NAMES',
    kind: 'names',
    about: 'only these targets (verify, reconcile, rollback, history)',
  },
  json: { flags: '--json', shown: '--json', kind: 'flag', about: 'one line of JSON on stdout, errors too' },
  quiet: {
    flags: '-q, --quiet',
    shown: '-q, --quiet',
    kind: 'flag',
    about: 'print nothing unless something is wrong',
  },
  verbose: {
    flags: '-v, --verbose',
    shown: '-v, --verbose',
    kind: 'flag',
    about: 'print every SQL statement with its time and rows on stderr',
  },
  color: {
    flags: '--no-color',
    shown: '--no-color',
    kind: 'flag',
    about: 'never colour; colours are for terminals only anyway',
    variable: 'NO_COLOR',
  },
  logFormat: {
    flags: '--log-format <format>',
    shown: '--log-format FORMAT',
    kind: 'text',
    about: 'what goes to stderr: `pretty` or `json`, a line each',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;
