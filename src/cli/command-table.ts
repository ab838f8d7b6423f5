// The commands: what they take, what help says of them, and where they are loaded from when they are called.
import type { ExitCode } from './exit-codes.ts';
import type { Command } from './invocation.ts';
import type { OptionSpec } from './settings.ts';

export interface CommandSpec {
  readonly summary: string;
  readonly argument?: { readonly name: string; readonly about: string };
  readonly options: readonly OptionSpec[];
  /** How many tables `--select` may name. */
  readonly select: 'none' | 'one' | 'several';
  readonly examples: readonly (readonly [command: string, does: string])[];
  readonly exits: readonly ExitCode[];
  readonly load: () => Promise<Command>;
}

const flag = (name: string, about: string): OptionSpec => ({ flags: name, shown: name, kind: 'flag', about });

const valued =
  (kind: 'text' | 'names' | 'list') =>
  (name: string, value: string, about: string): OptionSpec => ({
    flags: `${name} <value>`,
    shown: `${name} ${value}`,
    kind,
    about,
  });

const text = valued('text');
const list = valued('list');
const names = valued('names');

const adopt = names('--adopt', 'TARGET', 'write a table that holds other rows than its mapping yields');

const allow = names(
  '--allow',
  'NAME:LIMIT',
  'let just this through: `fact_order:deletes` or `fact_order:touched`',
);

const rebind = flag(
  '--rebind',
  'take the tables that this project file names, where those known so far are others',
);

const owner = text('--owner', 'NAME', 'a retry under the same name takes the lease over at once');

const meta = list('--meta', 'KEY=VALUE', 'kept with the batch: a ticket, the id of an Airflow run');

const waitForLease = text('--wait', 'TIME', 'how long to wait for the lease: `30s`, `5m` (default 90s)');

const wait = text(
  '--wait',
  'TIME',
  'how long to wait for a lease or file that is taken: `30s`, `5m` (default 10s)',
);

