// A project on Snowflake, as a process on the double: how it logs in, and what it says when it cannot.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDouble, type Double } from '../support/snowflake-double/server.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

let double: Double;
let folder: string;

beforeAll(async () => {
  double = await startDouble({
    account: 'ACME',
    database: 'SHOP',
    users: [{ name: 'TIDE', password: 'open sesame', role: 'LOADER' }],
    warehouses: { WH: 'running' },
  });
});
afterAll(async () => {
  await double.stop();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-snowflake-'));
  mkdirSync(join(folder, 'mappings'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: folder, SNOWFLAKE_HOME: folder, SECRET: 'open sesame' };
    execFile(process.execPath, [main, ...args], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ exit: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });

const project = (warehouse: string): void => {
  writeFileSync(join(folder, 'tidemark.yml'), `version: 1\nname: shop\nwarehouse: ${warehouse}\n`);
};

const url = (): string => `http://127.0.0.1:${double.port}`;
const own = (): string =>
  `{ type: snowflake, account: acme, user: tide, role: LOADER, warehouse: WH, database: SHOP, url: "${url()}", password: "\${SECRET}" }`;

const dbtFiles = (): void => {
  writeFileSync(join(folder, 'dbt_project.yml'), 'name: shop\nprofile: shop\n');
  writeFileSync(
    join(folder, 'profiles.yml'),
    `shop:
  target: dev
  outputs:
    dev:
      type: snowflake
      account: acme
      user: tide
      password: "{{ env_var('SECRET') }}"
      role: LOADER
      warehouse: WH
      database: SHOP
      schema: STAGING
      host: "${url()}"
`,
  );
};

const toml = (): void => {
  writeFileSync(
    join(folder, 'connections.toml'),
    `[prod]
account = "acme"
username = "tide"
password = "open sesame"
role = "LOADER"
warehouse = "WH"
database = "SHOP"
host = "${url()}"
`,
  );
};

describe('tidemark doctor on Snowflake', () => {
  it.each([
    ['keys of the project file', () => undefined, own],
    ['connections.toml', toml, () => '{ type: snowflake, connection: prod }'],
    ["dbt's profile", dbtFiles, () => '{ dbt: . }'],
  ])('logs in by %s', async (_how, prepare, warehouse) => {
    prepare();
    project(warehouse());
    const { stdout, stderr } = await run('doctor');
    expect(stderr).toBe('');
    expect(stdout).toContain('snowflake SHOP@acme as LOADER');
    expect(stdout).toContain('account ACME, user TIDE, role LOADER');
    expect(stdout).not.toContain('sesame');
  });

  it('names the cause where it cannot log in, and shows no secret', async () => {
    project(own().replace('user: tide', 'user: nobody'));
    const { exit, stdout } = await run('doctor');
    expect(exit).toBe(1);
    expect(stdout).toContain('Incorrect username or password');
    expect(stdout).not.toContain('sesame');
  });
});

describe('on Snowflake', () => {
  it.each([
    ['{ type: snowflake }', 'account'],
    ['{ type: snowflake, account: acme }', 'password'],
    ['{ type: snowflake, account: acme, authenticator: kerberos }', 'must be one of'],
    ['{ type: snowflake, connection: prod }', 'connections.toml'],
  ])('%s says what is missing', async (warehouse, words) => {
    project(warehouse);
    const { exit, stderr } = await run('doctor');
    expect(exit).toBe(2);
    expect(stderr).toContain(words);
  });

  it('an entry that connections.toml does not have, or a file that is none', async () => {
    toml();
    project('{ type: snowflake, connection: produ }');
    expect((await run('doctor')).stderr).toContain('did you mean `prod`?');
    writeFileSync(join(folder, 'connections.toml'), 'password = sesame\n');
    const { stderr } = await run('doctor');
    expect(stderr).toContain('is not TOML');
    expect(stderr).not.toContain('sesame');
  });
});
