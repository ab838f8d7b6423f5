// Snapshots go from dbt to us and back: dbt builds them, we take them over, write versions that dbt would have
// written, and the next `dbt snapshot` finds nothing to do.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../src/batch/run.ts';
import { verify } from '../src/batch/verify.ts';
import { readProject } from '../src/project/read-project.ts';
import type { Execute } from './shop/schema.ts';
import type { Database } from './test-dbt-databases.ts';
import { dbt } from './test-dbt-tool.ts';

interface Snapshot {
  readonly name: string;
  /** As dbt's config says it. */
  readonly config: string;
  /** The same as `history:` says it. */
  readonly history: string;
}

const byTime = `strategy='timestamp', updated_at='updated_at'`;

const snapshots: readonly Snapshot[] = [
  { name: 'snap_time', config: byTime, history: '' },
  {
    name: 'snap_closing',
    config: `${byTime}, hard_deletes='invalidate'`,
    history: 'hard_deletes: invalidate',
  },
  {
    name: 'snap_flagging',
    config: `${byTime}, hard_deletes='new_record'`,
    history: 'hard_deletes: new_record',
  },
  {
    name: 'snap_check',
    config: `strategy='check', check_cols=['status'], updated_at='updated_at'`,
    history: 'track: [status]',
  },
  {
    name: 'snap_renamed',
    config: `${byTime}, dbt_valid_to_current="cast('9999-12-31' as timestamp)", snapshot_meta_column_names={'dbt_valid_from': 'since', 'dbt_valid_to': 'until'}`,
    history:
      "dbt_valid_to_current: '9999-12-31', snapshot_meta_column_names: { dbt_valid_from: since, dbt_valid_to: until }",
  },
];

const writeDbtProject = async (folder: string): Promise<void> => {
  await mkdir(join(folder, 'snapshots'), { recursive: true });
  await writeFile(
    join(folder, 'dbt_project.yml'),
    'name: snaps\nversion: 1.0.0\nconfig-version: 2\nprofile: shop\nsnapshot-paths: [snapshots]\n',
  );
  for (const { name, config } of snapshots)
    await writeFile(
      join(folder, 'snapshots', `${name}.sql`),
      `{% snapshot ${name} %}\n{{ config(schema='snaps', unique_key='id', ${config}) }}\nselect * from snap_staging.things\n{% endsnapshot %}\n`,
    );
  await mkdir(join(folder, 'macros'), { recursive: true });
  await writeFile(
    join(folder, 'macros', 'schema.sql'),
    '{% macro generate_schema_name(name, node) -%}{{ target.schema if name is none else name | trim }}{%- endmacro %}\n',
  );
};

const writeOurProject = async (folder: string, warehouse: Database['warehouse']): Promise<void> => {
  await mkdir(join(folder, 'mappings'), { recursive: true });
  await writeFile(
    join(folder, 'tidemark.yml'),
    `version: 1\nname: snaps\nwarehouse: ${JSON.stringify(warehouse)}\nschemas: { staging: snap_staging, mirrors: snap_mirrors, targets: snaps, state: snap_state }\nmappings: mappings\n`,
  );
  await writeFile(
    join(folder, 'mappings', 'sources.yml'),
    'sources:\n  things: { key: id, updated_at: updated_at }\n',
  );
  for (const { name, history } of snapshots)
    await writeFile(
      join(folder, 'mappings', `${name}.yml`),
      `target: ${name}\nkey: id\nfrom: things\ncolumns: { id: things.id, status: things.status, note: things.note, updated_at: things.updated_at }\nhistory: { preset: dbt_snapshot${history === '' ? '' : `, ${history}`} }\n`,
    );
};

const rowsOf = async (execute: Execute, name: string): Promise<string> => {
  const rows = (await execute(`select cast(t as varchar) as line from snaps.${name} as t`)) as readonly {
    line: string;
  }[];
  return rows
    .map(({ line }) => line)
    .toSorted()
    .join('\n');
};

const allRows = async (database: Database): Promise<ReadonlyMap<string, string>> =>
  database.use(async (execute) => {
    const found = new Map<string, string>();
    for (const { name } of snapshots) found.set(name, await rowsOf(execute, name));
    return found;
  });

