// `tidemark impact --dbt`: from the mappings on along dbt's manifest, in every format; what is unknown is said so.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sandbox } from './cli-sandbox.ts';
import { schemaErrors } from './cli-schemas.ts';

const sandbox = new Sandbox();

const node = (kind: string, name: string, reads: readonly string[], more: object = {}) => ({
  resource_type: kind,
  name,
  package_name: 'shop',
  schema: 'marts',
  config: { materialized: 'table' },
  depends_on: { nodes: reads },
  original_file_path: `models/${name}.sql`,
  language: 'sql',
  ...more,
});

const model = (name: string, reads: readonly string[], sql: string | null) => [
  `model.shop.${name}`,
  node(
    'model',
    name,
    reads.map((each) => `model.shop.${each}`),
    { compiled_code: sql },
  ),
];

const manifest = {
  metadata: {
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    project_name: 'shop',
    adapter_type: 'duckdb',
  },
  nodes: Object.fromEntries([
    model('dim_customer', [], 'select 1'),
    model(
      'mart_customer',
      ['dim_customer'],
      'select upper(customer_name) as shouted from marts.dim_customer',
    ),
    model(
      'mart_country',
      ['dim_customer'],
      'select country, count(*) as n from marts.dim_customer group by 1',
    ),
    model('mart_star', ['dim_customer'], 'select * from marts.dim_customer'),
    model('mart_draft', ['mart_customer'], null),
    model('mart_other', [], 'select 1 as customer_name'),
  ]),
  sources: {},
  exposures: {
    'exposure.shop.board': node('exposure', 'board', ['model.shop.mart_country', 'model.shop.mart_customer']),
  },
};

beforeAll(() => {
  sandbox.write('target/manifest.json', JSON.stringify(manifest));
  sandbox.write(
    'tidemark.yml',
    'version: 1\nname: corner\nwarehouse: { type: duckdb, path: corner.duckdb }\nmanifest: target/manifest.json\n',
  );
});

afterAll(() => sandbox.remove());

const ask = (...args: readonly string[]) =>
  sandbox.run('impact', 'dim_customer.customer_name', '--dbt', ...args);

describe('tidemark impact --dbt', () => {
  it('follows the manifest, and says how sure each finding is', async () => {
    const { exit, value } = await sandbox.json('impact', 'dim_customer.customer_name', '--dbt');
    expect([exit, schemaErrors(value)]).toEqual([0, []]);
    expect(value).toMatchObject({
      downstream: [
        { node: 'model.shop.mart_star', how: 'by_name', columns: ['customer_name'], via: ['dim_customer'] },
        { node: 'model.shop.mart_customer', how: 'proven', columns: ['shouted'], via: ['dim_customer'] },
        {
          node: 'exposure.shop.board',
          kind: 'exposure',
          how: 'unknown',
          via: ['dim_customer', 'mart_customer'],
        },
        { node: 'model.shop.mart_draft', how: 'unknown', via: ['dim_customer', 'mart_customer'] },
      ],
      coverage: {
        nodes: 5,
        proven: 1,
        by_name: 1,
        unknown: 2,
        untouched: 1,
        not_compiled: 1,
        not_in_dbt: [],
      },
      warnings: [],
    });
  });

  it('prints how much could be told, and groups by the way', async () => {
    expect((await ask()).stdout).toBe(`\`dim_customer.customer_name\` reaches nothing: no mapping reads it

5 nodes downstream in dbt: 1 proven, 1 by name, 2 unknown, 1 proven to read none of it, 1 model not compiled

through dim_customer
how      node                 why
by name  model mart_star      its SQL takes all columns with \`*\`
proven   model mart_customer  its SQL makes \`shouted\` of it

through dim_customer → mart_customer
how      node              why
unknown  exposure board    an exposure names tables, not columns
unknown  model mart_draft  dbt has not compiled it: \`dbt compile\` does
`);
  });

  it('prints Markdown', async () => {
    const { stdout } = await ask('--format', 'markdown');
    expect(stdout).toContain(
      '### 5 nodes downstream in dbt: 1 proven, 1 by name, 2 unknown, 1 proven to read none of it, 1 model not compiled',
    );
    expect(stdout).toContain(
      '| proven | model `mart_customer` | `dim_customer` | `shouted` | its SQL makes `shouted` of it |',
    );
  });

  it('draws, with a broken line where nothing is proven', async () => {
    const { stdout } = await ask('--format', 'mermaid');
    expect(stdout).toBe(`flowchart LR
  n1(["dim_customer.customer_name"])
  n2[/"mart_star"/]
  n1 -.->|"by name"| n2
  n3[/"mart_customer"/]
  n1 -->|"proven"| n3
  n4{{"board"}}
  n3 -.->|"unknown"| n4
  n5[/"mart_draft"/]
  n3 -.->|"unknown"| n5
  %% 5 nodes downstream in dbt: 1 proven, 1 by name, 2 unknown, 1 proven to read none of it, 1 model not compiled
`);
  });

  it('starts from what the mappings reach, and from all rows where they come and go', async () => {
    const { value } = await sandbox.json('impact', 'customers.name', '--dbt');
    expect(value).toMatchObject({
      reaches: [{ target: 'dim_customer', column: 'customer_name' }],
      coverage: { proven: 1, by_name: 1, unknown: 2, not_in_dbt: ['customers'] },
      warnings: [{ code: 'unknown_node', severity: 'warning' }],
    });
    const rows = await sandbox.json('impact', 'customers.id', '--dbt');
    expect(rows.value).toMatchObject({ coverage: { proven: 5, unknown: 0 } });
  });

  it('goes on from a change of the mappings', async () => {
    const change = await sandbox.run('impact', '--diff', 'main', '--dbt');
    expect(change.stderr).toContain('is not in a git repository');
  });

  it('refuses what it cannot follow', async () => {
    expect((await sandbox.run('impact', '--pending', '--dbt')).exit).toBe(2);
    sandbox.write(
      'tidemark.yml',
      'version: 1\nname: corner\nwarehouse: { type: duckdb, path: corner.duckdb }\n',
    );
    const without = await ask();
    expect(without.exit).toBe(2);
    expect(without.stderr).toContain('`--dbt` follows the manifest of dbt, and the project names none');
  });
});
