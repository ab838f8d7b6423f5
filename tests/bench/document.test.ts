// What a benchmark measured and how it is written down.
import { describe, expect, it } from 'vitest';
import { mergeBlocks, render } from '../../scripts/bench/document.ts';
import { sampleOf, takeTurns } from '../../scripts/bench/measure.ts';
import { asMarkdown, type Section } from '../../scripts/bench/section.ts';

const section: Section = {
  title: 'A part',
  text: 'What was done.',
  head: ['', 'median'],
  rows: [['ours', '1.00 s']],
  claims: [
    { says: 'at most 2 s', measured: '1.00 s', met: true },
    { says: 'at most 0.5 s', measured: '1.00 s', met: false },
  ],
};

describe('measuring', () => {
  it('takes the median, also of an even number', () => {
    expect(sampleOf([3, 1, 2])).toEqual({ runs: 3, medianMs: 2, lowMs: 1, highMs: 3 });
    expect(sampleOf([4, 1, 2, 3]).medianMs).toBe(2.5);
  });

  it('refuses to speak of nothing', () => {
    expect(() => sampleOf([])).toThrow(RangeError);
  });

  it('takes turns, leaves the first round out, and turns the order round', async () => {
    const order: string[] = [];
    const turn = (name: string, times: readonly number[]) => {
      let next = 0;
      return async (): Promise<number> => {
        order.push(name);
        next += 1;
        return times[next - 1] ?? 0;
      };
    };
    const samples = await takeTurns({ a: turn('a', [900, 1, 3]), b: turn('b', [900, 5, 7]) }, 2);
    expect(order.join('')).toBe('abbaab');
    expect([samples.a.medianMs, samples.b.medianMs, samples.a.runs]).toEqual([2, 6, 2]);
  });
});

describe('the document', () => {
  it('shows what was missed as plainly as what was met', () => {
    const text = asMarkdown(section);
    expect(text).toContain('- met: at most 2 s: 1.00 s');
    expect(text).toContain('- **MISSED: at most 0.5 s: 1.00 s**');
  });

  it('replaces the blocks that were measured again and keeps the others in order', () => {
    const old = [
      { name: 'growth postgres 10', text: 'ten' },
      { name: 'growth postgres 1', text: 'old' },
    ];
    const merged = mergeBlocks(
      old,
      [
        { name: 'growth postgres 1', text: 'new' },
        { name: 'idle duckdb 1', text: 'idle' },
      ],
      ['growth', 'idle'],
    );
    expect(merged.map(({ text }) => text)).toEqual(['ten', 'new', 'idle']);
  });

  it('gathers the claims of all blocks at its top', () => {
    const document = render([{ name: 'part', text: asMarkdown(section) }]);
    const top = document.slice(0, document.indexOf('<!--'));
    expect(top).toContain('- A part: **MISSED: at most 0.5 s: 1.00 s**');
  });
});
