// The task graph: CAPTURE, behind it a PARSE for each source, behind those an APPLY for each target that reads them. A second
// graph compares everything at night, and forgets what nobody needs any longer.
import type { Source } from '../dictionary/dictionary.ts';
import { applyRoutine, objectName, parseRoutine, reconcileRoutine } from './objects.ts';
import { procedureName } from './procedure.ts';
import type { NativeTarget, Pipeline, PipelineSettings } from './pipeline.ts';
import { indented, listed, literal, quoted, quotedTable } from './quote.ts';
import { hasData } from './streams.ts';

export interface TaskPlan {
  /** As stored. */
  readonly name: string;
  readonly routine: string;
  /** Names of tasks; none: a root. */
  readonly after: readonly string[];
  readonly starts: readonly string[];
}

const taskName = (routine: string): string => objectName('task', routine);

/** What triggers is asked of all streams: one with data is enough. */
const rootStart = ({ settings, sources }: Pipeline): readonly string[] => {
  const { start } = settings;
  const when = `when ${sources.map((source) => hasData(settings, source)).join('\n  or ')}`;
  switch (start.kind) {
    case 'triggered':
      return [when];
    case 'every':
      return [`schedule = ${literal(start.interval)}`, when];
    case 'cron':
      return [`schedule = ${literal(`USING CRON ${start.expression}`)}`, when];
  }
};

const applied = ({ targets }: Pipeline): readonly NativeTarget[] =>
  targets.filter(({ kind }) => kind !== 'dynamic table');

/** In an order in which each comes behind those that it waits for. */
export const taskPlans = (pipeline: Pipeline): readonly TaskPlan[] => {
  const { settings, sources } = pipeline;
  const parse = (source: Source): string => taskName(parseRoutine(source));
  const capture = taskName('CAPTURE');
  const night = taskName('HOUSEKEEPING');
  return [
    { name: capture, routine: 'CAPTURE', after: [], starts: rootStart(pipeline) },
    ...sources.map((source) => ({
      name: parse(source),
      routine: parseRoutine(source),
      after: [capture],
      starts: [],
    })),
    ...applied(pipeline).map(({ target, sources: read }) => ({
      name: taskName(applyRoutine(target)),
      routine: applyRoutine(target),
      after: read.map(parse),
      starts: [],
    })),
    {
      name: night,
      routine: 'HOUSEKEEPING',
      after: [],
      starts: [`schedule = ${literal(`USING CRON ${settings.reconcileAt}`)}`],
    },
    ...applied(pipeline).map(({ target }) => ({
      name: taskName(reconcileRoutine(target)),
      routine: reconcileRoutine(target),
      after: [night],
      starts: [],
    })),
  ];
};

const fullName = ({ place }: PipelineSettings, name: string): string => quotedTable({ ...place, name });

/** A task's parameters hold for its session: times are read in UTC, and a row that is matched twice is an error. */
const sessionLines = [
  `timezone = 'UTC'`,
  `timestamp_type_mapping = 'TIMESTAMP_NTZ'`,
  'error_on_nondeterministic_update = true',
  'error_on_nondeterministic_merge = true',
  'lock_timeout = 300',
];

export const taskStatement = (
  settings: PipelineSettings,
  { name, routine, after, starts }: TaskPlan,
): string => {
  const schedules = starts.filter((line) => line.startsWith('schedule'));
  const conditions = starts.filter((line) => line.startsWith('when'));
  const waits = after.length === 0 ? [] : [`after ${listed(after.map((each) => fullName(settings, each)))}`];
  const isRoot = after.length === 0;
  const lines = [
    `warehouse = ${quoted(settings.warehouse)}`,
    ...schedules,
    ...sessionLines,
    ...(isRoot ? ['suspend_task_after_num_failures = 10'] : []),
    `comment = ${literal(`calls ${routine}`)}`,
    ...waits,
    ...conditions,
  ];
  return `create or replace task ${fullName(settings, name)}
${indented(lines.join('\n'))}
as
  call ${procedureName(settings, routine)}()`;
};

/** A graph is changed while its root stands still. */
export const suspendStatements = (pipeline: Pipeline): readonly string[] =>
  taskPlans(pipeline)
    .filter(({ after }) => after.length === 0)
    .map(({ name }) => `alter task if exists ${fullName(pipeline.settings, name)} suspend`);

/** Those that wait first, the roots last. */
export const resumeStatements = (pipeline: Pipeline): readonly string[] =>
  taskPlans(pipeline)
    .toReversed()
    .map(({ name }) => `alter task ${fullName(pipeline.settings, name)} resume`);
