// Lines that are set aside before the parser of YAML sees a text change nothing: neither values, nor places, nor
// what is wrong.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/errors/tidemark-error.ts';
import { parseYaml, type Value } from '../../src/project/document.ts';
import { setAside } from '../../src/project/plain-lines.ts';

const shown = (value: Value): unknown => {
  const { kind, at } = value;
  switch (kind) {
    case 'scalar': {
      const { value: held, text, flow } = value;
      const middle = Math.floor(text.length / 2);
      return { held: String(held), type: typeof held, text, flow, at, part: value.within(middle, 1) };
    }
    case 'list':
      return { at, items: value.items.map(shown) };
    case 'mapping':
      return { at, entries: value.entries.map(({ key, value: inner }) => [shown(key), shown(inner)]) };
  }
};

const read = (text: string): unknown => {
  const problems: Problem[] = [];
  const { root, broken } = parseYaml({ file: 'x.yml', text }, (problem) => problems.push(problem));
  return { root: root && shown(root), broken, problems };
};

/** A tab, even in a comment, makes the whole text unusual: nothing is set aside. */
const bothWays = (text: string): { readonly short: unknown; readonly long: unknown } => {
  const whole = `#\t\n${text}`;
  if (setAside(whole).lines.length > 0) throw new Error('something was set aside all the same');
  return { short: read(`#-\n${text}`), long: read(whole) };
};

const mapping = `target: t
key: id
columns:
  id: a.id
  name: coalesce(a.name, 'unknown')
  band: >-
    case when a.x > 1 then 'high'
    else 'low' end
  # a comment
  net: a.amount * (1 - a.rate)

  quoted: "a.b"
  long: a.first
    || a.second
  flag: { a: b.c }
where: a.live
tests: []
`;

describe('lines that are set aside', () => {
  it('are the plain ones', () => {
    const { lines, rest } = setAside(mapping);
    expect(lines.map(({ key, value, line }) => `${line} ${key} ${value}`)).toEqual([
      '4 id a.id',
      "5 name coalesce(a.name, 'unknown')",
      '10 net a.amount * (1 - a.rate)',
    ]);
    expect(rest).not.toContain('a.id');
    const { short, long } = bothWays(mapping);
    expect(short).toEqual(long);
  });

  it.each([
    ['all of them', 'target: t\ncolumns:\n  a: b.c\n  d: e.f\nkey: a\n'],
    ['one', 'columns:\n  a: b.c\nkey: a\n'],
    ['the last line of the file', 'columns:\n  a: b.c\n  d: e.f'],
    ['a line written twice', 'columns:\n  a: b.c\n  a: >-\n    x\n  a: b.c\nkey: a\n'],
    ['Windows line ends', 'columns:\r\n  a: b.c\r\n  d: e.f\r\nkey: a\r\n'],
    ['a quote that goes on', 'columns:\n  a: "x\n  b: c.d\n  "\n  e: f.g\nkey: a\n'],
    ['a bracket that goes on', 'columns:\n  a: { x: y,\n  b: c.d\n  }\nkey: a\n'],
    ['kept line breaks', 'columns:\n  a: |+\n    x\n\n  b: c.d\n\n  e: >-\n    y\nkey: a\n'],
    ['deeper first lines', 'columns:\n    a: b.c\n  d: e.f\n'],
    ['a document in front', 'x: y\n---\ncolumns:\n  a: b.c\n'],
    ['a mistake after them', 'columns:\n  a: b.c\n  d: e.f\nkey: [a\n'],
    ['a mistake among them', 'columns:\n  a: b.c\n  d: *nobody\n  e: f.g\nkey: a\n'],
    ['a text that holds the word', 'note: |\n  columns:\n    a: b.c\ncolumns:\n  a: b.c\n  d: e.f\nkey: 1\n'],
    ['words that are no texts', 'columns:\n  null: a.b\n  true: a.b\n  x: a.b\nkey: a\n'],
  ])('change nothing: %s', (_name, text) => {
    const { short, long } = bothWays(text);
    expect(short).toEqual(long);
  });

  it('change nothing, whatever stands around them', () => {
    const line = fc.constantFrom(
      '  a: b.c',
      '  bb: b.c',
      "  c: coalesce(b.c, 'x')",
      '  d: b.c + b.d * 2',
      '  e: >-',
      '  f: |',
      '    more text',
      '    || b.e',
      '  g: "b.c"',
      "  h: 'it''s'",
      '  i: "open',
      '  close"',
      '  j: { k: l.m }',
      '  n: [a.b,',
      '  a.c]',
      '  o:',
      '    p: q.r',
      '  - s.t',
      '  u: v.w # said',
      '  x: y.z: no',
      '# aside',
      '  # aside',
      '',
      'where: a.b',
      'columns:',
      'key: id',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 14 }), (lines) => {
        const { short, long } = bothWays(['target: t', 'columns:', ...lines, 'end: 1'].join('\n'));
        expect(short).toEqual(long);
      }),
      { numRuns: 1500 },
    );
  });
});
