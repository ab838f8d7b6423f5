// The scripts: which statements stand in which file and in which order, and the one that takes everything back.
import { alertStatements } from './alerts.ts';
import { dynamicTable } from './dynamic-table.ts';
import { grantStatements } from './grants.ts';
import { monitoringQueries, schemaName } from './monitoring.ts';
import * as objects from './objects.ts';
import { ownerStatements } from './owner.ts';
import type { NativeTarget, Pipeline } from './pipeline.ts';
import { procedureName, procedureStatement } from './procedure.ts';
import { literal, quoted, quotedTable } from './quote.ts';
import { allRoutines, readingOf } from './routines.ts';
import { replaceStream, streamStatement } from './streams.ts';
import { landingTables, notesStatement, tableStatements, workTables } from './tables.ts';
import { resumeStatements, suspendStatements, taskPlans, taskStatement } from './tasks.ts';

export interface Script {
  readonly file: string;
  readonly about: readonly string[];
  readonly statements: readonly ScriptStatement[];
}

interface ScriptStatement {
  readonly about?: string | undefined;
  /** `task TASK_CAPTURE`: what the statement makes. */
  readonly object?: string | undefined;
  readonly sql: string;
}

const plain = (sql: string): ScriptStatement => ({ sql });

const dynamicTargets = ({ targets }: Pipeline): readonly NativeTarget[] =>
  targets.filter(({ kind }) => kind === 'dynamic table');

/** A table that somebody else made is not replaced. */
const assertFree = ({ target }: NativeTarget): ScriptStatement => {
  const { database, schema, name } = target.table;
  const view = database === undefined ? 'information_schema' : `${quoted(database)}.information_schema`;
  return {
    about: `asserts that no table of another kind is called ${target.name}`,
    sql: `execute immediate
$$
declare
  taken exception (-20001, ${literal(`there is a table ${target.name} that is no dynamic table: drop or rename it first`)});
begin
  let found number := (select count(*) from ${view}.tables as t where t.table_schema = ${literal(schema)} and t.table_name = ${literal(name)} and t.is_dynamic = 'NO');
  if (found > 0) then
    raise taken;
  end if;
  return 'free';
end;
$$`,
  };
};

/** Fails where the warehouse chose another way to refresh than the one that was asked for. */
const assertMode = (pipeline: Pipeline, { target }: NativeTarget): ScriptStatement => {
  const { refreshMode } = pipeline.settings;
  const { database, schema, name } = target.table;
  const place = database === undefined ? quoted(schema) : quoted(database, schema);
  return {
    about: `asserts that ${target.name} is refreshed as asked: AUTO may quietly have become FULL`,
    sql: `execute immediate
$$
declare
  another exception (-20001, ${literal(`${target.name} is not refreshed ${refreshMode === 'full' ? 'in full' : 'incrementally'}`)});
begin
  show dynamic tables like ${literal(name.replaceAll(/[%_\\]/g, String.raw`\$&`))} in schema ${place};
  let wrong number := (select count(*) from table(result_scan(last_query_id())) where "name" = ${literal(name)} and "refresh_mode" <> ${literal(refreshMode === 'full' ? 'FULL' : 'INCREMENTAL')});
  if (wrong > 0) then
    raise another;
  end if;
  return 'as asked';
end;
$$`,
  };
};

const tablesScript = (pipeline: Pipeline): Script => ({
  file: '01_tables.sql',
  about: [
    'The schema and tables of the pipeline, and target tables that do not exist yet. Nothing is replaced.',
    'The roots of the task graph stand still from here until 07_start.sql; a graph that is at work ends first:',
    'wait for it (08_monitoring.sql shows it) before the next script.',
    'Run by hand after a mapping changed? Then drop its AFFECTED_ and DESIRED_ tables first; `deploy` does so.',
    ...(pipeline.leftOut.length === 0
      ? []
      : [
          'Not in this pipeline:',
          ...pipeline.leftOut.map(({ name, reason }) => `  ${name}: ${reason}`.replaceAll('\n', ' ')),
        ]),
  ],
  statements: [
    {
      object: `schema ${pipeline.settings.place.schema}`,
      sql: `create schema if not exists ${schemaName(pipeline)}`,
    },
    notesStatement(pipeline),
    ...ownerStatements(pipeline.settings),
    ...suspendStatements(pipeline).map(plain),
    ...landingTables(pipeline).map(plain),
    ...tableStatements(pipeline),
  ],
});

