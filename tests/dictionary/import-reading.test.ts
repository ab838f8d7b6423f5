// Dictionaries from elsewhere, read as data: what Python can write, what is no literal, and that what we print is
// read back as it was.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readShape, type Feed } from '../../src/dictionary/import/read-shape.ts';
import { shapeOf, shapePython, shapeYaml, type Shape } from '../../src/dictionary/source-first.ts';
import type { Problem } from '../../src/errors/tidemark-error.ts';

const read = (
  text: string,
  language: 'python' | 'yaml' = 'python',
  variable?: string,
): { readonly feeds: readonly Feed[]; readonly problems: readonly Problem[] } => {
  const problems: Problem[] = [];
  const feeds = readShape({ file: { file: 'd.py', text }, language, variable }, (problem) =>
    problems.push(problem),
  );
  return { feeds, problems };
};

const shape = (...args: Parameters<typeof read>): Shape => {
  const { feeds, problems } = read(...args);
  expect(problems).toEqual([]);
  return shapeOf(feeds);
};

const one = { companies: { name: { fact_vendor: 'vendor_name' } } };

describe('a Python module', () => {
  it.each([
    ['single quotes', `D = {'companies': {'name': {'fact_vendor': 'vendor_name'}}}`],
    ['a type, Final', `D: Final[dict[str, dict]] = {"companies": {"name": {"fact_vendor": "vendor_name"}}}`],
    ['trailing commas', `D = {'companies': {'name': {'fact_vendor': 'vendor_name',},},}`],
    ['triple quotes', `D = {"""companies""": {'''name''': {'fact_vendor': 'vendor_name'}}}`],
    ['prefixes', `D = {r'companies': {u"name": {R'fact_vendor': 'vendor_name'}}}`],
    ['neighbours', `D = {'comp' "anies": {'na'\n  'me': {'fact_vendor': ('vendor' '_name')}}}`],
    [
      'escapes',
      String.raw`D = {'\x63ompanies': {'\u006eame': {'fact\137vendor': 'vendor_\
name'}}}`,
    ],
    [
      'comments',
      `# D = {}\nD = { # first\n  'companies': {\n    # a comment, with 'quotes' and {\n    'name': {'fact_vendor': 'vendor_name'}, # last\n  },\n}\n`,
    ],
    ['line continuation', `D = \\\n  {'companies': {'name': {'fact_vendor': 'vendor_name'}}}`],
    ['a list of one', `D = {'companies': {'name': {'fact_vendor': ['vendor_name']}}}`],
    ['a tuple of one', `D = {'companies': {'name': {'fact_vendor': ('vendor_name',)}}}`],
    [
      'CRLF and a byte order mark',
      `\uFEFFD = {\r\n 'companies': {'name': {'fact_vendor': 'vendor_name'}}}\r\n`,
    ],
    [
      'code around it',
      `"""A module; D = {'wrong': {}}"""\nimport os\nfrom x import (\n  y,\n)\n\n@decorated\ndef f(a, *, b={'c': 1}) -> dict:\n    D = {'inner': {'x': {'t': 'c'}}}\n    return {**D, 'n': f"{a!r}"}\n\nclass C:\n    E = {'x': {'y': {'z': 'w'}}}\n\nTIMEOUT = 5\nNAMES = ['a', 'b']\nD = {'companies': {'name': {'fact_vendor': 'vendor_name'}}}\nD_COPY = dict(D)\nif __name__ == '__main__':\n    print(D)\n`,
    ],
    [
      'assigned again',
      `D = {'old': {'x': {'t': 'c'}}}\nD = {'companies': {'name': {'fact_vendor': 'vendor_name'}}}`,
    ],
  ])('with %s', (_name, text) => {
    expect(shape(text)).toEqual(one);
  });

  it('reads escapes as Python does', () => {
    const { feeds } = read(
      String.raw`D = {'\x63\u00f6': {"a'b\"c": {'t\
u': 'x\ty\\z\101\U0001F680\q', r'a\n': '''two
lines'''}}}`,
    );
    expect(shapeOf(feeds)).toEqual({
      cö: { 'a\'b"c': { tu: 'x\ty\\zA🚀\\q', 'a\\n': 'two\nlines' } },
    });
  });

  it('takes several columns, None for nothing and numbers for texts as mistakes or values', () => {
    expect(shape(`D = {'a': {'x': {'t': ['one', 'two'], 'u': ('three', 'four')}}}`)).toEqual({
      a: { x: { t: ['one', 'two'], u: ['three', 'four'] } },
    });
    const { problems } = read(`D = {'a': {'x': {'t': None}, 'y': {'t': True}}}`);
    expect(problems.map(({ message }) => message)).toEqual([
      'what feeds `t` must be a column or a list of columns, not `None`',
      'what feeds `t` must be a column or a list of columns, not `True`',
    ]);
  });

  it.each([
    [`D = {'a': {'x': {'t': name}}}`, '`name` is no literal, and nothing of the module is run', 1, 23],
    [`D = {'a': {'x': {'t': 'a'.upper()}}}`, '`.` is no literal, and nothing of the module is run', 1, 26],
    [`D = {'a': {'x': {'t': f'{y}'}}}`, "`f'{y}'` is no literal, and nothing of the module is run", 1, 23],
    [`D = {'a': {'x': {'t': 'a' + 'b'}}}`, '`+` is no literal, and nothing of the module is run', 1, 27],
    [`D = {'a': {'x': {'t': dict(a=1)}}}`, '`dict` is no literal, and nothing of the module is run', 1, 23],
    [`D = {'a': {k: v for k, v in x}}`, '`k` is no literal, and nothing of the module is run', 1, 12],
    [`D = {**other}`, '`*` stands where a value is expected', 1, 6],
    [`D = {'a': {'x': {'t': 'open}}}`, 'a string that is opened here is not closed', 1, 23],
    [`D = {'a': {'x': {'t': 'c'}}`, 'the file ends where `,` or `}` is missing', 1, 27],
    [`D = {'a' 'b'}`, '`}` stands where `:` is expected', 1, 13],
    ['import os\n', 'no dict is assigned to a name in this module', 1, 1],
    ['', 'no dict is assigned to a name in this module', 1, 1],
    [
      `A = {'a': {'x': {'t': 'c'}}}\nB = {'a': {'x': {'t': 'c'}}}`,
      'several dicts are assigned: `A`, `B`',
      1,
      1,
    ],
    [
      `D = {'a': {'x': {'t': 'c', 't': 'd'}}}`,
      '`t` stands here twice, and the first one would be lost',
      1,
      28,
    ],
    [`D = {'a': ['x']}`, 'source `a` must be a mapping of columns, not a list', 1, 11],
  ])('says what is wrong with %s', (text, message, line, column) => {
    const { problems } = read(text);
    expect(problems.map((each) => [each.message, each.at?.line, each.at?.column])).toEqual([
      [message, line, column],
    ]);
  });

  it('of several dicts takes the one that is named', () => {
    const text = `A = {'a': {'x': {'t': 'c'}}}\nB = {'b': {'x': {'t': 'c'}}}\n`;
    expect(shape(text, 'python', 'B')).toEqual({ b: { x: { t: 'c' } } });
    expect(read(text, 'python', 'C').problems).toMatchObject([
      { message: 'no dict is assigned to `C`', hint: 'there are: `A`, `B`' },
    ]);
  });

  it('never hangs or throws, whatever the text', () => {
    const parts = [
      'D',
      ' = ',
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      ',',
      ':',
      "'",
      '"',
      "'''",
      '\\',
      '\n',
      '#',
      'f"',
      'x',
      '1',
      '-',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 40 }), (texts) => {
        expect(() => read(texts.join(''))).not.toThrow();
      }),
    );
  });
});

