// One stream per source, never replaced by running the script again: a stream that is replaced forgets what it has not shown yet.
// The first reading shows what the table holds already. And the way back for a stream that is stale, whose table was made anew.
import { isLog, type Source } from '../dictionary/dictionary.ts';
import { batchTable, currentTable, keyNames, landedTable, sameKeys, streamName } from './objects.ts';
import { landedColumns, landingFilter } from './landed.ts';
import type { Pipeline, PipelineSettings, Routine } from './pipeline.ts';
import { at, listed, literal, quoted, quotedTable } from './quote.ts';

const mode = (source: Source): string => (isLog(source) ? '\nappend_only = true' : '');

const onWhat = ({ isView, table }: Source): string => `on ${isView ? 'view' : 'table'} ${quotedTable(table)}`;

export const streamStatement = (settings: PipelineSettings, source: Source): string =>
  `create stream if not exists ${streamName(settings, source)}
${onWhat(source)}${mode(source)}
show_initial_rows = true
comment = ${literal(`what happened in ${source.name}`)}`;

/** Nobody else may own the table: whoever does switches its change tracking on, once. */
export const trackingStatement = ({ isView, table }: Source): string =>
  `alter ${isView ? 'view' : 'table'} ${quotedTable(table)} set change_tracking = true`;

export const hasData = (settings: PipelineSettings, source: Source): string =>
  `system$stream_has_data(${literal(streamName(settings, source))})`;

export const replaceStream = (settings: PipelineSettings, source: Source): string =>
  `create or replace stream ${streamName(settings, source)}
${onWhat(source)}${mode(source)}
comment = ${literal(`what happened in ${source.name}`)}`;

/** What differs between the table and the rows that we know lands as a batch. Run it after the stream was replaced: what happens
 *  in between is then in both, and does no harm twice. A log lands whole: what is known of it is known again by its identity. */
export const resyncRoutine = (pipeline: Pipeline, source: Source): Routine => {
  const { settings } = pipeline;
  const columns = landedColumns(pipeline, source);
  const names = columns.slice(3).map(({ name }) => name);
  const keys = keyNames(source);
  const into = `insert into ${landedTable(settings, source)} (${listed(columns.map(({ name }) => quoted(name)))})`;
  const head = (action: string): string => listed([at('b', 'NUMBER'), at('b', 'AT'), literal(action)]);
  const values = listed(names.map((name) => at('s', name)));
  const gone = listed(
    columns.slice(3).map(({ name, type }) => (keys.includes(name) ? at('c', name) : `cast(null as ${type})`)),
  );
  const differs = names.map((name) => `${at('s', name)} is distinct from ${at('c', name)}`).join(' or ');
  const current = currentTable(settings, source);
  const rows = isLog(source)
    ? `select ${head('INSERT')}, ${values}
from ${quotedTable(source.table)} as s
cross join ${batchTable(settings)} as b${landingFilter(source)}`
    : `select ${head('INSERT')}, ${values}
from ${quotedTable(source.table)} as s
left join ${current} as c on ${sameKeys('s', 'c', keys)}
cross join ${batchTable(settings)} as b
where c."TIDEMARK_DELETED" is null or c."TIDEMARK_DELETED" or ${differs}
union all
select ${head('DELETE')}, ${gone}
from ${current} as c
left join ${quotedTable(source.table)} as s on ${sameKeys('s', 'c', keys)}
cross join ${batchTable(settings)} as b
where not c."TIDEMARK_DELETED" and ${keys.map((name) => `${at('s', name)} is null`).join(' and ')}`;
  return {
    name: `RESYNC_${source.name.toUpperCase()}`,
    about: `what differs between ${source.name} and what the pipeline knows of it, as a batch`,
    steps: [
      {
        about: 'a batch of its own',
        sql: `update ${batchTable(settings)} set "NUMBER" = "NUMBER" + 1, "AT" = sysdate()`,
      },
      { about: 'what a stream would have shown, had it been there', sql: `${into}\n${rows}` },
    ],
  };
};
