// Indexes that mirrors are given on Postgres: also where a target that comes later is the first to need one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

const dim = (name: string, join = ''): string =>
  `target: ${name}\nkey: id\nfrom: people\n${join}columns: { id: people.id, name: people.name }\n`;

describe('indexes of mirrors', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox('postgres', {
      tables: [
        'create schema staging',
        'create schema marts',
        'create table staging.people (id bigint, name varchar(40), city varchar(10))',
        'create table staging.cities (code varchar(10), name varchar(40))',
        `insert into staging.people values (1, 'Ann', 'R')`,
        `insert into staging.cities values ('R', 'Rome')`,
      ],
      mappings: {
        'sources.yml': 'sources:\n  people: { key: id }\n  cities: { key: code }\n',
        'dim_person.yml': dim('dim_person'),
      },
    });
  });
  afterAll(() => sandbox.remove());

  const indexed = async (): Promise<readonly string[]> =>
    (
      await sandbox.sql(
        `select substring(indexdef from '\\((.*)\\)') as columns from pg_indexes where schemaname = 'staging_public' and tablename = 'people' order by 1`,
      )
    ).map(({ columns }) => String(columns));

  it('follow the joins of targets that are added or mapped otherwise', async () => {
    await sandbox.run();
    expect(await indexed()).toEqual(['id']);
    sandbox.map(
      'dim_home.yml',
      dim('dim_home', 'join: { cities: people.city = cities.code }\n').replace('people.name', 'cities.name'),
    );
    await sandbox.run();
    expect(await indexed()).toEqual(['city', 'id']);
    sandbox.map(
      'dim_person.yml',
      dim('dim_person', 'join: { cities: people.name = cities.name }\n').replace(
        'people.name }',
        'cities.code }',
      ),
    );
    await sandbox.run();
    expect(await indexed()).toEqual(['city', 'id', 'name']);
  });

  it('are made for nobody else: a mirror that others made is left alone', async () => {
    await sandbox.sql(
      'create table staging.teams (id bigint, lead bigint)',
      'create table staging_public.teams (id bigint, lead bigint)',
    );
    sandbox.map(
      'teams.yml',
      'sources:\n  teams: { key: id }\ntarget: dim_team\nkey: id\nfrom: teams\njoin: { people: teams.lead = people.id }\ncolumns: { id: teams.id, name: people.name }\n',
    );
    await sandbox.run();
    const rows = await sandbox.sql(
      `select indexname from pg_indexes where schemaname = 'staging_public' and tablename = 'teams'`,
    );
    expect(rows).toEqual([]);
  });
});
