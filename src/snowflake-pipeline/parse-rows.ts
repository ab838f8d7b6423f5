// What a stream on a table shows, as events: of each key and batch one, and the row that is there counts before the one
// that is gone. So an update, which is a delete and an insert, is an upsert; and a row whose key was changed is both the delete
// of the old key and the upsert of the new one, which a filter on METADATA$ISUPDATE would lose.
import type { Source } from '../dictionary/dictionary.ts';
import { eventColumns, eventsTable, keyNames, landedTable, parseRoutine, positionTable } from './objects.ts';
import { inRange } from './position.ts';
import { rejectStep } from './rejected.ts';
import type { PipelineSettings, Step } from './pipeline.ts';
import { expressionText, indented, listed, quoted } from './quote.ts';

const landedRows = (settings: PipelineSettings, source: Source): string => {
  const alias = quoted(source.name);
  const keys = listed(keyNames(source).map((name) => quoted(source.name, name)));
  return `select ${alias}.*
from ${landedTable(settings, source)} as ${alias}
join ${positionTable(settings, parseRoutine(source))} as p on ${inRange(`${alias}."TIDEMARK_BATCH"`)}
qualify row_number() over (partition by ${alias}."TIDEMARK_BATCH", ${keys} order by iff(${alias}."TIDEMARK_ACTION" = 'INSERT', 0, 1)) = 1`;
};

/** A row that the filter leaves out, or that is marked as deleted, is none of the source. */
const operation = (source: Source): string => {
  const conditions = [
    `${quoted(source.name)}."TIDEMARK_ACTION" = 'INSERT'`,
    ...(source.where === undefined ? [] : [`coalesce(${expressionText(source.where)}, false)`]),
    ...(source.deleted === undefined ? [] : [`not coalesce(${expressionText(source.deleted)}, false)`]),
  ];
  return `iff(${conditions.join(' and ')}, 'U', 'D')`;
};

const noKey = (source: Source): string =>
  keyNames(source)
    .map((name) => `${quoted(source.name, name)} is null`)
    .join(' or ');

export const parseRowsSteps = (settings: PipelineSettings, source: Source): readonly Step[] => {
  const alias = quoted(source.name);
  const columns = eventColumns(source).map(({ name }) => quoted(name));
  const rows = `from (
${indented(landedRows(settings, source))}
) as ${alias}`;
  const values = [
    `${alias}."TIDEMARK_BATCH"`,
    `${alias}."TIDEMARK_AT"`,
    operation(source),
    'cast(null as timestamp_ntz(6))',
    `${alias}."TIDEMARK_BATCH"`,
    `''`,
    ...source.columns.map(({ name }) => quoted(source.name, name)),
  ];
  return [
    rejectStep(settings, source, {
      reason: `'a column of the key is NULL'`,
      event: 'cast(null as varchar)',
      from: `from ${landedTable(settings, source)} as ${alias}
join ${positionTable(settings, parseRoutine(source))} as p on ${inRange(`${alias}."TIDEMARK_BATCH"`)}
where ${noKey(source)}`,
    }),
    {
      about: 'one event for each key and batch',
      sql: `insert into ${eventsTable(settings, source)} (${listed(columns)})
select ${listed(values)}
${rows}
where not (${noKey(source)})`,
    },
  ];
};
