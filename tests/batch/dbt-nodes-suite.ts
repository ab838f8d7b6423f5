// A project that stands beside dbt: its connection from dbt's profile, its tables by their nodes in the manifest.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { impact } from '../../src/batch/impact/impact.ts';
import { readDictionary } from '../../src/batch/read-dictionary.ts';
import { run } from '../../src/batch/run.ts';
import { validate } from '../../src/batch/validate.ts';
import { readProject } from '../../src/project/read-project.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { corner } from './corner.ts';

/** What dbt writes of a developer's target: other schemas than prod's, aliases, a source behind an identifier. */
const manifest = (database: string): unknown => {
  const node = (kind: string, name: string, schema: string, more: object = {}): object => ({
    resource_type: kind,
    name,
    package_name: 'corner',
    database,
    schema,
    config: { materialized: 'table' },
    depends_on: { nodes: [] },
    original_file_path: `models/${name}.sql`,
    ...more,
  });
  return {
    metadata: {
      dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
      dbt_version: '1.12.0',
      project_name: 'corner',
      adapter_type: 'any',
    },
    nodes: {
      'model.corner.stg_companies': node('model', 'stg_companies', 'dbt_me_staging', { alias: 'companies' }),
      'model.corner.fact_vendor': node('model', 'fact_vendor', 'dbt_me', { alias: 'vendor_facts' }),
      'model.corner.int_items': node('model', 'int_items', 'dbt_me', {
        config: { materialized: 'ephemeral' },
      }),
    },
    sources: {
      'source.corner.shop.items': node('source', 'items', 'raw', {
        source_name: 'shop',
        identifier: 'order_items',
      }),
    },
  };
};

const profile = (engine: Engine, place: string): string => {
  const url = engine === 'postgres' ? new URL(place) : undefined;
  const output =
    url === undefined
      ? { type: 'duckdb', path: basename(place), schema: 'dbt_me' }
      : {
          type: 'postgres',
          host: url.hostname,
          port: Number(url.port),
          user: decodeURIComponent(url.username),
          password: decodeURIComponent(url.password),
          dbname: url.pathname.slice(1),
          schema: 'dbt_me',
        };
  return `corner:\n  target: me\n  outputs:\n    me: ${JSON.stringify(output)}\n`;
};

const sources = `sources:
  companies: { model: stg_companies, key: id, updated_at: updated_at }
  order_items: { dbt_source: shop.items, key: [order_id, line_no] }
`;

const databaseOf = ({ engine, place }: Sandbox): string =>
  engine === 'duckdb' ? basename(place, '.duckdb') : new URL(place).pathname.slice(1);

export const describeDbtNodes = (engine: Engine): void => {
  describe(`a project beside dbt on ${engine}`, () => {
    let sandbox: Sandbox;
    const inFolder = (file: string, text: string): void => {
      mkdirSync(join(sandbox.folder, file, '..'), { recursive: true });
      writeFileSync(join(sandbox.folder, file), text);
    };
    beforeEach(async () => {
      sandbox = await createSandbox(engine, corner());
      await sandbox.sql(
        'create schema dbt_me_staging',
        'create schema dbt_me',
        'create schema raw',
        'create table dbt_me_staging.companies as select * from staging.companies',
        'create table raw.order_items as select * from staging.order_items',
        'create table dbt_me.fact_sales as select * from marts.fact_sales',
        'create table dbt_me.vendor_facts as select id as vendor_id, name as vendor_name from staging.companies',
        'drop table staging.companies',
        'drop table staging.order_items',
      );
      inFolder('tidemark.yml', 'version: 1\nname: corner\nwarehouse: { dbt: . }\n');
      inFolder('dbt_project.yml', 'name: corner\nprofile: corner\n');
      inFolder('profiles.yml', profile(engine, sandbox.place));
      inFolder('target/manifest.json', JSON.stringify(manifest(databaseOf(sandbox))));
      sandbox.map('sources.yml', sources);
    });
    afterEach(() => sandbox.remove());

    const project = () => readProject({ directory: sandbox.folder, variables: {} });
    const messages = async () =>
      (await validate({ project: project() })).problems.map(({ message }) => message);

    it('finds its tables where the manifest says, and keeps them up', async () => {
      expect(await messages()).toEqual([]);
      const first = await run({ project: project() });
      expect(first.report).toMatchObject({ status: 'applied', kind: 'bootstrap', behind: [] });
      await sandbox.sql(
        `update dbt_me_staging.companies set name = 'Adler & Sons', updated_at = timestamp '2020-03-01 00:00:00' where id = 1`,
      );
      await run({ project: project() });
      const rows = await sandbox.sql('select vendor_name from dbt_me.vendor_facts order by vendor_id');
      expect(rows.map((row) => row['vendor_name'])).toEqual(['Adler & Sons', 'Blanc', 'Conti']);
    });

    it('answers what hangs on a column, and what the dictionary is, with no warehouse', async () => {
      const { reaches } = await impact({ project: project(), columns: ['companies.name'], offline: true });
      expect(reaches.map(({ target, column }) => `${target}.${column}`)).toContain('fact_vendor.vendor_name');
      expect(readDictionary({ project: project() }).dictionary).toMatchObject({
        companies: { name: { fact_vendor: 'vendor_name' } },
      });
    });

    it('says which nodes there are not, and what to do', async () => {
      sandbox.map(
        'sources.yml',
        sources.replace('stg_companies', 'stg_company').replace('shop.items', 'shop.orders'),
      );
      const { problems } = await validate({ project: project() });
      expect(problems.map(({ code, message, hint }) => [code, message, hint])).toEqual([
        ['unknown_node', "dbt's manifest has no model `stg_company`", 'did you mean `stg_companies`?'],
        [
          'unknown_node',
          "dbt's manifest has no source `shop.orders`",
          'sources are written as in dbt: `group.table`; is the manifest older than the source?',
        ],
      ]);
    });

    it('refuses an ephemeral model, and a table that is named twice', async () => {
      sandbox.map(
        'sources.yml',
        sources
          .replace('stg_companies', 'int_items')
          .replace('dbt_source:', 'table: raw.order_items, dbt_source:'),
      );
      expect(await messages()).toEqual(
        expect.arrayContaining([
          'dbt builds no table for the model `int_items`: it is ephemeral',
          '`table` stands beside `dbt_source`',
        ]),
      );
    });

    it('refuses the manifest of another target', async () => {
      inFolder('target/manifest.json', JSON.stringify(manifest('prod_db')));
      expect(await messages()).toEqual(
        expect.arrayContaining([
          `dbt builds \`stg_companies\` in the database \`prod_db\`, and the warehouse is \`${databaseOf(sandbox)}\``,
        ]),
      );
    });

    it('refuses nodes where there is no manifest', async () => {
      inFolder('tidemark.yml', 'version: 1\nname: corner\nwarehouse: { dbt: . }\nmanifest: elsewhere.json\n');
      await expect(validate({ project: project() })).rejects.toMatchObject({
        code: 'manifest_invalid',
        message: `\`${join(sandbox.folder, 'elsewhere.json')}\` does not exist`,
        exitCode: 2,
      });
    });
  });
};
