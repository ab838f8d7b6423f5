// The columns of a log's table by which its events are told, ordered and found: without one of them it cannot be read.
import type { LogSource } from '../../dictionary/dictionary.ts';
import { refsOf } from '../../graph/reads.ts';

export const ownColumnsOf = ({ detect, where, deleted }: LogSource): readonly string[] => {
  const { op, sequence, time, arrival, identity, image } = detect;
  const images = image.kind === 'json' ? [image.before, image.after, ...image.beside] : [];
  const conditions = image.kind === 'json' ? [where, deleted] : [];
  const names = [
    op?.column,
    ...sequence.map(({ name }) => name),
    time?.column,
    arrival?.name,
    ...identity,
    ...images,
    ...conditions.flatMap((each) => (each === undefined ? [] : refsOf(each).map(({ column }) => column))),
  ];
  return [...new Set(names.flatMap((name) => name ?? []))];
};
