// How numbers, times and values are written for people.
import { describe, expect, it } from 'vitest';
import { cut, duration, number, seconds, value, widthOf } from '../../../src/cli/render/text.ts';

describe('text', () => {
  it.for([
    [0, '0 s'],
    [59_400, '59 s'],
    [312_000, '5 min 12 s'],
    [3_600_000, '1 h'],
    [3_601_000, '1 h'],
    [273_600_000, '3 d 4 h'],
    [-5, '0 s'],
  ] as const)('%s ms are %s', ([ms, text]) => {
    expect(duration(ms)).toBe(text);
  });

  it.for([
    [412, '0.41 s'],
    [9999, '10.00 s'],
    [61_000, '61 s'],
    [192_000, '3 min 12 s'],
  ] as const)('%s ms of work are %s', ([ms, text]) => {
    expect(seconds(ms)).toBe(text);
  });

  it('numbers have thousands separators', () => {
    expect(number(1_234_567)).toBe('1,234,567');
  });

  it.for([
    [null, 'NULL'],
    ['NULL', "'NULL'"],
    ['', "''"],
    [' x', "' x'"],
    ['Nørrebro', 'Nørrebro'],
    [12.5, '12.5'],
    [false, 'false'],
    [{ a: 1 }, '{"a":1}'],
  ] as const)('%j is shown as %s', ([data, text]) => {
    expect(value(data)).toBe(text);
  });

  it('control characters of somebody else never reach the terminal', () => {
    expect(value('a\u001B[2Jb\nc\u202Ed')).toBe('a\\u001b[2Jb\\nc\\u202ed');
  });

  it('cuts to the columns of the terminal, not to characters', () => {
    expect(cut('東京タワー', 6)).toBe('東京…');
    expect(widthOf('e\u0301')).toBe(1);
    expect(cut('abcdef', 6)).toBe('abcdef');
    expect(cut('abcdefg', 6)).toBe('abcde…');
  });
});
