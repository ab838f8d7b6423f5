// How far a routine came. Its row is written first, which keeps another run of the same routine waiting, and tells the
// statements behind it which batches are theirs: those after PREVIOUS, up to BATCH.
import { positionTable } from './objects.ts';
import type { PipelineSettings, Step } from './pipeline.ts';

/** `from` is a query of one row with the column NUMBER: the last batch that may be taken. */
export const advance = (settings: PipelineSettings, routine: string, from: string): Step => ({
  about: 'the batches that are to be done now',
  sql: `update ${positionTable(settings, routine)}
set "PREVIOUS" = "BATCH", "BATCH" = u."NUMBER", "PREVIOUS_AT" = "AT", "AT" = sysdate()
from (${from}) as u`,
});

/** A condition on the batch of a row. */
export const inRange = (batch: string, position = 'p'): string =>
  `${batch} > ${position}."PREVIOUS" and ${batch} <= ${position}."BATCH"`;