const commands = {
  plan: {
    summary: 'show exactly what a run would write; write nothing',
    options: [
      text('--out', 'FILE', 'write the plan to a file, for `run --plan FILE`'),
      flag('--exit-code', 'exit with 3 when there is something to do'),
      flag('--rows', 'more samples per target (20), and row values in the JSON as well'),
      text('--samples', 'N', 'changed rows shown per target (default 3)'),
      adopt,
      allow,
      rebind,
      wait,
    ],
    select: 'none',
    examples: [
      ['tidemark plan', 'what would the next run write?'],
      ['tidemark plan --out plan.json', 'keep it, to run exactly this after somebody agreed'],
      ['tidemark plan --exit-code --quiet', 'in a script: 0 nothing to do, 3 something'],
    ],
    exits: [0, 1, 2, 3, 4, 5, 6],
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  run: {
    summary: 'take over what changed in staging, as one batch; what cron calls',
    options: [
      text('--plan', 'FILE', 'run only what this plan says; stop when the data has moved on'),
      adopt,
      allow,
      text('--changes', 'FILE|-', 'look only at these keys: `{companies: [5, 7]}`, JSON or YAML'),
      rebind,
      waitForLease,
      text('--if-busy', 'fail|skip', 'when somebody else is at work: exit 4, or say so and exit 0'),
      owner,
      meta,
    ],
    select: 'none',
    examples: [
      ['tidemark run', 'one batch'],
      ['tidemark run --plan plan.json', 'exactly what was planned, or exit 3'],
      ['tidemark run --adopt fact_sales', 'take a table over that dbt built differently'],
      ['tidemark run --if-busy skip --quiet', 'from cron, every few minutes'],
    ],
    exits: [0, 1, 2, 3, 4, 5, 6, 130],
    load: async () => (await import('./commands/run.ts')).run,
  },
  reconcile: {
    summary: 'compare targets in full and write what differs',
    options: [
      names('--column', 'NAME', 'take these held columns of the target in again'),
      adopt,
      allow,
      waitForLease,
      owner,
      meta,
    ],
    select: 'several',
    examples: [
      ['tidemark reconcile', 'all targets'],
      ['tidemark reconcile -s fact_order', 'heal one, or retry what is behind'],
      ['tidemark reconcile -s fact_order --column country', 'backfill a column that was held'],
    ],
    exits: [0, 1, 2, 4, 5, 6, 130],
    load: async () => (await import('./commands/reconcile.ts')).reconcile,
  },
  pause: {
    summary: 'leave a source or target out of all batches until it is resumed',
    argument: { name: 'NAME', about: 'a source or target' },
    options: [text('--reason', 'TEXT', 'why: whoever finds it paused will ask'), wait],
    select: 'none',
    examples: [['tidemark pause orders --reason reload', 'its mirror and what it feeds stay as they are']],
    exits: [0, 1, 2, 4],
    load: async () => (await import('./commands/pause.ts')).pause,
  },
  resume: {
    summary: 'take a paused source or target in again',
    argument: { name: 'NAME', about: 'a source or target' },
    options: [wait],
    select: 'none',
    examples: [['tidemark resume orders', 'the next run compares it in full']],
    exits: [0, 1, 2, 4],
    load: async () => (await import('./commands/pause.ts')).resume,
  },
  history: {
    summary: 'list the batches, newest first',
    options: [text('--limit', 'N', 'how many (default 20)'), wait],
    select: 'one',
    examples: [
      ['tidemark history', 'the last 20 batches'],
      ['tidemark history -s fact_order', 'those that wrote into one target'],
    ],
    exits: [0, 1, 2, 4],
    load: async () => (await import('./commands/history.ts')).history,
  },
  show: {
    summary: 'show one batch in full',
    argument: { name: 'BATCH', about: 'its number, from `tidemark history`; `last` for the newest' },
    options: [
      flag('--rows', 'every row that was written, a page at a time'),
      text('--limit', 'N', 'rows on the page (default 100)'),
      text('--offset', 'N', 'rows to pass over'),
      wait,
    ],
    select: 'none',
    examples: [
      ['tidemark show 42', 'figures and a few rows of each target'],
      ['tidemark show last --rows', 'every cell with its value before and after'],
    ],
    exits: [0, 1, 2, 4],
    load: async () => (await import('./commands/show.ts')).show,
  },
  status: {
    summary: 'how old the data is, what is behind and why, who has the lease',
    options: [text('--fail-if-lag', 'TIME', 'exit with 3 when anything is older than this: `1h`'), wait],
    select: 'none',
    examples: [
      ['tidemark status', 'look'],
      ['tidemark status --fail-if-lag 1h --quiet', 'alert'],
    ],
    exits: [0, 1, 2, 3, 4, 5, 6],
    load: async () => (await import('./commands/status.ts')).status,
  },
  validate: {
    summary: 'find all mistakes in project file and mappings at once',
    options: [wait],
    select: 'none',
    examples: [['tidemark validate', 'after editing a mapping, and in continuous integration']],
    exits: [0, 1, 2, 4],
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  verify: {
    summary: 'prove that targets are what the mappings yield from the mirrors',
    options: [text('--samples', 'N', 'differing rows shown per target (default 3)'), wait],
    select: 'several',
    examples: [
      ['tidemark verify', 'all targets'],
      ['tidemark verify -s fact_order,fact_vendor', 'some'],
    ],
    exits: [0, 1, 2, 3, 4, 5],
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  unlock: {
    summary: 'give back a lease whose holder is gone',
    options: [flag('--force', 'also while its holder seems alive: it will not be able to commit'), wait],
    select: 'none',
    examples: [['tidemark unlock', 'says who holds it, and frees it when that lease has expired']],
    exits: [0, 1, 2, 4],
    load: async () => (await import('./commands/unlock.ts')).unlock,
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type CommandName = keyof typeof commands;

export const commandNames = Object.keys(commands) as readonly CommandName[];

export const isCommandName = (name: string): name is CommandName => Object.hasOwn(commands, name);

export const specOf = (name: CommandName): CommandSpec => commands[name];
