// `tidemark dictionary` and `tidemark import` as a user types them.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sandbox } from './cli-sandbox.ts';
import { schemaErrors } from './cli-schemas.ts';

const sandbox = new Sandbox();

const module = `# What feeds what.
DICTIONARY = {
    "customers": {
        "id": {"dim_customer": "customer_id"},
        "name": {"dim_customer": ("customer_name",)},
        "balance": {"dim_customer": "blance"},
    },
    "countries": {"name": {"dim_customer": {"column": "country", "expression": "coalesce(countries.name, '?')"}}},
}
`;

beforeAll(() => sandbox.fill());

afterAll(() => sandbox.remove());

describe('tidemark dictionary', () => {
  it('prints it from its sources, in four forms', async () => {
    expect(await sandbox.run('dictionary')).toEqual({
      exit: 0,
      stderr: '',
      stdout: `countries
  name     dim_customer.country  = coalesce(countries.name, 'unknown')
customers
  id       dim_customer.customer_id
  name     dim_customer.customer_name
  balance  dim_customer.balance
`,
    });
    expect((await sandbox.run('dictionary', '--format', 'yaml')).stdout).toBe(`countries:
  name:
    dim_customer:
      column: country
      expression: coalesce(countries.name, 'unknown')
customers:
  id:
    dim_customer: customer_id
  name:
    dim_customer: customer_name
  balance:
    dim_customer: balance
`);
    expect((await sandbox.run('dictionary', '--format', 'python')).stdout).toContain(
      '    "customers": {\n        "id": {\n            "dim_customer": "customer_id",\n        },\n',
    );
    const { value } = await sandbox.json('dictionary', '-s', 'dim_customer');
    expect([schemaErrors(value), value['dictionary']]).toMatchObject([
      [],
      { customers: { balance: { dim_customer: 'balance' } } },
    ]);
    expect(await sandbox.run('dictionary', '-s', 'dim_custmer')).toMatchObject({
      exit: 2,
      stderr: 'error: `dim_custmer` is no target of this project\nhint: did you mean `dim_customer`?\n',
    });
  });
});

describe('tidemark import', () => {
  beforeAll(() => {
    rmSync(join(sandbox.folder, 'mappings'), { recursive: true });
    sandbox.write('expanded.py', module);
  });

  it('says what it would write', async () => {
    const { exit, value } = await sandbox.json('import', 'expanded.py', '--dry-run');
    expect([exit, schemaErrors(value)]).toEqual([0, []]);
    expect(value).toMatchObject({
      written: false,
      files: [
        {
          file: 'mappings/sources.yml',
          target: null,
          guesses: [
            'key: id (staging.customers keeps it unique)',
            'key: id (staging.countries keeps it unique)',
          ],
        },
        { file: 'mappings/dim_customer.yml', target: 'dim_customer', columns: 3 },
      ],
      not_placed: [
        {
          source: 'customers',
          column: 'balance',
          target: 'dim_customer',
          target_column: 'blance',
          reason: 'column `blance` is mapped but missing from `marts.dim_customer`',
          at: { file: 'expanded.py', line: 6, column: 37 },
        },
      ],
    });
    expect(existsSync(join(sandbox.folder, 'mappings'))).toBe(false);
  });

  it('writes files that are valid, and says what it could not place', async () => {
    const { exit, stdout, stderr } = await sandbox.run('import', 'expanded.py');
    expect([exit, stdout.split('\n')[0]]).toEqual([0, 'imported 3 columns of 1 target from expanded.py']);
    expect(stderr).toBe(
      '\nwarning: `blance` of `dim_customer` could not be placed: column `blance` is mapped but missing from `marts.dim_customer`\n',
    );
    expect(await sandbox.json('validate')).toMatchObject({
      exit: 0,
      value: { status: 'valid', sources: 2, targets: 1, columns: 3 },
    });
    const text = readFileSync(join(sandbox.folder, 'mappings/dim_customer.yml'), 'utf8');
    expect(text).toContain('countries: customers.country_id = countries.id   # guessed: ');
    expect((await sandbox.run('run', '--adopt', 'dim_customer')).exit).toBe(0);
  });

  it('never overwrites', async () => {
    const path = join(sandbox.folder, 'mappings/dim_customer.yml');
    const before = readFileSync(path, 'utf8');
    expect((await sandbox.run('import', 'expanded.py')).stdout).toBe(
      'expanded.py: nothing to write\n\ndim_customer is mapped already, by mappings/dim_customer.yml: left alone\n',
    );
    sandbox.write('more.yml', 'customers: { id: { vip: id, dim_customer: x }, name: { vip: label } }\n');
    await sandbox.sql('create table marts.vip (id bigint primary key, label varchar)');
    sandbox.write('mappings/vip.yml', '# nothing here yet\nsources: {}\n');
    const { value } = await sandbox.json('import', 'more.yml');
    expect(value).toMatchObject({ files: [{ file: 'mappings/vip_2.yml', target: 'vip', columns: 2 }] });
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(await sandbox.json('validate')).toMatchObject({ exit: 0 });
  });

  it('reads back what `dictionary` printed', async () => {
    const printed = await sandbox.json('dictionary');
    const other = new Sandbox();
    try {
      await other.fill();
      await other.sql('create table marts.vip (id bigint primary key, label varchar)');
      for (const format of ['python', 'yaml', 'json']) {
        rmSync(join(other.folder, 'mappings'), { recursive: true, force: true });
        const { stdout } = await sandbox.run('dictionary', '--format', format);
        const name = `d.${format === 'python' ? 'py' : format}`;
        other.write(name, stdout);
        await other.run('import', name);
        expect((await other.json('dictionary')).value['dictionary']).toEqual(printed.value['dictionary']);
      }
    } finally {
      await other.remove();
    }
  });

  it.each([
    [['import'], 'which file?'],
    [['import', 'gone.py'], 'cannot read `gone.py`'],
    [['import', 'expanded.py', '--variable', 'OTHER'], 'no dict is assigned to `OTHER`'],
  ])('refuses %j', async (args, message) => {
    const { exit, stderr } = await sandbox.run(...args);
    expect(exit).toBe(2);
    expect(stderr).toContain(`error: ${message}`);
  });

  it('shows the place of a mistake', async () => {
    sandbox.write('computed.py', `D = {'a': {'x': {'t': prefix + 'b'}}}\n`);
    expect(await sandbox.run('import', 'computed.py')).toEqual({
      exit: 2,
      stdout: '',
      stderr: `error: \`prefix\` is no literal, and nothing of the module is run
  computed.py:1:23
  1 | D = {'a': {'x': {'t': prefix + 'b'}}}
    |                       ^^^^^^
hint: write the value out: texts, dicts, lists, tuples, numbers, None, True and False
`,
    });
  });
});
