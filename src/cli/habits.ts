// Words that people bring along from dbt, Terraform and other tools, answered with the word that is used here.
import type { CommandName } from './command-table.ts';
import type { TidemarkError } from '../errors/tidemark-error.ts';
import { usage } from './usage.ts';

const commandHabits: Readonly<Record<string, CommandName>> = {
  apply: 'run',
  build: 'run',
  sync: 'run',
  refresh: 'run',
  update: 'run',
  start: 'run',
  execute: 'run',
  preview: 'plan',
  diff: 'plan',
  compare: 'verify',
  test: 'validate',
  check: 'validate',
  lint: 'validate',
  parse: 'validate',
  compile: 'validate',
  log: 'history',
  ls: 'history',
  list: 'history',
  batches: 'history',
  info: 'status',
  state: 'status',
  lag: 'status',
  describe: 'show',
  'force-unlock': 'unlock',
};

export const commandHabit = (name: string): TidemarkError | undefined => {
  const meant = Object.hasOwn(commandHabits, name) ? commandHabits[name] : undefined;
  return meant === undefined
    ? undefined
    : usage(`there is no command \`${name}\``, `it is called \`tidemark ${meant}\` here`);
};

interface FlagHabit {
  readonly message: string;
  readonly hint: string;
}

const targetWord: FlagHabit = {
  message: "`--target` is dbt's word for an environment; here a target is a table",
  hint: 'choose an environment with `-e NAME`, tables with `-s NAMES`',
};

const flagHabits: Readonly<Record<string, FlagHabit>> = {
  '--target': targetWord,
  '-t': targetWord,
  '--full-refresh': {
    message: 'there is no `--full-refresh`: nothing is ever rebuilt',
    hint: '`tidemark verify` proves the targets; a plain `tidemark run` compares in full whatever needs it',
  },
  '-f': { message: 'there is no `-f`', hint: 'a plain `tidemark run` compares in full whatever needs it' },
  '--dry-run': { message: 'there is no `--dry-run` here', hint: '`tidemark plan` is that' },
  '--empty': { message: 'there is no `--empty` here', hint: '`tidemark plan` writes nothing' },
  '--models': { message: 'there is no `--models`', hint: 'choose tables with `-s NAMES`' },
  '-m': { message: 'there is no `-m`', hint: 'choose tables with `-s NAMES`' },
  '--profiles-dir': {
    message: 'there is no `--profiles-dir`',
    hint: 'the connection stands in tidemark.yml; `-e NAME` chooses an environment',
  },
  '--profile': {
    message: 'there is no `--profile`',
    hint: 'the connection stands in tidemark.yml; `-e NAME` chooses an environment',
  },
  '--environment': { message: 'there is no `--environment`', hint: 'it is `-e NAME` or `--env NAME`' },
  '--vars': {
    message: 'there is no `--vars`',
    hint: '`${NAME}` in tidemark.yml takes environment variables',
  },
  '--force': {
    message: 'nothing but `tidemark unlock` takes `--force`',
    hint: 'a run that is refused says which flag lets just that through',
  },
  '--yes': { message: 'there is no `--yes`: nothing ever asks', hint: 'leave it out' },
  '-y': { message: 'there is no `-y`: nothing ever asks', hint: 'leave it out' },
  '--output': {
    message: 'there is no `--output`',
    hint: '`--json` prints JSON; `plan --out FILE` keeps a plan',
  },
  '--format': {
    message: 'there is no `--format`',
    hint: '`--json` prints JSON; `--log-format json` is for the log',
  },
};

export const flagHabit = (name: string): TidemarkError | undefined => {
  const habit = Object.hasOwn(flagHabits, name) ? flagHabits[name] : undefined;
  return habit === undefined ? undefined : usage(habit.message, habit.hint);
};
