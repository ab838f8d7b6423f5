// `tidemark docs` in a dbt project: dbt itself must take what it writes, and every file must be as it was afterwards.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBuilt } from './setup/build.mjs';
import type { Database } from './test-dbt-databases.ts';
import { Check, runDbt, tidemark } from './test-dbt-package.ts';

interface Column {
  readonly description: string;
  readonly meta: Readonly<Record<string, unknown>>;
}

interface Parsed {
  readonly nodes: Readonly<Record<string, { readonly columns: Readonly<Record<string, Column>> }>>;
  readonly exposures: Readonly<
    Record<string, { readonly depends_on: { readonly nodes: readonly string[] } }>
  >;
}

const schema = `sources:
  - name: staging
    tables: [{ name: companies }]

models:
  - name: described   # by hand
    columns:
      - name: id
        description: the number of the company
        data_tests:
          - unique
`;

const files: Readonly<Record<string, string>> = {
  'dbt_project.yml': 'name: told\nversion: 1.0.0\nconfig-version: 2\nprofile: shop\n',
  'models/described.sql': "select id, name from {{ source('staging', 'companies') }}",
  'models/bare.sql': "select id, upper(name) as shouted from {{ ref('described') }}",
  'models/hidden.sql':
    "{{ config(access='private', group='sales') }} select id from {{ source('staging', 'companies') }}",
  'models/groups.yml': 'groups: [{ name: sales, owner: { name: sales } }]\n',
  'models/schema.yml': schema,
  'mappings/sources.yml': 'sources: { companies: { key: id } }\n',
  'mappings/described.yml':
    'target: described\nkey: id\nowner: sales@shop.example\nfrom: companies\ncolumns: { id: companies.id, name: companies.name }\n',
  'mappings/bare.yml':
    'target: bare\nkey: id\nfrom: described\ncolumns: { id: described.id, shouted: "upper(described.name) || \'{{ x }}\'" }\n',
  'mappings/hidden.yml': 'target: hidden\nkey: id\nfrom: companies\ncolumns: { id: companies.id }\n',
};

const projectFile = (engine: string): string =>
  `version: 1\nname: told\nwarehouse: { dbt: ., target: ${engine} }\nschemas: { staging: staging }\n`;

const toldRight = ({ nodes, exposures }: Parsed, check: Check): void => {
  const columns = ['described', 'bare', 'hidden'].map((name) => nodes[`model.told.${name}`]?.columns ?? {});
  check.that(
    'columns with their meta',
    columns.map((each) => Object.keys(each).join()).join(' ') === 'id,name id,shouted id' &&
      columns.every((each) => Object.values(each).every(({ meta }) => meta['tidemark'] !== undefined)),
  );
  check.that('a description by hand', columns[0]?.['id']?.description === 'the number of the company');
  const reads = ['described', 'bare', 'hidden'].map((name) =>
    exposures[`exposure.told.tidemark_${name}`]?.depends_on.nodes.toSorted().join(),
  );
  const source = 'source.told.staging.companies';
  check.that(
    `exposures in the lineage (${reads.join(' ')})`,
    reads.join(' ') === `model.told.described,${source} model.told.bare,model.told.described ${source}`,
  );
};

export const checkDocs = async (database: Database, parent: string): Promise<readonly string[]> => {
  const check = new Check(database.engine);
  const folder = join(parent, `told-${database.engine}`);
  const place = { database, folder };
  for (const [name, text] of Object.entries({ ...files, 'tidemark.yml': projectFile(database.engine) })) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await ensureBuilt();
  const first = await runDbt(place, 'parse');
  check.that('dbt parse', first.status === 0, first);
  const written = await tidemark(place, 'docs', '--write');
  check.that('docs --write', written.status === 0, written);
  const parsed = await runDbt(place, 'parse', '--no-partial-parse');
  check.that(
    'dbt parse of what docs wrote',
    parsed.status === 0 && !/\[\s*warning|deprecated\s+functionality/i.test(parsed.text),
    parsed,
  );
  const manifest = join(folder, 'target', 'manifest.json');
  toldRight(JSON.parse(await readFile(manifest, 'utf8')) as Parsed, check);
  const again = await tidemark(place, 'docs', '--check');
  check.that('docs --check after it', again.status === 0, again);
  const removed = await tidemark(place, 'docs', '--remove', '--write');
  const left = await readFile(join(folder, 'models', 'schema.yml'), 'utf8');
  check.that('docs --remove', removed.status === 0 && left === schema, removed);
  console.log(`${database.engine}: tidemark docs in the docs of dbt, ${check.problems.length} problems`);
  return check.problems;
};
