// Units of systemd, read strictly: it passes over a key that it does not know with no more than a line in its log.
const known: Readonly<Record<string, readonly string[]>> = {
  Unit: ['Description', 'After', 'Wants'],
  Service: [
    'Type',
    'User',
    'WorkingDirectory',
    'EnvironmentFile',
    'ExecStart',
    'Restart',
    'RestartSec',
    'SuccessExitStatus',
    'TimeoutStartSec',
    'TimeoutStopSec',
    'NoNewPrivileges',
    'ProtectSystem',
  ],
  Timer: ['OnCalendar', 'Persistent', 'RandomizedDelaySec'],
  Install: ['WantedBy'],
};

/** What is wrong with a unit; empty when nothing is. */
export const unitProblems = (text: string): readonly string[] => {
  let section = '';
  const problems: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const header = /^\[(\w+)\]$/.exec(line)?.[1];
    const key = /^(\w+)=\S/.exec(line)?.[1];
    if (header !== undefined) {
      section = header;
      if (!Object.hasOwn(known, header)) problems.push(`unknown section ${line}`);
    } else if (key === undefined) problems.push(`neither section nor key: ${line}`);
    else if (!(known[section] ?? []).includes(key)) problems.push(`unknown key in [${section}]: ${key}`);
  }
  return problems;
};
