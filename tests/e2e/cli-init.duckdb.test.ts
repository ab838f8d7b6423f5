// `tidemark init` as a user types it, in the sample shop as a dbt project: without an edit its mappings are valid and
// planned; and each thing that is missing, told with the file, the field and the command of dbt that mends it.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDuckDb } from '../../scripts/shop/shop-file.ts';
import { shopProject, writeDbtProject } from '../init/dbt-projects.ts';
import { start } from '../init/program.ts';
import { schemaErrors } from './cli-schemas.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-init-')));
const path = (...parts: readonly string[]): string => join(folder, ...parts);
const run = (...args: readonly string[]) => start(folder, args);

const place = path('shop.duckdb');
const project = shopProject('duckdb');

beforeAll(async () => {
  await withDuckDb(place, async (execute) => {
    for (const statement of project.tables) await execute(statement);
    await project.fill(execute);
  });
  await writeDbtProject(folder, project, { engine: 'duckdb', place: 'shop.duckdb', database: 'shop' });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.sequential('tidemark init in the sample shop', () => {
  it('says what it would write, and writes nothing, where nobody sits at the terminal', async () => {
    const { exit, stdout, stderr } = await run('init', '-s', 'fact_vendor');
    expect(exit).toBe(0);
    expect(stderr).toMatch(/^looking into 3 tables, about [\d.]+ MB\n$/);
    expect(stdout).toBe(`would write 3 files: 1 target on 2 sources

table                by           columns  match  why
fact_vendor  mapped  its own SQL   5 of 5  100 %

5 of 5 columns are known to be made of which columns

nothing was written: \`tidemark init --yes\` writes it
`);
    expect([existsSync(path('tidemark.yml')), existsSync(path('mappings'))]).toEqual([false, false]);
  });

  it('init --yes, validate and plan hold without an edit', async () => {
    const { exit, stdout, stderr } = await run('init', '--yes', '--json');
    expect([exit, stderr]).toEqual([0, '']);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(schemaErrors(report)).toEqual([]);
    const targets = report['targets'] as readonly Record<string, unknown>[];
    expect(targets.map(({ status, form, match }) => [status, form, match])).toEqual(
      Array.from({ length: 12 }, () => ['mapped', 'model', 100]),
    );
    const valid = JSON.parse((await run('validate', '--against-data', '--json')).stdout) as Record<
      string,
      unknown
    >;
    expect(valid['status']).toBe('valid');
    const planned = JSON.parse((await run('plan', '--json')).stdout) as Record<string, unknown>;
    expect(planned).toMatchObject({ status: 'pending', behind: [], errors: [], targets: [] });
    expect(planned['adopted']).toHaveLength(12);
  });

  it('does not begin again where mappings are, and leaves them as they are', async () => {
    const before = readFileSync(path('mappings/fact_vendor.yml'), 'utf8');
    expect(await run('init', '--yes')).toMatchObject({
      exit: 2,
      stderr:
        'error: there are mappings already: mappings/customer_metrics.yml and 12 more\nhint: `tidemark init --update` adds what is new, and leaves them as they are\n',
    });
    expect(readFileSync(path('mappings/fact_vendor.yml'), 'utf8')).toBe(before);
  });
});

describe('the SQL of models', () => {
  it('is read once: what was found is kept until manifest or tables are others', async () => {
    const where = path('once');
    mkdirSync(where);
    await writeDbtProject(where, project, { engine: 'duckdb', place, database: 'shop' });
    // The parser is WebAssembly, and nothing else is.
    const code = `for (const name of ['Module', 'instantiate', 'compile', 'instantiateStreaming']) {
  const own = WebAssembly[name];
  WebAssembly[name] = new Proxy(own, {
    apply: (f, self, given) => (process.stderr.write('parser '), Reflect.apply(f, self, given)),
    construct: (f, given) => (process.stderr.write('parser '), Reflect.construct(f, given)),
  });
}`;
    const variables = {
      XDG_CACHE_HOME: join(where, 'cache'),
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}`,
    };
    const parses = async (...args: readonly string[]): Promise<boolean> => {
      const { exit, stderr } = await start(where, [...args, '--json'], variables);
      expect(exit).toBe(0);
      return stderr.includes('parser');
    };
    expect(await parses('init', '--yes', '-s', 'fact_vendor')).toBe(true);
    expect(await parses('plan')).toBe(false);
    expect(readdirSync(join(where, 'cache/tidemark/models'))).toHaveLength(1);
    const file = join(where, 'target/manifest.json');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('"dbt_version"', '"generated_at":"later","dbt_version"'),
    );
    expect(await parses('plan')).toBe(true);
  });
});

describe('what init cannot begin with', () => {
  const manifest = () =>
    JSON.parse(readFileSync(path('target/manifest.json'), 'utf8')) as Record<string, unknown>;

  /** A folder with the same dbt project, and one thing wrong. */
  const broken = async (
    name: string,
    change: (where: string) => void | Promise<void>,
    ...args: readonly string[]
  ) => {
    const where = path(name);
    mkdirSync(where);
    await writeDbtProject(where, project, { engine: 'duckdb', place, database: 'shop' });
    await change(where);
    const { exit, stderr } = await start(where, ['init', '--yes', ...args]);
    expect(existsSync(join(where, 'tidemark.yml'))).toBe(false);
    return { exit, stderr: stderr.replaceAll(where, '<dir>') };
  };

  const rewrite = (where: string, change: (root: Record<string, unknown>) => Record<string, unknown>): void =>
    writeFileSync(join(where, 'target/manifest.json'), JSON.stringify(change(manifest())));

  const metadata = (part: Record<string, unknown>) => (root: Record<string, unknown>) => ({
    ...root,
    metadata: { ...(root['metadata'] as object), ...part },
  });

  const nodes =
    (change: (node: Record<string, unknown>) => Record<string, unknown>) =>
    (root: Record<string, unknown>) => ({
      ...root,
      nodes: Object.fromEntries(
        Object.entries(root['nodes'] as Record<string, Record<string, unknown>>).map(([id, node]) => [
          id,
          change(node),
        ]),
      ),
    });

  const cases: readonly (readonly [
    what: string,
    change: (where: string) => void,
    said: readonly string[],
  ])[] = [
    [
      'no manifest',
      (where) => rmSync(join(where, 'target'), { recursive: true }),
      ['`<dir>/target/manifest.json` does not exist', '`dbt compile` writes it'],
    ],
    [
      'a manifest of another schema version',
      (where) =>
        rewrite(
          where,
          metadata({
            dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v9.json',
            dbt_version: '1.5.0',
          }),
        ),
      [
        '<dir>/target/manifest.json',
        '`metadata.dbt_schema_version`',
        'dbt 1.5.0',
        'manifest v9',
        '`dbt compile`',
      ],
    ],
    [
      'a manifest that is cut short',
      (where) => writeFileSync(join(where, 'target/manifest.json'), '{"metadata": {'),
      ['<dir>/target/manifest.json', 'is no JSON', '`dbt compile`'],
    ],
    [
      'models that were parsed only',
      (where) =>
        rewrite(
          where,
          nodes(({ compiled_code: _, ...node }) => node),
        ),
      ['<dir>/target/manifest.json', 'compiled_code`', '`dbt compile` writes it'],
    ],
    [
      'models of another database',
      (where) =>
        rewrite(
          where,
          nodes((node) => ({ ...node, database: 'prod' })),
        ),
      ['<dir>/target/manifest.json', '`prod`', '.database`', '`shop`', '`dbt compile --target'],
    ],
    [
      'a manifest of another adapter than the profile',
      (where) => rewrite(where, metadata({ adapter_type: 'postgres' })),
      [
        '<dir>/target/manifest.json',
        '`metadata.adapter_type`',
        'postgres',
        'duckdb',
        '`dbt compile --target',
      ],
    ],
    [
      'a manifest of an adapter that nobody knows',
      (where) => rewrite(where, metadata({ adapter_type: 'bigquery' })),
      [
        '<dir>/target/manifest.json',
        '`metadata.adapter_type`',
        '`bigquery`',
        'duckdb, postgres and snowflake',
        '`dbt compile --target',
      ],
    ],
    [
      'a profile with a variable that is not set',
      (where) =>
        writeFileSync(
          join(where, 'profiles.yml'),
          `shop:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: "{{ env_var('NO_SUCH_PATH') }}" }\n`,
        ),
      ['<dir>/profiles.yml:4', 'NO_SUCH_PATH', 'dbt debug'],
    ],
    [
      'a profile of an adapter that nobody knows',
      (where) =>
        writeFileSync(
          join(where, 'profiles.yml'),
          'shop:\n  target: dev\n  outputs:\n    dev: { type: bigquery }\n',
        ),
      ['<dir>/profiles.yml:4', '`bigquery`', 'dbt debug'],
    ],
    [
      'models that are views, all of them',
      (where) =>
        rewrite(
          where,
          nodes((node) => ({ ...node, config: { ...(node['config'] as object), materialized: 'view' } })),
        ),
      [
        'dbt builds no table here that could be kept in step',
        '`materialized: table`',
        '`tidemark init` again',
      ],
    ],
    [
      'models that were never built',
      (where) =>
        rewrite(
          where,
          nodes((node) => ({ ...node, alias: `${String(node['name'])}_later` })),
        ),
      [
        'nothing can be kept in step yet, and nothing was written: `',
        ': it is not built yet: `dbt build --select ',
        '; and 7 more',
        '`tidemark init` again',
      ],
    ],
    [
      'a profile that is nowhere',
      (where) => rmSync(join(where, 'profiles.yml')),
      ['profiles.yml was not found', '<dir>/profiles.yml', 'DBT_PROFILES_DIR'],
    ],
  ];

  it.for(cases)('%s', async ([what, change, said]) => {
    const { exit, stderr } = await broken(what.replaceAll(' ', '-'), change);
    expect(exit).toBe(2);
    for (const part of said) expect(stderr).toContain(part);
  });

  it('tables without a key', async () => {
    const where = path('keyless');
    mkdirSync(where);
    await withDuckDb(join(where, 'words.duckdb'), async (execute) => {
      await execute('create schema raw');
      await execute("create table raw.words as select 'a' as word union all select 'a'");
    });
    for (const more of [[], ['--yes']])
      expect(await start(where, ['init', '--duckdb', 'words.duckdb', ...more])).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining(
          '\nerror: nothing can be kept in step yet, and nothing was written: `words`: no columns tell its rows apart: name its key yourself, under `sources:`\nhint: mend one of them and call `tidemark init` again; only `raw` was looked at: where others are meant, write `schemas:` into a tidemark.yml first, as the README shows\n',
        ) as string,
      });
    expect(existsSync(join(where, 'tidemark.yml'))).toBe(false);
  });

  it('neither dbt nor a warehouse', async () => {
    const where = path('empty');
    mkdirSync(where);
    const { exit, stderr } = await start(where, ['init']);
    expect(exit).toBe(2);
    expect(stderr).toContain('neither tidemark.yml nor dbt_project.yml is in');
    expect(stderr).toContain('`--dbt DIR`');
    expect((await start(where, ['init', '--duckdb', 'none.duckdb'])).stderr).toContain(
      'there is no file `none.duckdb`',
    );
    expect((await start(where, ['init', '--postgres', 'NO_SUCH_URL'])).stderr).toContain(
      '`NO_SUCH_URL` is not set',
    );
  });
});