const name = fc
  .oneof(
    fc.constantFrom('a', 'b', 'fact', 'null', 'true', '1', '__proto__', "it's", '# no', '- x', 'a: b', '"q"'),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  )
  .filter((text) => text.trim() !== '' && !/\p{Cs}/u.test(text));

const leaf = fc.oneof(name, fc.record({ column: name, expression: name }));

const anyShape: fc.Arbitrary<Shape> = fc.dictionary(
  name,
  fc.dictionary(
    name,
    fc.dictionary(name, fc.oneof(leaf, fc.array(leaf, { minLength: 2, maxLength: 3 })), {
      minKeys: 1,
      maxKeys: 3,
      noNullPrototype: true,
    }),
    { minKeys: 1, maxKeys: 3, noNullPrototype: true },
  ),
  { minKeys: 1, maxKeys: 3, noNullPrototype: true },
);

describe('what is printed is read back', () => {
  it.each([
    ['Python', 'python', shapePython],
    ['YAML', 'yaml', shapeYaml],
    ['JSON', 'yaml', (each: Shape) => JSON.stringify(each)],
    [
      'our own JSON',
      'yaml',
      (each: Shape) => JSON.stringify({ schema: 'tidemark/dictionary/1', dictionary: each }),
    ],
  ] as const)('as %s', (_name, language, print) => {
    fc.assert(
      fc.property(anyShape, (each) => {
        const { feeds, problems } = read(print(each), language);
        expect([problems, shapeOf(feeds)]).toEqual([[], each]);
      }),
      { numRuns: 150 },
    );
  });
});
