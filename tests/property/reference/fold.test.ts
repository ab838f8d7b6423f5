// The reference itself, on cases small enough to be checked by eye.
import { describe, expect, it } from 'vitest';
import { fold, inOrder, type LoggedEvent } from './fold.ts';

const upsert = (sequence: number, name: string, more: Partial<LoggedEvent> = {}): LoggedEvent => ({
  op: 'U',
  sequence: [sequence],
  hash: name,
  cells: { name },
  ...more,
});
const remove = (sequence: number): LoggedEvent => ({ op: 'D', sequence: [sequence], hash: 'd', cells: {} });
const row = (...events: readonly LoggedEvent[]) => fold(events, ['name', 'city']);

describe('the reference fold', () => {
  it('goes by sequence, whatever the order of arrival and however often an event is told', () => {
    const events = [upsert(1, 'a'), upsert(3, 'c'), upsert(2, 'b'), upsert(1, 'a')];
    expect(row(...events)).toEqual({ name: 'c', city: null });
    expect(row(...events.toReversed())).toEqual(row(...events));
  });

  it('keeps a deleted row deleted when an older upsert turns up', () => {
    expect(row(remove(2), upsert(1, 'a'))).toBeUndefined();
    expect(row(remove(2), upsert(3, 'a'))).toEqual({ name: 'a', city: null });
  });

  it('keeps what an event says nothing of, but not across a delete', () => {
    const partial: LoggedEvent = { ...upsert(3, 'b'), cells: { city: 'x' } };
    expect(row(upsert(1, 'a'), partial)).toEqual({ name: 'a', city: 'x' });
    expect(row(upsert(1, 'a'), remove(2), partial)).toEqual({ name: null, city: 'x' });
  });

  it('settles equal sequences: from image to image, deletes last, then by hash', () => {
    const chain = [
      upsert(1, 'z', { left: '1' }),
      upsert(1, 'y', { found: '1', left: '2' }),
      upsert(1, 'x', { found: '2', left: '3' }),
    ];
    expect(inOrder(chain.toReversed()).map(({ hash }) => hash)).toEqual(['z', 'y', 'x']);
    expect(row(remove(1), ...chain)).toBeUndefined();
    expect(row(upsert(1, 'b'), upsert(1, 'a'))).toEqual({ name: 'b', city: null });
  });

  it('takes images in a circle by their hashes', () => {
    const circle = [upsert(1, 'b', { found: '1', left: '2' }), upsert(1, 'a', { found: '2', left: '1' })];
    expect(row(...circle)).toEqual({ name: 'b', city: null });
  });
});
