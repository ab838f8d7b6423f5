// Rows that could not be taken, with the reason: kept, counted by the monitoring queries, and never guessed at.
import type { Source } from '../dictionary/dictionary.ts';
import { rejectedColumns, rejectedTable } from './objects.ts';
import type { PipelineSettings, Step } from './pipeline.ts';
import { listed, literal, quoted } from './quote.ts';

export interface Rejection {
  /** Queries that it reads. */
  readonly layers?: string | undefined;
  /** An expression. */
  readonly reason: string;
  /** The row, for people. */
  readonly event: string;
  /** FROM and WHERE; the source's name is the alias of the rows. */
  readonly from: string;
}

export const rejectStep = (
  settings: PipelineSettings,
  source: Source,
  { layers, reason, event, from }: Rejection,
): Step => ({
  about: 'what cannot be taken, with the reason',
  sql: `insert into ${rejectedTable(settings)} (${listed(rejectedColumns.map(({ name }) => quoted(name)))})
${layers === undefined ? '' : `with ${layers}\n`}select ${listed([
    literal(source.name),
    `${quoted(source.name)}."TIDEMARK_BATCH"`,
    `${quoted(source.name)}."TIDEMARK_AT"`,
    reason,
    event,
  ])}
${from}`,
});