const started = [
  'drop schema if exists snap_staging cascade',
  'create schema snap_staging',
  'create table snap_staging.things (id bigint, status varchar(20), note varchar(20), updated_at timestamp)',
  `insert into snap_staging.things values (1, 'new', 'a', timestamp '2024-01-01 10:00:00'), (2, 'new', null, timestamp '2024-01-02 10:00:00.120000'),
    (3, null, 'c', timestamp '2024-01-03 10:00:00.000001'), (4, 'new', 'd', timestamp '2024-01-04 00:00:00')`,
];

const change = (day: string, id: number, status: string): string =>
  `update snap_staging.things set status = '${status}', note = 'n${day}', updated_at = timestamp '2024-${day} 08:30:00' where id = ${id}`;

const unlike = (
  was: ReadonlyMap<string, string>,
  is: ReadonlyMap<string, string>,
  what: string,
): readonly string[] =>
  [...was].flatMap(([name, rows]) =>
    rows === is.get(name) ? [] : [`${name}: ${what}\n--- before\n${rows}\n--- after\n${is.get(name) ?? ''}`],
  );

export const checkSnapshots = async (database: Database, folder: string): Promise<readonly string[]> => {
  const { engine } = database;
  const dbtFolder = join(folder, `snaps-${engine}`);
  const ourFolder = join(folder, `ours-${engine}`);
  await writeDbtProject(dbtFolder);
  await writeOurProject(ourFolder, database.warehouse);
  const project = () => readProject({ directory: ourFolder, variables: {} });
  const execute = (...statements: readonly string[]) =>
    database.use(async (send) => {
      for (const statement of statements) await send(statement);
    });
  const snapshot = () =>
    dbt('snapshot', {
      target: engine,
      folder: join(folder, `target-snaps-${engine}`),
      environment: { ...database.environment, TZ: 'UTC' },
      project: dbtFolder,
    });
  const problems: string[] = [];
  const step = async (what: string, work: () => Promise<readonly string[]>): Promise<void> => {
    problems.push(...(await work()).map((problem) => `${engine}: ${what}: ${problem}`));
  };
  const ours = async (): Promise<readonly string[]> => {
    const { exit, report } = await run({ project: project() });
    return exit === 0 ? [] : report.behind.map(({ name, reason }) => `${name} is behind: ${reason}`);
  };

  await execute(...started);
  await snapshot();
  await execute(change('02-01', 1, 'paid'), 'delete from snap_staging.things where id = 4');
  await snapshot();
  const built = await allRows(database);
  await step('we take over what dbt built', async () => {
    const problem = await ours();
    return [...problem, ...unlike(built, await allRows(database), 'the take-over wrote')];
  });
  await execute(
    change('03-01', 1, 'sent'),
    change('03-02', 3, 'new'),
    'delete from snap_staging.things where id = 2',
    `insert into snap_staging.things values (5, 'new', 'e', timestamp '2024-03-03 00:00:00'), (4, 'back', 'd', timestamp '2099-01-01 00:00:00')`,
  );
  await step('we go on', ours);
  const written = await allRows(database);
  await step('we go on', async () =>
    [...written].flatMap(([name, rows]) =>
      rows === built.get(name) ? [`nothing was written into ${name}`] : [],
    ),
  );
  await step('dbt goes on', async () => {
    await snapshot();
    return unlike(written, await allRows(database), 'dbt snapshot changed what we wrote');
  });
  await execute(
    change('04-01', 1, 'done'),
    `insert into snap_staging.things values (6, 'new', 'f', timestamp '2024-04-04 00:00:00')`,
  );
  await step('dbt was first', async () => {
    await snapshot();
    const byDbt = await allRows(database);
    const problem = await ours();
    return [...problem, ...unlike(byDbt, await allRows(database), 'we changed what dbt had written')];
  });
  await step('it is right', async () => {
    const { report } = await verify({ project: project() });
    return report.status === 'equal' ? [] : [JSON.stringify(report.targets), JSON.stringify(report.behind)];
  });
  console.log(
    `${engine}: ${snapshots.length} snapshots went from dbt to us and back, ${problems.length} problems`,
  );
  return problems;
};
