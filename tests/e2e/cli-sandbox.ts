// A small project on a DuckDB file in a temporary folder, and the built program started on it.
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withDuckDb } from '../../scripts/shop/shop-file.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once stderr holds the text. */
  readonly says: (text: string) => Promise<void>;
}

const projectFile = `version: 1
name: corner
warehouse: { type: duckdb, path: corner.duckdb }
environments:
  dev: {}
  prod: {}
default_environment: dev
`;

const mappings: Readonly<Record<string, string>> = {
  'sources.yml': `sources:
  countries: { key: id, updated_at: updated_at }
  customers: { key: id, updated_at: updated_at }
`,
  'dim_customer.yml': `target: dim_customer
key: customer_id
from: customers
join: { countries: customers.country_id = countries.id }
columns:
  customer_id: customers.id
  customer_name: customers.name
  country: coalesce(countries.name, 'unknown')
  balance: customers.balance
`,
};

const staging = `create schema staging; create schema marts;
create table staging.countries (id varchar primary key, name varchar, updated_at timestamp);
create table staging.customers (id bigint primary key, name varchar, country_id varchar, balance decimal(12, 2), updated_at timestamp);
insert into staging.countries values ('DE', 'Germany', timestamp '2026-01-01'), ('FR', 'France', timestamp '2026-01-01');
insert into staging.customers values
  (1, 'Ada', 'DE', 10.50, timestamp '2026-01-01'),
  (2, 'Björn', 'FR', 20.00, timestamp '2026-01-01'),
  (9007199254740993, 'Chloé', null, 30.00, timestamp '2026-01-01');
create table marts.dim_customer as
select c.id as customer_id, c.name as customer_name, coalesce(k.name, 'unknown') as country, c.balance
from staging.customers c left join staging.countries k on c.country_id = k.id;`;

export class Sandbox {
  readonly folder: string;
  readonly #running = new Set<ChildProcess>();

  constructor() {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-cli-')));
    this.write('tidemark.yml', projectFile);
    for (const [name, text] of Object.entries(mappings)) this.write(join('mappings', name), text);
  }

  get database(): string {
    return join(this.folder, 'corner.duckdb');
  }

  write(name: string, text: string): void {
    const path = join(this.folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }

  /** The same project with other mappings, on the same database. */
  copy(name: string): string {
    const folder = join(this.folder, name);
    cpSync(join(this.folder, 'mappings'), join(folder, 'mappings'), { recursive: true });
    this.write(join(name, 'tidemark.yml'), projectFile.replace('corner.duckdb', '../corner.duckdb'));
    return folder;
  }

  async sql(...statements: readonly string[]): Promise<void> {
    await withDuckDb(this.database, async (execute) => {
      for (const statement of statements) await execute(statement);
    });
  }

  async fill(): Promise<void> {
    await this.sql(...staging.split(/;\s*/).filter((statement) => statement.trim() !== ''));
  }

  /** Sends itself a signal when a statement with this text is about to be sent. */
  startInterrupted(args: readonly string[], signal: 'SIGINT' | 'SIGTERM', text: string): Program {
    const code = `import { subscribe } from 'node:diagnostics_channel';
let done = false;
subscribe('tidemark:statement', ({ phase, sql }) => {
  if (done || phase !== 'before' || !sql.includes(${JSON.stringify(text)})) return;
  done = true;
  process.kill(process.pid, '${signal}');
});`;
    return this.start(args, { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` });
  }

  start(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Program {
    const { TIDEMARK_PROJECT: _project, TIDEMARK_ENV: _env, NO_COLOR: _color, ...env } = process.env;
    const child = spawn(process.execPath, [main, ...args], {
      cwd: this.folder,
      env: { ...env, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return this.#watch(child);
  }

  async run(...args: readonly string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** One line on stdout, nothing on stderr, and what that line says. */
  async json(
    ...args: readonly string[]
  ): Promise<{ readonly exit: number | null; readonly value: Readonly<Record<string, unknown>> }> {
    const { exit, stdout, stderr } = await this.run(...args, '--json');
    if (stderr !== '') throw new Error(`stderr is not empty: ${stderr}`);
    if (!/^[^\n]+\n$/.test(stdout)) throw new Error(`stdout is not one line: ${stdout}`);
    return { exit, value: JSON.parse(stdout) as Readonly<Record<string, unknown>> };
  }

  /** Another process that has the file open until it is ended. */
  async hold(): Promise<Program> {
    const script = `const { DuckDBInstance } = await import('@duckdb/node-api');
globalThis.held = await DuckDBInstance.create(${JSON.stringify(this.database)});
process.stderr.write('held');
setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const holder = this.#watch(child);
    await holder.says('held');
    return holder;
  }

  async remove(): Promise<void> {
    for (const child of this.#running) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #watch(child: ChildProcess): Program {
    this.#running.add(child);
    let [stdout, stderr] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exit) => {
        this.#running.delete(child);
        resolve({ exit, stdout, stderr });
      });
    });
    const says = (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stderr.includes(text)) resolve();
        };
        child.stderr?.on('data', look);
        void ended.then(() => reject(new Error(`ended without saying ${text}: ${stderr}`)));
        look();
      });
    return { child, ended, says };
  }
}
