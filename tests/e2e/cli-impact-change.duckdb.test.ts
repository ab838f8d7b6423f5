// `tidemark impact --diff` and `--pending`: what a change of the mappings, and what waits in staging, would write.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sandbox } from './cli-sandbox.ts';
import { schemaErrors } from './cli-schemas.ts';

const sandbox = new Sandbox();

const git = ({ folder }: Sandbox, ...args: readonly string[]): void => {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: folder });
  if (status !== 0) throw new Error(String(stderr));
};

afterAll(() => sandbox.remove());

describe('tidemark impact --diff', () => {
  it('says that there is no git to ask', async () => {
    const outside = await sandbox.run('impact', '--diff', 'main');
    expect(outside).toMatchObject({ exit: 2, stdout: '' });
    expect(outside.stderr).toContain('is not in a git repository');
    const without = await sandbox.start(['impact', '--diff', 'main', '--json'], { PATH: '/nowhere' }).ended;
    expect([without.exit, JSON.parse(without.stdout)]).toMatchObject([
      2,
      { code: 'revision_unreadable', message: 'git is not installed, or not on the PATH' },
    ]);
  });

  describe('in a repository', () => {
    beforeAll(() => {
      sandbox.write(
        'mappings/who.yml',
        `target: who
key: id
from: customers
join: { dim_customer: customers.id = dim_customer.customer_id }
columns: { id: customers.id, label: upper(dim_customer.country) }
`,
      );
      git(sandbox, 'init', '-q', '-b', 'main');
      git(sandbox, 'add', '.');
      git(sandbox, 'commit', '-q', '-m', 'first');
    });

    it('finds nothing where nothing changed', async () => {
      expect(await sandbox.run('impact', '--diff', 'main')).toEqual({
        exit: 0,
        stdout: 'the mappings mean the same\n',
        stderr: '',
      });
    });

    it('names what means something else, and what hangs on it', async () => {
      sandbox.write(
        'mappings/dim_customer.yml',
        `# comments and order mean nothing
target: dim_customer
key: customer_id
from: customers
join: { countries: customers.country_id = countries.id }
where: customers.balance > 0
columns:
  customer_name: customers.name
  customer_id: customers.id
  country: coalesce(countries.name, '?')
  code: countries.id
`,
      );
      const { exit, value } = await sandbox.json('impact', '--diff', 'main');
      expect([exit, schemaErrors(value)]).toEqual([0, []]);
      expect(value['changes']).toEqual([
        {
          relation: 'dim_customer',
          kind: 'target',
          column: null,
          change: 'changed',
          before: null,
          after: 'where: customers.balance > 0',
        },
        {
          relation: 'dim_customer',
          kind: 'target',
          column: 'country',
          change: 'changed',
          before: "coalesce(countries.name, 'unknown')",
          after: "coalesce(countries.name, '?')",
        },
        {
          relation: 'dim_customer',
          kind: 'target',
          column: 'balance',
          change: 'removed',
          before: 'customers.balance',
          after: null,
        },
        {
          relation: 'dim_customer',
          kind: 'target',
          column: 'code',
          change: 'added',
          before: null,
          after: 'countries.id',
        },
      ]);
      expect(
        value['reaches'] as readonly { readonly target: string; readonly column: string }[],
      ).toContainEqual(expect.objectContaining({ target: 'who', column: 'label', how: 'expression' }));
      const { stdout } = await sandbox.run('impact', '--diff', 'main');
      expect(stdout).toBe(`4 changes of meaning

dim_customer
  ~ rows: where: customers.balance > 0
  ~ country: coalesce(countries.name, 'unknown') → coalesce(countries.name, '?')
  - balance: customers.balance
  + code: countries.id

and through them 1 column of 1 target

who
  label  join        customers.id = dim_customer.customer_id
  label  expression  upper(dim_customer.country)
`);
      const markdown = await sandbox.run('impact', '--diff', 'main', '--format', 'markdown');
      expect(markdown.stdout).toContain(
        "| `dim_customer` | `country` | changed | `coalesce(countries.name, 'unknown')` |",
      );
    });

    it('of a target that is new or gone names the target', async () => {
      git(sandbox, 'rm', '-q', '--cached', 'mappings/who.yml');
      git(sandbox, 'commit', '-q', '-m', 'second');
      const { value } = await sandbox.json('impact', '--diff', 'HEAD');
      expect(value['changes']).toContainEqual(
        expect.objectContaining({
          relation: 'who',
          column: null,
          change: 'added',
          before: null,
          after: null,
        }),
      );
    });

    it('says where the old mappings were wrong', async () => {
      sandbox.write(
        'mappings/broken.yml',
        'target: broken\nkey: id\nfrom: nobody\ncolumns: { id: nobody.id }\n',
      );
      git(sandbox, 'add', '.');
      git(sandbox, 'commit', '-q', '-m', 'third');
      rmSync(join(sandbox.folder, 'mappings/broken.yml'));
      const { exit, value } = await sandbox.json('impact', '--diff', 'HEAD');
      expect([exit, value['code'], value['at']]).toMatchObject([
        2,
        'dictionary_invalid',
        { file: 'HEAD:mappings/broken.yml', line: 3 },
      ]);
    });

    it.each([
      [['--diff', 'nowhere'], 'git knows no revision `nowhere`'],
      [['--diff', '--help-all'], 'git knows no revision `--help-all`'],
      [
        ['customers.name', '--diff', 'main'],
        '`--diff` stands alone: it names no columns and takes no other question',
      ],
      [['--pending', '--rows'], '`--pending` stands alone: it names no columns and takes no other question'],
    ])('refuses %j', async (args, message) => {
      const { exit, stderr } = await sandbox.run('impact', ...args);
      expect([exit, stderr.split('\n')[0]]).toEqual([2, `error: ${message}`]);
    });
  });
});

