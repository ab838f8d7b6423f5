// Secrets are planted in every place where a user puts one, every command is called in every manner, well and badly,
// and all that comes out is searched: both streams, files, metrics, lineage, alerts, our own tables.
import { cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corner } from '../batch/corner.ts';
import { openReceiver, type Receiver } from '../support/http-receiver.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { cell, everyCommand, filesBelow, foundIn, leaks, planted, speak, type Heard } from './planted.ts';

let sandbox: Sandbox;
let receiver: Receiver;
/** Where the project with the secrets lies: the sandbox's own stays as it is. */
let folder: string;

const withPassword = (place: string, port?: string): string => {
  const url = new URL(place);
  url.password = planted.password;
  if (port !== undefined) url.port = port;
  return url.href;
};

const projectText = (warehouse: string, more = ''): string => `version: 1
name: workshop
warehouse: ${warehouse}
mappings: mappings
alerts:
  channels:
    team: { slack: "${receiver.url}/${planted.slack}" }
    gone: { webhook: "http://u:${planted.webhook}@127.0.0.1:1/${planted.webhook}", secret: "\${SIGNING}", headers: { X-Key: ${planted.header} } }
openlineage: { url: "http://127.0.0.1:1/${planted.lineage}", api_key: ${planted.lineage}, file: out/lineage.ndjson }
${more}`;

const byUrl = (url: string): string => `{ type: postgres, url: ${JSON.stringify(url)} }`;
const atHome = (): string => byUrl(withPassword(sandbox.place));

const write = (text: string): void => writeFileSync(join(folder, 'tidemark.yml'), text);

const writeProfile = (password: string): void => {
  const { hostname, port, pathname, username } = new URL(sandbox.place);
  const target = (name: string, host: string): string =>
    `    ${name}: { type: postgres, host: "${host}", port: ${port}, user: ${username}, password: ${password}, dbname: ${pathname.slice(1)}, schema: marts }\n`;
  writeFileSync(join(folder, 'dbt_project.yml'), 'name: workshop\nprofile: workshop\n');
  writeFileSync(
    join(folder, 'profiles.yml'),
    `workshop:\n  target: here\n  outputs:\n${target('here', hostname)}${target('away', '127.0.0.2')}`,
  );
};

const few = ['run', 'plan', 'status', 'doctor', 'validate', 'alerts'];

/** Everything at once, and what a person sees. */
const fewManners = [[], ['--json', '--verbose', '--log-format', 'json']];

const fewCommands = async (): Promise<readonly Heard[]> => {
  const heard: Heard[] = [];
  for (const command of few)
    for (const manner of fewManners)
      heard.push(await speak(folder, [command, ...manner, ...(command === 'run' ? ['--wait', '0s'] : [])]));
  return heard;
};

beforeAll(async () => {
  sandbox = await createSandbox('postgres', corner());
  receiver = await openReceiver();
  folder = join(sandbox.folder, 'planted');
  mkdirSync(join(folder, 'out'), { recursive: true });
  cpSync(join(sandbox.folder, 'mappings'), join(folder, 'mappings'), { recursive: true });
  writeFileSync(
    join(folder, 'out', 'dictionary.json'),
    '{"companies": {"name": {"fact_vendor": "vendor_name"}}}',
  );
});
afterAll(async () => {
  await receiver.close();
  await sandbox.remove();
});

