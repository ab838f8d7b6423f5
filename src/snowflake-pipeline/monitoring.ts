// Queries for people: how far each step is, what tasks did and cost, which streams are stale, and what is wrong with the data.
import { dataFaults, lagFault, rejectedFault } from './faults.ts';
import type { Pipeline } from './pipeline.ts';
import { literal, quoted, quotedTable } from './quote.ts';

export interface Query {
  readonly about: string;
  readonly sql: string;
}

/** `DB.SCHEMA`, for SHOW. */
export const schemaName = ({ settings: { place } }: Pipeline): string =>
  place.database === undefined ? quoted(place.schema) : quoted(place.database, place.schema);

const history = (pipeline: Pipeline): readonly Query[] => {
  const { place, database } = pipeline.settings;
  const home = place.database ?? database;
  const view = home === undefined ? 'information_schema' : `${quoted(home)}.information_schema`;
  return [
    {
      about: 'runs of tasks in the last day: how long they waited, how long they took, why they failed',
      sql: `select t.name, t.state, t.scheduled_time, timestampdiff('second', t.scheduled_time, t.query_start_time) as "WAITED_SECONDS", timestampdiff('second', t.query_start_time, t.completed_time) as "TOOK_SECONDS", t.error_message
from table(${view}.task_history(scheduled_time_range_start => dateadd('day', -1, current_timestamp()), result_limit => 10000)) as t
where t.schema_name = ${literal(place.schema)}
order by t.scheduled_time desc`,
    },
    {
      about: 'what statements of the last day scanned and wrote (the view is up to 45 minutes late)',
      sql: `select q.query_type, count(*) as "STATEMENTS", sum(q.bytes_scanned) as "BYTES_SCANNED", sum(q.partitions_scanned) as "PARTITIONS_SCANNED", sum(q.rows_updated) as "ROWS_UPDATED", sum(q.rows_inserted) as "ROWS_INSERTED", sum(q.total_elapsed_time) as "MILLISECONDS"
from snowflake.account_usage.query_history as q
where q.start_time > dateadd('day', -1, current_timestamp()) and q.schema_name = ${literal(place.schema)}
group by q.query_type`,
    },
  ];
};

const streams = (pipeline: Pipeline): readonly Query[] => [
  {
    about: 'streams with their state; the next statement reads the answer of this one',
    sql: `show streams in schema ${schemaName(pipeline)}`,
  },
  {
    about: 'streams that are stale, or will be in two days: see the way back in 02_streams.sql',
    sql: `select "name", "stale", "stale_after", "invalid_reason"
from table(result_scan(last_query_id()))
where "stale" = 'true' or to_timestamp_ltz("stale_after") < dateadd('day', 2, current_timestamp())`,
  },
];

const dynamicTables = (pipeline: Pipeline): readonly Query[] => {
  const names = pipeline.targets.flatMap(({ kind, target }) =>
    kind === 'dynamic table' ? [literal(target.table.name)] : [],
  );
  if (names.length === 0) return [];
  return [
    {
      about: 'how dynamic tables keep their lag',
      sql: `select d.name, d.target_lag_sec, d.maximum_lag_sec, d.time_within_target_lag_ratio
from table(information_schema.dynamic_tables()) as d
where d.name in (${names.join(', ')})`,
    },
    {
      about: 'their refreshes: a FULL one where INCREMENTAL was asked for costs the whole table',
      sql: `select r.name, r.state, r.refresh_action, r.refresh_start_time, r.state_message
from table(information_schema.dynamic_table_refresh_history()) as r
where r.name in (${names.join(', ')})
order by r.refresh_start_time desc`,
    },
  ];
};

/** The user's own checks: their SQL calls the target by its name. */
const checks = ({ targets }: Pipeline): readonly Query[] =>
  targets.flatMap(({ target }) =>
    target.checks.map(({ name, sql }) => ({
      about: `the check ${name} of ${target.name}: rows that break it`,
      sql: `with ${/^[A-Za-z_]\w*$/.test(target.name) ? target.name : quoted(target.name)} as (select * from ${quotedTable(target.table)})
select b.* from (
${sql.trim().replace(/;\s*$/, '')}
) as b`,
    })),
  );

export const monitoringQueries = (pipeline: Pipeline): readonly Query[] => [
  ...[lagFault(pipeline), rejectedFault(pipeline), ...dataFaults(pipeline)].map(({ about, query }) => ({
    about,
    sql: query,
  })),
  ...checks(pipeline),
  ...streams(pipeline),
  ...history(pipeline),
  ...dynamicTables(pipeline),
];