const streamsScript = (pipeline: Pipeline): Script => ({
  file: '02_streams.sql',
  about: [
    'One stream per source. Running this again leaves a stream and what it has not shown yet alone.',
    'A stream is stale, or its table was made anew (dbt does so: create or replace)? Then, in this order:',
    ...pipeline.sources.flatMap((source) => [
      `  ${replaceStream(pipeline.settings, source).replaceAll('\n', ' ')};`,
      `  call ${procedureName(pipeline.settings, `RESYNC_${source.name.toUpperCase()}`)}();`,
    ]),
  ],
  statements: pipeline.sources.map((source) => ({
    object: `stream ${objects.objectName('stream', source.name)}`,
    sql: streamStatement(pipeline.settings, source),
  })),
});

const proceduresScript = (pipeline: Pipeline): Script => ({
  file: '03_procedures.sql',
  about: ['What tasks call; each is one transaction and may be called by hand.'],
  statements: allRoutines(pipeline).map((routine) => ({
    about: routine.about,
    object: `procedure ${routine.name}`,
    sql: procedureStatement(pipeline.settings, routine),
  })),
});

const dynamicScript = (pipeline: Pipeline): Script => ({
  file: '04_dynamic_tables.sql',
  about: [
    'Aggregates, and targets that are made of other targets: the warehouse keeps them by their queries.',
  ],
  statements: dynamicTargets(pipeline).flatMap((native) => [
    assertFree(native),
    {
      about: native.target.description,
      object: `dynamic table ${native.target.table.schema}.${native.target.table.name}`,
      sql: dynamicTable(readingOf(pipeline, native)),
    },
    ...(pipeline.settings.refreshMode === 'auto' ? [] : [assertMode(pipeline, native)]),
  ]),
});

const tasksScript = (pipeline: Pipeline): Script => ({
  file: '05_tasks.sql',
  about: ['The task graph. The roots stand still while it is made anew; 07_start.sql lets it run.'],
  statements: [
    ...suspendStatements(pipeline).map(plain),
    ...taskPlans(pipeline).map((plan) => ({
      object: `task ${plan.name}`,
      sql: taskStatement(pipeline.settings, plan),
    })),
  ],
});

const alertsScript = (pipeline: Pipeline): Script => ({
  file: '06_alerts.sql',
  about: ['Alerts, once an hour each.'],
  statements: alertStatements(pipeline).map(({ name, create }) => ({ object: `alert ${name}`, sql: create })),
});

const startScript = (pipeline: Pipeline): Script => ({
  file: '07_start.sql',
  about: ['Tasks that wait for others first, the roots last; then the alerts.'],
  statements: [...resumeStatements(pipeline), ...alertStatements(pipeline).map(({ resume }) => resume)].map(
    plain,
  ),
});

const monitoringScript = (pipeline: Pipeline): Script => ({
  file: '08_monitoring.sql',
  about: ['Queries for people; no part of `tidemark snowflake deploy`.'],
  statements: monitoringQueries(pipeline),
});

const dropScript = (pipeline: Pipeline): Script => {
  const { settings } = pipeline;
  const tasks = taskPlans(pipeline).toReversed();
  return {
    file: '90_drop.sql',
    about: [
      'Takes everything back. Targets that are tables stay as they are; a dynamic table is its query, and goes.',
      'Streams go with what they have not shown yet. The schema stays, whatever else stands in it: RESTRICT asks',
      'for foreign keys alone there, and would drop it with tables of others.',
    ],
    statements: [
      ...suspendStatements(pipeline),
      ...alertStatements(pipeline).map(({ drop }) => drop),
      ...tasks.map(({ name }) => `drop task if exists ${quotedTable({ ...settings.place, name })}`),
      ...dynamicTargets(pipeline)
        .toReversed()
        .map(({ target }) => `drop dynamic table if exists ${quotedTable(target.table)}`),
      ...allRoutines(pipeline).map(
        ({ name }) => `drop procedure if exists ${procedureName(settings, name)}()`,
      ),
      ...pipeline.sources.map((source) => `drop stream if exists ${objects.streamName(settings, source)}`),
      ...workTables(pipeline).map((name) => `drop table if exists ${name}`),
    ].map(plain),
  };
};

const roleScript = (pipeline: Pipeline): Script => ({
  file: '00_role.sql',
  about: [
    'The role that owns the pipeline. An administrator runs this once; `tidemark snowflake deploy` does not.',
    `Then: grant role ${quoted(pipeline.settings.role)} to whoever deploys.`,
  ],
  statements: grantStatements(pipeline).map(plain),
});

export const scriptsOf = (pipeline: Pipeline): readonly Script[] => [
  roleScript(pipeline),
  tablesScript(pipeline),
  streamsScript(pipeline),
  proceduresScript(pipeline),
  dynamicScript(pipeline),
  tasksScript(pipeline),
  alertsScript(pipeline),
  startScript(pipeline),
  monitoringScript(pipeline),
  dropScript(pipeline),
];
