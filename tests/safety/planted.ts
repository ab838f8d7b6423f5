// Words that must never come out again, a project that holds them in every place where people put such words, and a
// way to call every command in every manner and keep all that it says.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandNames } from '../../src/cli/command-table.ts';
import { runProgram } from '../../src/cli/program.ts';

export const planted = {
  password: 'PLANTED-password',
  slack: 'PLANTED-slack',
  webhook: 'PLANTED-webhook',
  signing: 'PLANTED-signing',
  header: 'PLANTED-header',
  lineage: 'PLANTED-lineage',
  environment: 'PLANTED-environment',
  profile: 'PLANTED-profile',
} as const;

/** A cell of the data: no secret, but nothing for logs either. */
export const cell = 'PLANTED-cell';

const variables: Readonly<Record<string, string>> = {
  SIGNING: planted.signing,
  PROFILE_PASSWORD: planted.profile,
  PGPASSWORD: planted.environment,
  OPENLINEAGE_API_KEY: planted.environment,
  UNUSED: planted.environment,
};

const manners: readonly (readonly string[])[] = [
  [],
  ['--json'],
  ['--verbose'],
  ['--verbose', '--log-format', 'json'],
];

const args: Readonly<Partial<Record<string, readonly string[]>>> = {
  run: ['--metrics-file', 'out/run.prom', '--meta', 'a=b'],
  plan: ['--out', 'out/plan.json', '--rows'],
  schedule: ['--every', '1s', '--ticks', '1', '--listen', 'off', '--metrics-file', 'out/schedule.prom'],
  rollback: ['2', '--dry-run'],
  release: ['1'],
  pause: ['fact_item', '--reason', 'x'],
  resume: ['fact_item'],
  show: ['1', '--rows'],
  impact: ['companies.name'],
  import: ['out/dictionary.json', '--dry-run'],
  why: ['fact_vendor', 'vendor_id=1'],
  completion: ['names'],
  uninstall: ['--dry-run'],
  alerts: ['--test'],
};

export interface Heard {
  readonly argv: readonly string[];
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const speak = async (folder: string, argv: readonly string[]): Promise<Heard> => {
  let [stdout, stderr] = ['', ''];
  const exit = await runProgram(
    [...argv.map((word) => word.replace(/^out\//, `${folder}/out/`)), '--project', folder],
    {
      stdout: { isTTY: false, columns: 80, write: (text) => void (stdout += text) },
      stderr: { isTTY: false, columns: 80, write: (text) => void (stderr += text) },
      variables,
      signal: new AbortController().signal,
    },
  );
  return { argv, exit, stdout, stderr };
};

export const everyCommand = async (folder: string): Promise<readonly Heard[]> => {
  const heard: Heard[] = [];
  for (const command of commandNames)
    for (const manner of manners)
      heard.push(await speak(folder, [command, ...(args[command] ?? []), ...manner]));
  return heard;
};

/** Where a word stands, with what stands around it. */
export const foundIn = (text: string, words: readonly string[] = Object.values(planted)): readonly string[] =>
  words.flatMap((word) => {
    const at = text.indexOf(word);
    return at < 0 ? [] : [text.slice(Math.max(0, at - 200), at + 60)];
  });

export const leaks = (heard: readonly Heard[]): readonly (readonly string[])[] =>
  heard.flatMap(({ argv, stdout, stderr }) => {
    const found = foundIn(stdout + stderr);
    return found.length === 0 ? [] : [[argv.join(' '), ...found]];
  });

/** What was written there, by name; the user's own files hold what they hold. */
export const filesBelow = (folder: string, own: RegExp): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !own.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
