// What a stream showed: the columns that are kept of it until it is parsed, and the one transaction that drains every
// stream. All streams show the moment at which that transaction began, so that the sources are seen at one moment.
import { isLog, type LogSource, type Source } from '../dictionary/dictionary.ts';
import type { Column } from '../sql/dialect.ts';
import { batchTable, landedTable, streamName } from './objects.ts';
import type { Pipeline, PipelineSettings, Routine, Step } from './pipeline.ts';
import { at, expressionText, listed, quoted } from './quote.ts';

/** Of a log: the columns of its table that anything reads. */
export const logNames = (source: LogSource): readonly string[] => {
  const { op, image, sequence, time, identity } = source.detect;
  const inside =
    image.kind === 'typed'
      ? source.columns.map(({ name }) => name)
      : [image.before, image.after, ...image.beside].flatMap((name) => name ?? []);
  const filters = [source.where, source.deleted].flatMap((each) => each?.parts ?? []);
  return [
    ...new Set([
      ...(op === undefined ? [] : [op.column]),
      ...inside,
      ...sequence.map(({ name }) => name),
      ...(time === undefined ? [] : [time.column]),
      ...identity,
      ...filters.flatMap((part) => (typeof part === 'string' ? [] : [part.column])),
    ]),
  ];
};

const readColumns = (pipeline: Pick<Pipeline, 'logColumns'>, source: Source): readonly Column[] => {
  if (!isLog(source)) return source.columns;
  const columns = pipeline.logColumns.get(source.name) ?? [];
  return logNames(source).map((name) => {
    const type = columns.find((column) => column.name === name)?.type ?? 'VARCHAR';
    return { name, type, nullable: true };
  });
};

/** Beside the stream's own columns: the batch, its moment, and what the stream says of the row. */
export const landedColumns = (pipeline: Pick<Pipeline, 'logColumns'>, source: Source): readonly Column[] => [
  { name: 'TIDEMARK_BATCH', type: 'NUMBER(38,0)', nullable: true },
  { name: 'TIDEMARK_AT', type: 'TIMESTAMP_NTZ(6)', nullable: true },
  { name: 'TIDEMARK_ACTION', type: 'VARCHAR', nullable: true },
  ...readColumns(pipeline, source).map(({ name, type }) => ({ name, type, nullable: true })),
];

/** A log's filter drops events for good, so that one table can feed several sources; a table's filter is judged later. */
export const landingFilter = (source: Source): string =>
  isLog(source) && source.where !== undefined
    ? `\nwhere coalesce(${expressionText(source.where, ({ column }) => at('s', column))}, false)`
    : '';

const drain = (pipeline: Pipeline, source: Source): Step => {
  const { settings } = pipeline;
  const columns = landedColumns(pipeline, source);
  const own = columns.slice(3).map(({ name }) => at('s', name));
  return {
    about: `what happened in ${source.name}; the stream moves on when this transaction commits`,
    sql: `insert into ${landedTable(settings, source)} (${listed(columns.map(({ name }) => quoted(name)))})
select ${listed([at('b', 'NUMBER'), at('b', 'AT'), at('s', 'METADATA$ACTION'), ...own])}
from ${streamName(settings, source)} as s
cross join ${batchTable(settings)} as b${landingFilter(source)}`,
  };
};

const nextBatch = (settings: PipelineSettings): Step => ({
  about: 'the number of this batch; the row is locked until the end, so that two captures follow each other',
  sql: `update ${batchTable(settings)} set "NUMBER" = "NUMBER" + 1, "AT" = sysdate()`,
});

export const captureRoutine = (pipeline: Pipeline): Routine => ({
  name: 'CAPTURE',
  about: 'drains every stream into its landed table, all at one moment',
  steps: [nextBatch(pipeline.settings), ...pipeline.sources.map((source) => drain(pipeline, source))],
});
