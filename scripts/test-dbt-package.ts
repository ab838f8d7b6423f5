// Our dbt package in a project of somebody else, on the shop that dbt has just built: hooks, macros, mirrors, test.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './setup/build.mjs';
import type { Database } from './test-dbt-databases.ts';
import { ask, dbtProgram, packageFolder, quietly, type Said } from './test-dbt-tool.ts';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

const files: Readonly<Record<string, string>> = {
  'dbt_project.yml': `name: mine
version: 1.0.0
config-version: 2
profile: shop
on-run-start: "{{ tidemark.take_lease() }}"
on-run-end: "{{ tidemark.give_back_lease() }}"
models: { mine: { +schema: marts } }
`,
  'packages.yml': `packages:\n  - local: ${JSON.stringify(packageFolder)}\n`,
  'macros/generate_schema_name.sql':
    '{% macro generate_schema_name(custom, node) %}{{ target.schema if custom is none else custom | trim }}{% endmacro %}',
  'models/fact_vendor.sql': `{{ config(materialized='table') }}
select cast(c.id as bigint) as vendor_id, cast(c.name as varchar(120)) as vendor_name,
  cast(coalesce(k.name, 'unknown') as varchar(80)) as country, cast(c.employee_count as integer) as employee_count,
  cast(null as varchar(200)) as row_note
from staging.companies as c left join staging.countries as k on c.country_id = k.id where c.is_vendor`,
  'models/elsewhere.sql': 'select 1 as one',
  'models/copy_of_teams.sql': `{{ config(materialized='tidemark_mirror', schema='copies') }} select * from staging.teams`,
};

/** What a test is given stands below `arguments` since dbt 1.10.5 only. */
const testsOf = ({ dbt }: Database): string => {
  const given = '{ mirror: staging.teams }';
  return `models:
  - name: copy_of_teams
    data_tests: [{ tidemark.equals_mirror: ${dbt === undefined ? `{ arguments: ${given} }` : given} }]
`;
};

/** Says what is wrong in words, one check after another; each must be able to fail. */
export class Check {
  readonly problems: string[] = [];
  readonly #engine: string;

  constructor(engine: string) {
    this.#engine = engine;
  }

  that(what: string, holds: boolean, said?: Said): void {
    if (!holds)
      this.problems.push(
        `package on ${this.#engine}: ${what} failed${said === undefined ? '' : `\n${said.text}`}`,
      );
  }
}

export interface Place {
  readonly database: Database;
  readonly folder: string;
}

export const runDbt = ({ database, folder }: Place, ...args: readonly string[]): Promise<Said> =>
  ask(database.dbt ?? dbtProgram, [...args, '--profiles-dir', packageFolder, '--target', database.engine], {
    folder,
    environment: { ...quietly, ...database.environment },
  });

export const tidemark = ({ database, folder }: Place, ...args: readonly string[]): Promise<Said> =>
  ask(process.execPath, [main, ...args, '--project', folder], {
    folder,
    environment: { ...quietly, ...database.environment, DBT_PROFILES_DIR: packageFolder },
  });

const project = (database: Database): string => `version: 1
name: shop
warehouse: { dbt: ., target: ${database.engine} }
schemas: { targets: marts }

mappings: ${JSON.stringify(fileURLToPath(new URL('../mappings', import.meta.url)))}
`;

const changes = [
  `update staging.companies set name = 'Renamed', updated_at = timestamp '2030-01-01 00:00:00' where id = (select min(id) from staging.companies where is_vendor)`,
  'delete from staging.payments where id = (select min(id) from staging.payments)',
];

interface Planned {
  readonly sources: readonly {
    readonly name: string;
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
    readonly columns: Readonly<Record<string, number>>;
  }[];
}

/** `detect_changes` prints what a plan shows. */
const checkFigures = async (place: Place, check: Check): Promise<void> => {
  await place.database.use(async (execute) => {
    for (const sql of changes) await execute(sql);
  });
  const plan = await tidemark(place, 'plan', '--json');
  const { sources } = JSON.parse(plan.text.split('\n')[0] ?? '{}') as Planned;
  check.that('a plan that finds the changes', sources.length === 2, plan);
  for (const { name, inserted, updated, deleted, columns } of sources) {
    const said = await runDbt(place, 'run-operation', 'detect_changes', '--args', `{table: ${name}}`);
    const lines = [
      `${name}: ${inserted} inserted, ${updated} updated, ${deleted} deleted`,
      ...Object.entries(columns).map(([column, cells]) => `  ${column}: ${cells} cells`),
    ];
    check.that(
      `detect_changes of ${name}`,
      said.status === 0 && lines.every((line) => said.text.includes(line)),
      said,
    );
  }
  const unknown = await runDbt(place, 'run-operation', 'detect_changes', '--args', '{table: compnies}');
  check.that(
    'detect_changes of a source that there is not',
    unknown.status !== 0 && unknown.text.includes('tidemark knows no source `compnies`'),
    unknown,
  );
};

