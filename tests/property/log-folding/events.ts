// What the rows of a log mean, by the rules and nothing else: events of keys, for the reference.
import { createHash } from 'node:crypto';
import type { Cells, LoggedEvent } from '../reference/fold.ts';
import { columns, placeholder, type Change, type Image, type Manner } from './draw.ts';

export interface KeyedEvent extends LoggedEvent {
  readonly log: number;
  readonly id: number;
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const cut = (hash: string): string => hash.slice(0, 16);
const nothing = '\u001e';

/** As it stands in the log. */
const textOf = (image: Image | undefined, manner: Manner): string | undefined => {
  if (manner.images === 'json') return image === undefined ? undefined : JSON.stringify(image);
  return ['log', 'id', ...columns]
    .flatMap((name) => {
      const value = image?.[name] ?? null;
      return value === null ? [] : [`${name}=${String(value)}`];
    })
    .join('\u001f');
};

const saidOf = (image: Image): Cells =>
  Object.fromEntries(
    columns.flatMap((name) => {
      const value = image[name];
      return value === undefined || value === placeholder ? [] : [[name, value]];
    }),
  );

const isKeyed = (image: Image | undefined): image is Image & { readonly log: number; readonly id: number } =>
  typeof image?.['log'] === 'number' && typeof image['id'] === 'number';

/** Flawed rows, tombstones and truncates are none. */
export const eventsOf = (change: Change, manner: Manner): readonly KeyedEvent[] => {
  const { op, before, after, sequence } = change;
  const kinds = { c: 'U', i: 'U', insert: 'U', r: 'U', u: 'U', update: 'U', d: 'D', delete: 'D' } as const;
  const kind = op === null ? undefined : kinds[op.toLowerCase() as keyof typeof kinds];
  if (kind === undefined || after?.['b'] === 'no number') return [];
  const hashes = [before, after].map((image, place) => {
    // Typed columns hold one image only.
    const text = manner.images === 'typed' && place === 0 ? undefined : textOf(image, manner);
    return text === undefined ? undefined : md5(text);
  });
  const [hashBefore, hashAfter] = hashes;
  const hash = cut(md5([hashBefore ?? nothing, hashAfter ?? nothing, op].join('\u001f')));
  const own = kind === 'D' ? (isKeyed(before) ? before : after) : isKeyed(after) ? after : before;
  if (!isKeyed(own)) return [];
  const { log, id } = own;
  if (kind === 'D') return [{ op: 'D', log, id, sequence, hash, cells: {} }];
  if (after === undefined) return [];
  const upsert: KeyedEvent = {
    op: 'U',
    log,
    id,
    sequence,
    hash,
    found: hashBefore === undefined ? undefined : cut(hashBefore),
    left: hashAfter === undefined ? undefined : cut(hashAfter),
    cells: saidOf(after),
  };
  const moved = manner.images === 'json' && isKeyed(before) && (before.log !== log || before.id !== id);
  return moved ? [upsert, { op: 'D', log: before.log, id: before.id, sequence, hash, cells: {} }] : [upsert];
};
