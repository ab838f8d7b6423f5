// Forgets what every step has done with: images of old batches, and events of sources that no history reads.
import { applyRoutine, changesTable, eventsTable, parseRoutine, positionTable } from './objects.ts';
import type { Pipeline, Routine, Step } from './pipeline.ts';
import { indented } from './quote.ts';

export const housekeepingRoutine = (pipeline: Pipeline): Routine => {
  const { settings, sources, targets } = pipeline;
  const steps = sources.flatMap((source): readonly Step[] => {
    const readers = targets.filter(
      (native) => native.kind !== 'dynamic table' && native.sources.includes(source),
    );
    const done = [parseRoutine(source), ...readers.map(({ target }) => applyRoutine(target))]
      .map((routine) => `select p."BATCH" as "NUMBER" from ${positionTable(settings, routine)} as p`)
      .join('\nunion all\n');
    const limit = `"TIDEMARK_BATCH" <= (select min(x."NUMBER") from (\n${indented(done)}\n) as x)`;
    const isKept = readers.some(({ kind }) => kind === 'history');
    return [
      {
        about: `images of ${source.name} that every target has seen`,
        sql: `delete from ${changesTable(settings, source)} where ${limit}`,
      },
      ...(isKept
        ? []
        : [
            {
              about: `events of ${source.name}, which no history reads`,
              sql: `delete from ${eventsTable(settings, source)} where ${limit}`,
            },
          ]),
    ];
  });
  return { name: 'HOUSEKEEPING', about: 'forgets what every step has done with', steps };
};
