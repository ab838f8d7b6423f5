// All routines of a pipeline, in an order in which each finds what it reads.
import type { Source, Target } from '../dictionary/dictionary.ts';
import { plainColumn } from '../dictionary/references.ts';
import { applyFact } from './apply-fact.ts';
import { applyHistory } from './apply-history.ts';
import type { Reading } from './from-clause.ts';
import type { Chronicle } from './history-versions.ts';
import { housekeepingRoutine } from './housekeeping.ts';
import { captureRoutine } from './landed.ts';
import { parseOf } from './parse.ts';
import type { NativeTarget, Pipeline, Routine } from './pipeline.ts';
import { resyncRoutine } from './streams.ts';

export const readingOf = ({ settings, targets }: Pipeline, { target, sources }: NativeTarget): Reading => ({
  settings,
  target,
  sources: new Map(sources.map((source) => [source.name, source])),
  others: new Map(targets.map((other): readonly [string, Target] => [other.target.name, other.target])),
});

export const chronicleOf = (pipeline: Pipeline, { target, sources }: NativeTarget): Chronicle => {
  const { form, root } = target;
  const source = sources.find(({ name }) => root.kind === 'grain' && name === root.relation);
  if (form.kind !== 'history' || source === undefined)
    throw new RangeError(`${target.name} is no history of a source`);
  const entity = target.key.slice(0, -1).map(({ name }) => {
    const column = target.columns.find((each) => each.name === name);
    const from = column === undefined ? undefined : plainColumn(column.expression)?.column;
    if (from === undefined) throw new RangeError(`${target.name}: ${name} is no column of its source`);
    return { column: name, from };
  });
  return { settings: pipeline.settings, target, history: form.history, source, entity };
};

/** Of a target: first that of the task graph, then the one that compares everything. */
const routinesOf = (pipeline: Pipeline, native: NativeTarget): readonly Routine[] => {
  switch (native.kind) {
    case 'fact':
      return applyFact(readingOf(pipeline, native));
    case 'history':
      return applyHistory(readingOf(pipeline, native), chronicleOf(pipeline, native));
    case 'dynamic table':
      return [];
  }
};

const parseRoutines = ({ settings, sources }: Pipeline): readonly Routine[] =>
  sources.map((source: Source) => parseOf(settings, source));

export const allRoutines = (pipeline: Pipeline): readonly Routine[] => [
  captureRoutine(pipeline),
  ...parseRoutines(pipeline),
  ...pipeline.targets.flatMap((native) => routinesOf(pipeline, native)),
  ...pipeline.sources.map((source) => resyncRoutine(pipeline, source)),
  housekeepingRoutine(pipeline),
];
