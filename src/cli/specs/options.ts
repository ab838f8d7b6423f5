// How an option is declared, and the options that several commands have.
import type { OptionSpec } from '../settings.ts';

export const flag = (name: string, about: string): OptionSpec => ({
  flags: name,
  shown: name,
  kind: 'flag',
  about,
});

const valued =
  (kind: 'text' | 'names' | 'list') =>
  (name: string, value: string, about: string): OptionSpec => ({
    flags: `${name} <value>`,
    shown: `${name} ${value}`,
    kind,
    about,
  });

export const text = valued('text');
export const list = valued('list');
export const names = valued('names');

export const adopt = names(
  '--adopt',
  'TARGET',
  'write a table that holds other rows than its mapping yields',
);

export const allow = names(
  '--allow',
  'NAME:LIMIT',
  'let just this through: `fact_order:deletes`, `fact_order:touched`, of a log `customers:restart`',
);

export const rebind = flag(
  '--rebind',
  'take the tables that this project file names, where those known so far are others',
);

export const strict = flag('--strict', 'leave a log out rather than set aside events that cannot be taken');

export const owner = text('--owner', 'NAME', 'a retry under the same name takes the lease over at once');

export const meta = list('--meta', 'KEY=VALUE', 'kept with the batch: a ticket, the id of an Airflow run');

export const metricsFile = text(
  '--metrics-file',
  'FILE',
  "count this in a file for Prometheus' textfile collector",
);

export const waitForLease = text(
  '--wait',
  'TIME',
  'how long to wait for the lease: `30s`, `5m` (default 90s)',
);

export const wait = text(
  '--wait',
  'TIME',
  'how long to wait for a lease or file that is taken: `30s`, `5m` (default 10s)',
);
