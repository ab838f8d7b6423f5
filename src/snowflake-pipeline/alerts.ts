// Alerts of the warehouse itself: failed tasks, steps that lag, events that were rejected, data that breaks a rule. Each notes what
// it found, or sends a mail where a notification integration is named.
import { dataFaults, lagFault, rejectedFault, type Fault } from './faults.ts';
import { alertsTable, objectName } from './objects.ts';
import type { Pipeline, PipelineSettings } from './pipeline.ts';
import { indented, literal, quoted, quotedTable } from './quote.ts';

const failedTasks = ({ place, database }: PipelineSettings): Fault => {
  const home = place.database ?? database;
  const names = [
    ...(home === undefined ? [] : [`t.database_name = ${literal(home)}`]),
    `t.schema_name = ${literal(place.schema)}`,
  ];
  const view = home === undefined ? 'information_schema' : `${quoted(home)}.information_schema`;
  return {
    name: 'failed_tasks',
    about: 'tasks that failed in the last hour',
    query: `select t.name
from table(${view}.task_history(scheduled_time_range_start => dateadd('hour', -1, current_timestamp()), error_only => true)) as t
where ${names.join(' and ')}`,
  };
};

/** A short while between capture and the last step is no lag. */
const lagging = (pipeline: Pipeline): Fault => {
  const lag = lagFault(pipeline);
  return { ...lag, query: `${lag.query} and b."AT" < dateadd('minute', -15, sysdate())` };
};

const watched = (pipeline: Pipeline): readonly Fault[] => [
  failedTasks(pipeline.settings),
  lagging(pipeline),
  rejectedFault(pipeline),
  ...dataFaults(pipeline),
];

const alertName = (fault: string): string => objectName('alert', fault);

const action = ({ settings }: Pipeline, { name, about }: Fault): string => {
  const { notify, project } = settings;
  if (notify !== undefined)
    return `call system$send_email(${literal(notify.integration)}, ${literal(notify.to)}, ${literal(`tidemark pipeline of ${project}: ${name}`)}, ${literal(`Found: ${about}. The query stands in 08_monitoring.sql.`)})`;
  return `insert into ${alertsTable(settings)} ("AT", "NAME", "WHAT")
  select sysdate(), ${literal(name)}, ${literal(about)}`;
};

const fullName = ({ place }: PipelineSettings, fault: string): string =>
  quotedTable({ ...place, name: alertName(fault) });

export interface AlertStatements {
  readonly name: string;
  readonly create: string;
  readonly resume: string;
  readonly drop: string;
}

export const alertStatements = (pipeline: Pipeline): readonly AlertStatements[] =>
  watched(pipeline).map((fault) => {
    const name = fullName(pipeline.settings, fault.name);
    return {
      name: alertName(fault.name),
      create: `create or replace alert ${name}
  warehouse = ${quoted(pipeline.settings.warehouse)}
  schedule = '60 MINUTE'
  comment = ${literal(fault.about)}
  if (exists (
${indented(fault.query, 4)}
  ))
  then ${action(pipeline, fault)}`,
      resume: `alter alert ${name} resume`,
      drop: `drop alert if exists ${name}`,
    };
  });
