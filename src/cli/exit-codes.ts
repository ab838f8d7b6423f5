// What each exit status says to whoever called us; printed by help.

export const exitCodes = {
  0: 'done, or nothing to do',
  1: 'failed, nothing was written; a retry may help',
  2: 'wrong usage, project file or dictionary',
  3: 'differences (`verify`, `plan --exit-code`, conflicts of `rollback`, a stale `--plan`, `--fail-if-lag`)',
  4: 'somebody else is at work: the lease or the file is taken',
  5: 'something was refused and needs a person; the rest was committed',
  6: 'something failed and stays behind until the next run; the rest was committed',
  130: 'interrupted cleanly (143 when terminated)',
} as const;

export type ExitCode = keyof typeof exitCodes;
