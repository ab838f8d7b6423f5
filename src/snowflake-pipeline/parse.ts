// The routine that turns what landed of a source into events, rows and changes.
import { isLog, type Source } from '../dictionary/dictionary.ts';
import { foldEvents } from './current-rows.ts';
import { batchTable, landedTable, parseRoutine, positionTable } from './objects.ts';
import { parseEventsSteps } from './parse-events.ts';
import { parseRowsSteps } from './parse-rows.ts';
import { advance } from './position.ts';
import type { PipelineSettings, Routine, Step } from './pipeline.ts';

const forget = (settings: PipelineSettings, source: Source): Step => ({
  about: 'what is parsed need not lie about any longer',
  sql: `delete from ${landedTable(settings, source)} where "TIDEMARK_BATCH" <= (select p."BATCH" from ${positionTable(settings, parseRoutine(source))} as p)`,
});

export const parseOf = (settings: PipelineSettings, source: Source): Routine => ({
  name: parseRoutine(source),
  about: `what landed of ${source.name}, as events; each key as its last event left it`,
  steps: [
    advance(settings, parseRoutine(source), `select b."NUMBER" from ${batchTable(settings)} as b`),
    ...(isLog(source) ? parseEventsSteps(settings, source) : parseRowsSteps(settings, source)),
    ...foldEvents(settings, source),
    forget(settings, source),
  ],
});