describe('tidemark impact --pending', () => {
  const other = new Sandbox();
  beforeAll(async () => {
    await other.fill();
    await other.run('run');
  });
  afterAll(() => other.remove());

  it('counts what the next run writes, and writes nothing', async () => {
    expect((await other.run('impact', '--pending')).stdout).toContain('nothing waits in staging');
    await other.sql(`update staging.countries set name = 'Deutschland', updated_at = now() where id = 'DE'`);
    const { exit, value } = await other.json('impact', '--pending');
    expect([exit, schemaErrors(value)]).toEqual([0, []]);
    expect(value).toMatchObject({
      columns: [],
      pending: {
        status: 'pending',
        sources: [{ name: 'countries', updated: 1 }],
        targets: [{ name: 'dim_customer', updated: 1, cells: 1, columns: { country: 1 } }],
        behind: [],
      },
    });
    const planned = await other.json('plan');
    expect((value['pending'] as Readonly<Record<string, unknown>>)['targets']).toEqual(
      planned.value['targets'],
    );
    expect((await other.run('impact', '--pending')).stdout).toContain(
      '1 change in staging: 1 row of 1 target, 1 cell of updated rows',
    );
    const { stdout } = await other.run('impact', '--pending', '--format', 'markdown');
    expect(stdout).toContain('| `dim_customer` | 0 | 1 | 0 | 1 | country 1 |');
    expect((await other.json('history')).value['batches']).toHaveLength(1);
  });

  it('of a history counts new versions, and those that they close', async () => {
    other.write(
      'mappings/country_scd.yml',
      'target: country_scd\nkey: id\nfrom: countries\ncolumns: { id: countries.id, name: countries.name }\nhistory: { track: [name] }\n',
    );
    expect(await other.run('run')).toMatchObject({ exit: 0 });
    await other.sql(`update staging.countries set name = 'Frankreich', updated_at = now() where id = 'FR'`);
    expect((await other.json('impact', '--pending')).value).toMatchObject({
      pending: {
        targets: [{ name: 'country_scd', inserted: 1, updated: 1, deleted: 0 }, { name: 'dim_customer' }],
      },
    });
  });
});

describe('mappings outside the folder that git is asked in', () => {
  const nested = new Sandbox();
  afterAll(() => nested.remove());

  it('are listed all the same', async () => {
    nested.write(
      'project/tidemark.yml',
      'version: 1\nname: nested\nwarehouse: { type: duckdb, path: x.duckdb }\nmappings: ../mappings\n',
    );
    git(nested, 'init', '-q');
    git(nested, 'add', '.');
    git(nested, 'commit', '-q', '-m', 'first');
    expect(await nested.run('impact', '--diff', 'HEAD', '--project', 'project')).toMatchObject({
      exit: 0,
      stdout: 'the mappings mean the same\n',
    });
  });
});
