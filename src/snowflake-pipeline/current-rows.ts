// From events to rows: the last event of a key decides, however late it came. Deleted keys stay as rows, so that an older
// event which turns up later does not bring them back.
import { isLog, type Source } from '../dictionary/dictionary.ts';
import {
  changeColumns,
  changesTable,
  currentColumns,
  currentTable,
  eventsTable,
  keyNames,
  parseRoutine,
  positionTable,
  sameKeys,
  sequenceColumns,
} from './objects.ts';
import { inRange } from './position.ts';
import type { PipelineSettings, Step } from './pipeline.ts';
import { at, indented, listed, quoted } from './quote.ts';

const isDelete = (alias: string): string => `iff(${at(alias, 'TIDEMARK_OPERATION')} = 'D', 1, 0)`;

/** What orders the events of a key: the sequence, of equal ones deletes last, then the identity. */
export const eventOrder = (source: Source, alias: string, way: '' | ' desc' = ''): string =>
  listed(
    [
      ...sequenceColumns(source).map(({ name }) => at(alias, name)),
      isDelete(alias),
      at(alias, 'TIDEMARK_IDENTITY'),
    ].map((each) => `${each}${way}`),
  );

/** The event under `n` comes after the one that made the row under `c`. */
const isNewer = (source: Source): string => {
  const pairs = [
    ...sequenceColumns(source).map(({ name }) => [at('n', name), at('c', name)] as const),
    [isDelete('n'), 'iff(c."TIDEMARK_DELETED", 1, 0)'] as const,
    [at('n', 'TIDEMARK_IDENTITY'), at('c', 'TIDEMARK_IDENTITY')] as const,
  ];
  const cases = pairs.map(([now, before], place) =>
    [...pairs.slice(0, place).map(([left, right]) => `${left} = ${right}`), `${now} > ${before}`].join(
      ' and ',
    ),
  );
  return `(${cases.map((each) => `(${each})`).join('\n   or ')})`;
};

const latest = (settings: PipelineSettings, source: Source): string => {
  const keys = listed(keyNames(source).map((name) => at('e', name)));
  return `select e.*
from ${eventsTable(settings, source)} as e
join ${positionTable(settings, parseRoutine(source))} as p on ${inRange('e."TIDEMARK_BATCH"')}
qualify row_number() over (partition by ${keys} order by ${eventOrder(source, 'e', ' desc')}) = 1`;
};

const changes = (settings: PipelineSettings, source: Source): Step => {
  const columns = changeColumns(source).map(({ name }) => quoted(name));
  const values = (alias: string): string => listed(source.columns.map(({ name }) => at(alias, name)));
  const current = currentTable(settings, source);
  const position = positionTable(settings, parseRoutine(source));
  const match = sameKeys('c', 'n', keyNames(source));
  return {
    about:
      'the rows as this batch finds them and as it leaves them: what says which rows of targets it reaches',
    sql: `insert into ${changesTable(settings, source)} (${listed(columns)})
with latest as (
${indented(latest(settings, source))}
)
select p."BATCH", ${values('c')}
from latest as n
join ${current} as c on ${match}
cross join ${position} as p
where not c."TIDEMARK_DELETED" and ${isNewer(source)}
union all
select p."BATCH", ${values('n')}
from latest as n
left join ${current} as c on ${match}
cross join ${position} as p
where n."TIDEMARK_OPERATION" = 'U' and (c."TIDEMARK_DELETED" is null or ${isNewer(source)})`,
  };
};

const merge = (settings: PipelineSettings, source: Source): Step => {
  const columns = currentColumns(source).map(({ name }) => name);
  const sets = columns.map((name) => `${quoted(name)} = ${at('n', name)}`);
  // A log may bring a key's delete before its upserts; a stream shows a row before it can be deleted.
  const inserts = isLog(source) ? 'when not matched' : `when not matched and n."TIDEMARK_OPERATION" = 'U'`;
  return {
    about: 'each key as its last event left it',
    sql: `merge into ${currentTable(settings, source)} as c
using (
  select l.*, (l."TIDEMARK_OPERATION" = 'D') as "TIDEMARK_DELETED"
  from (
${indented(latest(settings, source), 4)}
  ) as l
) as n
on ${sameKeys('c', 'n', keyNames(source))}
when matched and ${isNewer(source)} then
  update set ${listed(sets)}
${inserts} then
  insert (${listed(columns.map((name) => quoted(name)))})
  values (${listed(columns.map((name) => at('n', name)))})`,
  };
};

/** Reads the events that were just parsed. */
export const foldEvents = (settings: PipelineSettings, source: Source): readonly Step[] => [
  changes(settings, source),
  merge(settings, source),
];
