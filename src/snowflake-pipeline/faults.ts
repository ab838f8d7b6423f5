// Questions whose answers should be no rows: what alerts watch and what people ask.
import type { Target } from '../dictionary/dictionary.ts';
import { historyColumn } from './history-versions.ts';
import { applyRoutine, batchTable, parseRoutine, positionTable, rejectedTable } from './objects.ts';
import type { Pipeline } from './pipeline.ts';
import { at, indented, listed, literal, quotedTable } from './quote.ts';

export interface Fault {
  /** A word for names: lag, rejected. */
  readonly name: string;
  readonly about: string;
  readonly query: string;
}

/** Steps that are behind the last capture, and for how long. */
const lagQuery = (pipeline: Pipeline): string => {
  const { settings, sources, targets } = pipeline;
  const routines = [
    ...sources.map(parseRoutine),
    ...targets.filter(({ kind }) => kind !== 'dynamic table').map(({ target }) => applyRoutine(target)),
  ];
  const steps = routines.map(
    (routine) =>
      `select ${literal(routine)} as "STEP", p."BATCH" as "BATCH", p."AT" as "AT" from ${positionTable(settings, routine)} as p`,
  );
  return `select s."STEP", s."BATCH", b."NUMBER" as "CAPTURED", b."AT" as "CAPTURED_AT"
from (
${indented(steps.join('\nunion all\n'))}
) as s
cross join ${batchTable(settings)} as b
where s."BATCH" < b."NUMBER"`;
};

const twice = (target: Target): Fault => {
  const keys = listed(target.key.map(({ name }) => at('t', name)));
  return {
    name: `${target.name}_twice`,
    about: `keys of which ${target.name} has several rows; no key is enforced there`,
    query: `select ${keys}, count(*) as "ROWS"
from ${quotedTable(target.table)} as t
group by ${keys}
having count(*) > 1`,
  };
};

/** Several current versions, versions that overlap, gaps that no deletion explains by itself, versions that end before they begin. */
const historyFaults = (target: Target): readonly Fault[] => {
  if (target.form.kind !== 'history') return [];
  const { history } = target.form;
  const from = historyColumn(history, 'valid_from')?.name ?? '';
  const to = historyColumn(history, 'valid_to')?.name ?? '';
  const entity = target.key.slice(0, -1).map(({ name }) => name);
  const keys = listed(entity.map((name) => at('t', name)));
  const end =
    history.validToCurrent === undefined
      ? at('t', to)
      : `nullif(${at('t', to)}, ${literal(history.validToCurrent)})`;
  const ordered = `select ${keys}, ${at('t', from)} as "STARTS", ${end} as "ENDS", lead(${at('t', from)}) over (partition by ${keys} order by ${at('t', from)}) as "NEXT"
from ${quotedTable(target.table)} as t`;
  const those = (name: string, about: string, rule: string): Fault => ({
    name: `${target.name}_${name}`,
    about,
    query: `select v.*
from (
${indented(ordered)}
) as v
where ${rule}`,
  });
  const gaps =
    history.deletes === 'close'
      ? []
      : [
          those(
            'gaps',
            `keys of ${target.name} with a time in which no version is valid`,
            'v."ENDS" < v."NEXT"',
          ),
        ];
  return [
    {
      name: `${target.name}_current`,
      about: `keys of ${target.name} with several current versions`,
      query: `select ${keys}, count(*) as "VERSIONS"
from ${quotedTable(target.table)} as t
where ${end} is null
group by ${keys}
having count(*) > 1`,
    },
    those(
      'overlaps',
      `versions of ${target.name} that are valid at once`,
      'v."NEXT" < v."ENDS" or (v."ENDS" is null and v."NEXT" is not null)',
    ),
    ...gaps,
    those('reversed', `versions of ${target.name} that end before they begin`, 'v."ENDS" <= v."STARTS"'),
  ];
};

export const lagFault = (pipeline: Pipeline): Fault => ({
  name: 'lag',
  about: 'steps that have not taken what was captured',
  query: lagQuery(pipeline),
});

export const rejectedFault = ({ settings }: Pipeline): Fault => ({
  name: 'rejected',
  about: 'events that could not be taken, in the last day, by reason',
  query: `select r."SOURCE", r."REASON", count(*) as "EVENTS", max(r."AT") as "LAST"
from ${rejectedTable(settings)} as r
where r."AT" > dateadd('day', -1, sysdate())
group by r."SOURCE", r."REASON"`,
});

export const dataFaults = ({ targets }: Pipeline): readonly Fault[] =>
  targets.flatMap(({ target, kind }) => [
    ...(kind === 'history' ? [] : [twice(target)]),
    ...historyFaults(target),
  ]);