/** A mirror is made once; afterwards it stays, whatever staging does. */
const checkMirror = async (place: Place, check: Check): Promise<void> => {
  const made = await runDbt(place, 'build', '--select', 'copy_of_teams');
  check.that('a mirror that is made, and equal', made.status === 0, made);
  await place.database.use((execute) =>
    execute(`update staging.teams set name = 'Renamed' where id = (select min(id) from staging.teams)`),
  );
  const kept = await runDbt(place, 'run', '--full-refresh', '--select', 'copy_of_teams');
  check.that('a mirror that is kept', kept.status === 0, kept);
  const unlike = await runDbt(place, 'test', '--select', 'copy_of_teams');
  check.that(
    'equals_mirror finding the difference',
    unlike.status === 1 && unlike.text.includes('Got 2 results'),
    unlike,
  );
};

const count = (place: Place, table: string): Promise<number> =>
  place.database.use(async (execute) => {
    const rows = (await execute(`select count(*) as n from ${table}`)) as
      | readonly { readonly n: unknown }[]
      | undefined;
    return Number(rows?.[0]?.n);
  });

/** Only where others can write meanwhile: on DuckDB the file itself lets one in at a time. */
const checkLease = async (place: Place, check: Check): Promise<void> => {
  const { database } = place;
  const sql = (text: string) => database.use((execute) => execute(text));
  const free = await runDbt(place, 'run', '--select', 'fact_vendor');
  check.that('a dbt run beside nobody', free.status === 0, free);
  check.that('a lease that is given back', (await count(place, 'tidemark.shared_lease')) === 0);
  const healed = await tidemark(place, 'run', '--json');
  check.that('a run after dbt', healed.status === 0, healed);
  await sql(`insert into tidemark.heartbeat (id, token, owner, host, pid, command, taken_at, expires_at)
values (1, 99, 'night shift', 'elsewhere', 7, 'run', clock_timestamp(), clock_timestamp() + interval '10 minutes')`);
  const refused = await runDbt(place, 'run', '--select', 'fact_vendor', '--vars', '{tidemark_wait: 1}');
  check.that(
    'a dbt run beside one of ours',
    refused.status !== 0 &&
      refused.text.includes('`tidemark run` of night shift (process 7 on elsewhere) is writing the tables'),
    refused,
  );
  const elsewhere = await runDbt(place, 'run', '--select', 'elsewhere');
  check.that('a dbt run that touches nothing of ours', elsewhere.status === 0, elsewhere);
  await sql('delete from tidemark.heartbeat');
  await sql(
    `insert into tidemark.shared_lease values ('other-run', 'dbt build', clock_timestamp(), clock_timestamp() + interval '1 hour')`,
  );
  const second = await runDbt(place, 'run', '--select', 'fact_vendor');
  check.that('a dbt run beside another', second.status === 0, second);
  const busy = await tidemark(place, 'run', '--wait', '0');
  check.that(
    'a run beside dbt',
    busy.status === 4 && busy.text.includes('`dbt build` (invocation other-run)'),
    busy,
  );
  await sql('delete from tidemark.shared_lease');
};

export const checkPackage = async (database: Database, parent: string): Promise<readonly string[]> => {
  const check = new Check(database.engine);
  const folder = join(parent, `mine-${database.engine}`);
  const place = { database, folder };
  for (const [name, text] of Object.entries({ ...files, 'models/schema.yml': testsOf(database) })) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await writeFile(join(folder, 'tidemark.yml'), project(database));
  await ensureBuilt();
  const deps = await runDbt(place, 'deps');
  check.that('dbt deps', deps.status === 0, deps);
  const before = await runDbt(place, 'run', '--select', 'fact_vendor');
  check.that('a dbt run where tidemark never was', before.status === 0, before);
  const first = await tidemark(place, 'run', '--json');
  check.that('a first run', first.status === 0, first);
  await checkFigures(place, check);
  await checkMirror(place, check);
  if (database.engine === 'postgres') await checkLease(place, check);
  console.log(
    `${database.engine}: the dbt package in a project of its own, ${check.problems.length} problems`,
  );
  return check.problems;
};
