// `tidemark impact` as a user types it: every format, names that are wrong, a warehouse that is not there.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sandbox } from './cli-sandbox.ts';
import { schemaErrors } from './cli-schemas.ts';

const sandbox = new Sandbox();

beforeAll(() => {
  sandbox.write(
    'mappings/orders.yml',
    `target: '"fact order"'
key: id
from: customers
where: customers.balance > 0
join: { d: { source: dim_customer, on: customers.id = d.customer_id } }
columns:
  id: customers.id
  "who | \`what\`": upper(d.customer_name)
`,
  );
});

afterAll(() => sandbox.remove());

describe('tidemark impact', () => {
  it('needs no warehouse', async () => {
    expect(await sandbox.run('impact', 'customers.name', 'countries.name')).toEqual({
      exit: 0,
      stderr: '',
      stdout: `customers.name reaches 2 columns of 2 targets

dim_customer
  customer_name  direct      customers.name
fact order, through dim_customer.customer_name
  who | \`what\`   expression  upper(d.customer_name)

countries.name reaches 1 column of 1 target

dim_customer
  country  expression  coalesce(countries.name, 'unknown')
`,
    });
  });

  it('prints Markdown that no name breaks', async () => {
    const { stdout } = await sandbox.run('impact', 'customers.name', '--format', 'markdown');
    expect(stdout).toBe(`### \`customers.name\` reaches 2 columns of 2 targets

| target | column | how | through | as |
| --- | --- | --- | --- | --- |
| \`dim_customer\` | \`customer_name\` | direct |  | \`customers.name\` |
| \`fact order\` | \`\` who \\| \`what\` \`\` | expression | \`dim_customer.customer_name\` | \`upper(d.customer_name)\` |
`);
  });

  it('draws', async () => {
    const { stdout } = await sandbox.run('impact', 'customers.balance', '--format', 'mermaid');
    expect(stdout).toBe(`flowchart LR
  n1(["customers.balance"])
  n2["dim_customer.balance"]
  n1 -->|"direct"| n2
  n3["fact order: whole rows"]
  n1 -->|"filter"| n3
`);
  });

  it.each([['--json'], ['--format=json'], ['--format', 'json']])('prints JSON with %s', async (...flags) => {
    const { exit, stdout, stderr } = await sandbox.run('impact', 'customers.name', ...flags);
    const value = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    expect([exit, stderr, schemaErrors(value)]).toEqual([0, '', []]);
    expect(value).toMatchObject({
      columns: [{ source: 'customers', column: 'name' }],
      reaches: [
        { target: 'dim_customer', column: 'customer_name', how: 'direct', scope: 'value', via: [] },
        {
          target: 'fact order',
          how: 'expression',
          via: [{ target: 'dim_customer', column: 'customer_name' }],
          at: { file: 'mappings/orders.yml', line: 8, column: 19 },
        },
      ],
      downstream: [],
      warnings: [],
    });
  });

  it('says what a wrong name may have been', async () => {
    expect(await sandbox.run('impact', 'customer.name')).toEqual({
      exit: 2,
      stdout: '',
      stderr: 'error: there is no source or target `customer`\nhint: did you mean `customers`?\n',
    });
    const { exit, stdout } = await sandbox.run('impact', 'customer.name', '--format', 'json');
    expect([exit, JSON.parse(stdout)]).toMatchObject([2, { code: 'unknown_source' }]);
  });

  it('a column that no mapping names is never just "nothing"', async () => {
    const { exit, stdout, stderr } = await sandbox.run('impact', 'customers.nmae');
    expect([exit, stdout]).toEqual([0, '`customers.nmae` reaches nothing: no mapping reads it\n']);
    expect(stderr).toContain('warning: no mapping names `customers.nmae`, and there is no DuckDB file');
    expect(stderr).toContain('did you mean `name`?');
    const { value } = await sandbox.json('impact', 'customers.nmae', '--offline');
    expect([schemaErrors(value), value['warnings']]).toMatchObject([[], [{ code: 'unknown_column' }]]);
    await sandbox.fill();
    expect(await sandbox.run('impact', 'customers.nmae')).toEqual({
      exit: 2,
      stdout: '',
      stderr: 'error: `customers` has no column `nmae`\nhint: did you mean `name`?\n',
    });
    expect((await sandbox.run('impact', 'customers.updated_at')).stdout).toBe(
      '`customers.updated_at` reaches nothing: no mapping reads it\n',
    );
  });

  it('counts rows', async () => {
    await sandbox.run('run');
    const { value } = await sandbox.json('impact', 'countries.name', '--rows');
    expect(schemaErrors(value)).toEqual([]);
    expect(value).toMatchObject({
      reaches: [{ target: 'dim_customer', column: 'country', rows: 2 }],
      targets: [{ target: 'dim_customer', rows: 2, of: 3 }],
    });
    expect((await sandbox.run('impact', 'countries.name', '--rows')).stdout).toContain(
      'dim_customer: 2 rows of 3',
    );
  });

  it.each([
    [[], 'which column?'],
    [
      ['customers.name', '--format', 'svg'],
      '`--format` is `text` or `json` or `mermaid` or `markdown`, not `svg`',
    ],
    [['a b'], '`a b` is no column'],
  ])('refuses %j', async (args, message) => {
    const { exit, stderr } = await sandbox.run('impact', ...args);
    expect([exit, stderr.split('\n')[0]]).toEqual([2, `error: ${message}`]);
  });
});

it('says whose the targets are that a change reaches, and what they are', async () => {
  sandbox.write(
    'mappings/vip.yml',
    'target: vip\nkey: id\nfrom: customers\ndescription: Whom we call first.\nowner: the | sales team\ncolumns: { id: customers.id, worth: customers.balance }\n',
  );
  const text = await sandbox.run('impact', 'customers.balance');
  expect(text.stdout).toContain('\n\nwhose they are\n  vip  the | sales team  Whom we call first.\n');
  const markdown = await sandbox.run('impact', 'customers.balance', '--format', 'markdown');
  expect(markdown.stdout).toContain(
    '| target | owner | what it is |\n| --- | --- | --- |\n| `vip` | `the \\| sales team` | `Whom we call first.` |',
  );
  const { stdout } = await sandbox.run('impact', 'customers.balance', '--json');
  const json = JSON.parse(stdout) as { readonly owners: unknown };
  expect(schemaErrors(json)).toEqual([]);
  expect(json.owners).toEqual([
    { target: 'vip', owner: 'the | sales team', description: 'Whom we call first.' },
  ]);
});