describe.sequential('planted secrets', () => {
  it('are spoken by no command, in no manner, where all goes well; nor does a log tell what cells hold', async () => {
    write(projectText(atHome()));
    expect((await speak(folder, ['run'])).exit).toBe(0);
    await sandbox.sql(
      `update staging.companies set name = '${cell}', updated_at = timestamp '2020-05-01' where id = 1`,
    );
    expect((await speak(folder, ['run'])).exit).toBe(0);
    const heard = await everyCommand(folder);
    expect(heard.map(({ stdout }) => stdout).join('').length).toBeGreaterThan(10_000);
    expect(leaks(heard)).toEqual([]);
    // Who asks for rows gets them; logs never do, statement by statement neither.
    expect(heard.filter(({ stdout }) => stdout.includes(cell)).map(({ argv }) => argv[0])).toContain('why');
    expect(heard.map(({ stderr }) => foundIn(stderr, [cell])).flat()).toEqual([]);
  });

  it.each([
    ['a server that is not there', () => byUrl(withPassword(sandbox.place, '1'))],
    [
      'a database that is not there',
      () => byUrl(withPassword(sandbox.place.replace(/\/t_\w+$/, '/nowhere'))),
    ],
    [
      'a role that is not there',
      () => byUrl(withPassword(sandbox.place).replace('//postgres:', '//nobody:')),
    ],
    ['a url that is none', () => byUrl(`postgres:/${planted.password}@:x`)],
    ['a wrong key beside the url', () => atHome().replace('url:', `pasword: ${planted.password}, url:`)],
  ])('nor with %s', async (_what, warehouse) => {
    write(projectText(warehouse()));
    expect(leaks(await fewCommands())).toEqual([]);
  });

  it.each([
    ['an unknown key', (text: string) => `${text}alrts: {}\n`],
    [
      'a secret of the wrong kind',
      (text: string) => text.replace('{ slack:', `{ password: ${planted.slack}, slack:`),
    ],
    [
      'a secret of the wrong type',
      (text: string) => text.replace(/api_key: [\w-]+/, `api_key: [${planted.lineage}]`),
    ],
    [
      'yaml that is broken in their line',
      (text: string) => text.replace('} }\nopenlineage', '\nopenlineage').replace('api_key:', 'api_key: ['),
    ],
    ['a variable that is missing', (text: string) => text.replace('SIGNING', 'NOT_SET')],
  ])('nor with %s in the project file', async (_what, broken) => {
    const text = projectText(atHome());
    expect(broken(text)).not.toBe(text);
    write(broken(text));
    const heard = await fewCommands();
    expect(new Set(heard.map(({ exit }) => exit))).toEqual(new Set([2]));
    expect(leaks(heard)).toEqual([]);
  });

  it.each([
    ['that works', planted.profile, 'here'],
    ['with a variable', `"{{ env_var('PROFILE_PASSWORD') }}"`, 'here'],
    ['with a variable that is missing', `"{{ env_var('NOT_SET') ~ '${planted.profile}' }}"`, 'here'],
    ['that leads nowhere', planted.profile, 'away'],
    ['with a password of the wrong type', `[${planted.profile}]`, 'here'],
    ['that is broken', `"${planted.profile}`, 'here'],
  ])("nor with a profile of dbt's %s", async (_what, password, target) => {
    writeProfile(password);
    write(projectText(`{ dbt: ., target: ${target} }`));
    expect(leaks(await fewCommands())).toEqual([]);
  });

  it('stand in no file that was written, no message that was sent, and no table of ours', async () => {
    const files = filesBelow(folder, /^(?:tidemark|profiles)\.yml$/);
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        '.tidemark/alerts.json',
        'out/lineage.ndjson',
        'out/plan.json',
        'out/run.prom',
        'out/schedule.prom',
      ]),
    );
    for (const [name, text] of files) expect([name, foundIn(text)]).toEqual([name, []]);
    const sent = receiver.received.map(({ body }) => body).join('\n');
    expect(receiver.received.length).toBeGreaterThan(0);
    expect(foundIn(sent)).toEqual([]);
    const tables = await sandbox.sql(`select tablename as name from pg_tables where schemaname = 'tidemark'`);
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      const rows = await sandbox.sql(`select * from tidemark.${String(name)}`);
      expect([name, foundIn(JSON.stringify(rows))]).toEqual([name, []]);
    }
    // Cells belong into plans and our tables; messages that leave the house tell none.
    for (const file of ['out/lineage.ndjson', 'out/run.prom', '.tidemark/alerts.json'])
      expect([file, foundIn(files.get(file) ?? '', [cell])]).toEqual([file, []]);
    expect(foundIn(sent, [cell])).toEqual([]);
  });

  it('and files that tell of data are for their owner alone', () => {
    const mode = (file: string): string => (statSync(join(folder, file)).mode & 0o777).toString(8);
    expect(['out/lineage.ndjson', '.tidemark/alerts.json', 'out/plan.json'].map(mode)).toEqual([
      '600',
      '600',
      '600',
    ]);
    expect(filesBelow(join(folder, '.tidemark'), /^$/).get('.gitignore')).toBe('*\n');
  });
});
