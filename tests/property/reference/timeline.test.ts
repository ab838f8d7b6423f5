// The reference itself, on cases small enough to be checked by eye.
import { describe, expect, it } from 'vitest';
import { timeline, type KeyEvent, type Rules } from './timeline.ts';

const rules: Rules = { track: ['name'], overwrite: ['note'], deletes: 'close' };
const upsert = (sequence: number, at: number, name: string | null, note = 'n'): KeyEvent => ({
  op: 'U',
  at,
  sequence,
  identity: String(sequence),
  cells: { name, note },
});
const remove = (sequence: number, at: number): KeyEvent => ({
  op: 'D',
  at,
  sequence,
  identity: String(sequence),
  cells: {},
});
const shown = (events: readonly KeyEvent[], with_: Partial<Rules> = {}): readonly string[] =>
  timeline(events, { ...rules, ...with_ }).map(
    ({ from, to, deleted, cells }) =>
      `${from}-${to ?? ''} ${String(cells['name'])} ${String(cells['note'])}${deleted ? ' deleted' : ''}`,
  );

describe('the reference timeline', () => {
  it('opens a version per change, whatever the order of arrival and however often an event is told', () => {
    const events = [upsert(1, 10, 'a'), upsert(2, 20, 'b'), upsert(3, 30, 'a')];
    expect(shown(events)).toEqual(['10-20 a n', '20-30 b n', '30- a n']);
    expect(shown([...events, ...events].toReversed())).toEqual(shown(events));
  });

  it('collapses neighbours that agree, and shows the last image in columns that are overwritten', () => {
    expect(shown([upsert(1, 10, null, 'x'), upsert(2, 20, null, 'y'), upsert(3, 30, 'b', 'z')])).toEqual([
      '10-30 null z',
      '30- b z',
    ]);
  });

  it('cannot be turned back by a clock that runs backwards, and counts the last event of a moment', () => {
    expect(shown([upsert(1, 10, 'a'), upsert(2, 30, 'b'), upsert(3, 20, 'c')])).toEqual([
      '10-30 a n',
      '30- c n',
    ]);
  });

  it('turns a delete into a gap, a flagged version, or nothing', () => {
    const events = [upsert(1, 10, 'a'), remove(2, 20), remove(3, 25), upsert(4, 30, 'a')];
    expect(shown(events)).toEqual(['10-20 a n', '30- a n']);
    expect(shown(events, { deletes: 'tombstone' })).toEqual(['10-20 a n', '20-30 a n deleted', '30- a n']);
    expect(shown(events, { deletes: 'keep' })).toEqual(['10- a n']);
  });

  it('keeps the value of a column that an event says nothing of, but not across a delete', () => {
    const partial: KeyEvent = { ...upsert(2, 20, 'b'), cells: { name: 'b' } };
    expect(shown([upsert(1, 10, 'a', 'x'), partial])).toEqual(['10-20 a x', '20- b x']);
    expect(shown([upsert(1, 10, 'a', 'x'), remove(1.5, 15), partial])).toEqual([
      '10-15 a null',
      '20- b null',
    ]);
  });

  it('begins at the beginning where that is wanted, but not after a gap', () => {
    expect(shown([upsert(1, 10, 'a')], { beginning: 0 })).toEqual(['0- a n']);
    expect(shown([remove(1, 5), upsert(2, 10, 'a')], { beginning: 0 })).toEqual(['10- a n']);
  });
});
