// A history (SCD2), from all events of the keys that have new ones: several changes of a key in one batch, late events, NULLs,
// deletes and re-inserts give the versions that they would have given one by one. The textbook MERGE sees the last change only.
import { noKeys } from './affected-keys.ts';
import { firstRunGuard, parsedByAll } from './apply-fact.ts';
import type { Reading } from './from-clause.ts';
import {
  fillVersions,
  historyColumn,
  startName,
  versionColumns,
  type Chronicle,
} from './history-versions.ts';
import {
  affectedTable,
  applyRoutine,
  desiredTable,
  eventsTable,
  positionTable,
  reconcileRoutine,
  sameKeys,
} from './objects.ts';
import { advance, inRange } from './position.ts';
import type { Routine, Step } from './pipeline.ts';
import { at, listed, quoted, quotedTable } from './quote.ts';

const entityNames = ({ entity }: Chronicle): readonly string[] => entity.map(({ column }) => column);

const affected = (chronicle: Chronicle, routine: string, all: boolean): Step => {
  const { settings, target, source, entity } = chronicle;
  const values = listed(entity.map(({ column, from }) => `${at('e', from)} as ${quoted(column)}`));
  const range = all
    ? ''
    : `\njoin ${positionTable(settings, routine)} as p on ${inRange('e."TIDEMARK_BATCH"')}`;
  // A version of a key that has no event at all is none that its events explain.
  const held = all
    ? `\nunion\nselect ${listed(entityNames(chronicle).map((name) => at('t', name)))}
from ${quotedTable(target.table)} as t`
    : '';
  return {
    about: all ? 'all keys' : 'the keys that have new events',
    sql: `insert into ${affectedTable(settings, target)} (${listed(entityNames(chronicle).map((name) => quoted(name)))})
select distinct ${values}
from ${eventsTable(settings, source)} as e${range}${held}`,
  };
};

/** Numbers are given once: the greatest that ever was is kept, even if its version goes. */
const keepTop = ({ settings, target, history }: Chronicle, routine: string): readonly Step[] => {
  const surrogate = historyColumn(history, 'surrogate_key');
  if (surrogate === undefined) return [];
  return [
    {
      about: 'the greatest number that was ever given to a version',
      sql: `update ${positionTable(settings, routine)}
set "TOP" = greatest("TOP", m."HIGHEST")
from (select coalesce(max(t.${quoted(surrogate.name)}), 0) as "HIGHEST" from ${quotedTable(target.table)} as t) as m`,
    },
  ];
};

const merge = (chronicle: Chronicle, routine: string): Step => {
  const { settings, target, history } = chronicle;
  const keys = [...entityNames(chronicle), startName(chronicle)];
  const names = versionColumns(chronicle).map(({ name }) => name);
  const rest = names.filter((name) => !keys.includes(name));
  const surrogate = historyColumn(history, 'surrogate_key');
  const order = `order by ${listed(keys.map((name) => at('d', name)))}`;
  const isNew = `${at('x', startName(chronicle))} is null`;
  const numbered =
    surrogate === undefined
      ? []
      : [
          `cast(iff(${isNew}, p."TOP" + row_number() over (partition by (${isNew}) ${order}), null) as ${surrogate.type}) as ${quoted(surrogate.name)}`,
        ];
  const wanted = `select ${listed([...names.map((name) => at('d', name)), ...numbered, 'true as "TIDEMARK_PRESENT"'])}
  from ${desiredTable(settings, target)} as d
  left join ${quotedTable(target.table)} as x on ${sameKeys('x', 'd', keys)}
  cross join ${positionTable(settings, routine)} as p`;
  const types = new Map(versionColumns(chronicle).map(({ name, type }) => [name, type]));
  const nothing = (name: string): string => `cast(null as ${types.get(name) ?? 'varchar'})`;
  const unwanted = `select ${listed([
    ...names.map((name) => (keys.includes(name) ? at('t', name) : nothing(name))),
    ...(surrogate === undefined ? [] : [`cast(null as ${surrogate.type})`]),
    'false',
  ])}
  from ${quotedTable(target.table)} as t
  join ${affectedTable(settings, target)} as a on ${sameKeys('a', 't', entityNames(chronicle))}
  where not exists (select 1 from ${desiredTable(settings, target)} as d where ${sameKeys('d', 't', keys)})`;
  const inserted = [...names, ...(surrogate === undefined ? [] : [surrogate.name])];
  return {
    about: 'versions that no event explains go, those that differ are set right, new ones are added',
    sql: `merge into ${quotedTable(target.table)} as t
using (
  ${wanted}
  union all
  ${unwanted}
) as s
on ${sameKeys('t', 's', keys)}
when matched and not s."TIDEMARK_PRESENT" then
  delete
when matched and s."TIDEMARK_PRESENT" and (${rest.map((name) => `${at('t', name)} is distinct from ${at('s', name)}`).join(' or ')}) then
  update set ${listed(rest.map((name) => `${quoted(name)} = ${at('s', name)}`))}
when not matched and s."TIDEMARK_PRESENT" then
  insert (${listed(inserted.map((name) => quoted(name)))})
  values (${listed(inserted.map((name) => at('s', name)))})`,
  };
};

export const applyHistory = (reading: Reading, chronicle: Chronicle): readonly Routine[] => {
  const { settings, target } = reading;
  const routine = applyRoutine(target);
  const rewrite = [
    { about: 'of the last run', sql: `delete from ${desiredTable(settings, target)}` },
    { about: 'their versions, from all their events', sql: fillVersions(chronicle) },
    ...keepTop(chronicle, routine),
    merge(chronicle, routine),
  ];
  const guard = firstRunGuard(
    settings,
    target,
    'Its versions cannot be explained by the events that follow: begin with an empty table.',
  );
  const begin = advance(settings, routine, parsedByAll(reading));
  return [
    {
      name: routine,
      about: `the versions of ${target.name} of the keys that have new events`,
      steps: [begin, guard, noKeys(reading), affected(chronicle, routine, false), ...rewrite],
    },
    {
      name: reconcileRoutine(target),
      about: `every version of ${target.name}, compared with what the events say`,
      steps: [begin, guard, noKeys(reading), affected(chronicle, routine, true), ...rewrite],
    },
  ];
};
