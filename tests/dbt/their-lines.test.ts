// People write below the lines that are ours: nothing of theirs may come to hang elsewhere, be it for one write.
import { describe, expect, it } from 'vitest';
import { describedIn, describeIn } from '../../src/dbt/docs/describe-columns.ts';
import type { DocumentedTarget } from '../../src/dbt/docs/documented.ts';
import { takenOut } from '../../src/dbt/docs/taken-out.ts';

const target: DocumentedTarget = {
  name: 'dim_vendor',
  node: {
    id: 'model.shop.dim_vendor',
    kind: 'model',
    name: 'dim_vendor',
    package: 'shop',
    reads: [],
    file: 'models/dim_vendor.sql',
  },
  columns: ['vendor_id', 'country'].map((name) => ({
    name,
    from: [`companies.${name}`],
    expression: undefined,
    description: `\`companies.${name}\`; kept in step by Tidemark`,
  })),
  reads: [],
  mapping: 'mappings/dim_vendor.yml',
  description: undefined,
  owner: undefined,
};

const written = (text: string): string => describeIn(text, [target], 'config').text;

const bare = 'models:\n  - name: dim_vendor\n';
const known = `${bare}    columns:\n      - name: vendor_id\n        description: by hand\n`;
const scalar = `${bare}    columns:\n      - name: vendor_id\n        description: |\n          by hand\n`;

const below = (text: string, line: RegExp, theirs: string): string => {
  const all = text.split('\n');
  const at = all.findLastIndex((each) => line.test(each));
  return [...all.slice(0, at + 1), theirs, ...all.slice(at + 1)].join('\n');
};

describe('a file in which somebody goes on below lines of ours', () => {
  it.for([
    ['a test of a column of ours', known, /"country"; kept|config: /, '        data_tests: [not_null]'],
    ['a column in a list of ours', bare, /config: /, '      - name: mine'],
    ['a test in a list of ours', bare, /config: /, '        data_tests: [not_null]'],
    ['a test below a text of several lines', scalar, /config: /, '        data_tests: [not_null]'],
    ['a word that would become a part of the name above', bare, /columns: /, '      - mine'],
  ] as const)('stays as it is, and it is said why: %s', ([, text, line, theirs]) => {
    const given = below(written(text), line, theirs);
    expect(given).not.toBe(written(text));
    for (const targets of [[target], []]) {
      const described = describeIn(given, targets, 'config');
      expect(described.text).toBe(given);
      expect(described.kept).toMatch(
        /^line \d+ is yours and hangs on lines? \d+( and \d+)*, which (is|are) ours: take the mark off/,
      );
    }
    expect(takenOut(given)).toMatchObject({ text: given, kept: expect.any(String) as string });
    // The model stays described there, and is not described a second time elsewhere.
    expect(describedIn(given)).toEqual(new Set(['models.dim_vendor']));
  });

  it('goes on where the line above lost its mark: the column is theirs', () => {
    const given = below(written(known), /config: /, '        data_tests: [not_null]').replace(
      /(- name: "country") #.*/,
      '$1',
    );
    const again = describeIn(given, [target], 'config');
    expect([again.kept, again.text]).toEqual([undefined, given]);
    expect(takenOut(given).text).toBe(`${known}      - name: "country"\n        data_tests: [not_null]\n`);
  });

  it('goes on where they write beside and behind them', () => {
    const given = `${written(known)}      # and one of ours\n      - name: mine\n        data_tests: [unique]\n  - name: other\n`;
    expect(written(given)).not.toBe(given);
    expect(takenOut(written(given)).text).toBe(takenOut(given).text);
    expect(takenOut(given).text).toBe(
      `${known}      # and one of ours\n      - name: mine\n        data_tests: [unique]\n  - name: other\n`,
    );
  });

  it('stays as it is where it cannot be read', () => {
    const given = `${written(known)}    : no: yaml: [\n`;
    expect(describeIn(given, [target], 'config')).toMatchObject({
      text: given,
      kept: expect.stringContaining('no YAML that can be read') as string,
    });
    expect(takenOut(given).text).toBe(given);
  });

  it('stays as it is where a text of theirs holds a line like ours', () => {
    const text = `${bare}    description: |\n      so it looks:\n      columns: # tidemark docs: generated\n      end\n`;
    expect(takenOut(text).text).toBe(text);
    expect(describeIn(text, [target], 'config')).toMatchObject({ text, kept: expect.any(String) as string });
  });
});

describe('a line is ours', () => {
  it.for([
    '    columns: # tidemark',
    '    description: all vendors # tidemark',
    '    description: all vendors # tidemark docs: generated',
    '    # see # tidemark docs: generated',
    '    data_tests: [unique] # tidemark docs: generated',
  ])('only with the mark that nobody types, and in a form that we write: not %s', (line) => {
    const text = `${bare}${line}\n`;
    expect(takenOut(text)).toEqual({ text, kept: undefined });
  });

  it.for([
    bare.trimEnd(),
    known.trimEnd(),
    known.trimEnd().replaceAll('\n', '\r\n'),
    `${bare.trimEnd()}\n    config: {tags: [a]}`,
    scalar.trimEnd(),
    `${known}  - name: other`,
  ])('and goes without a trace where the file ends without a line break: %j', (text) => {
    const full = written(text);
    expect(full).not.toBe(text);
    expect(written(full)).toBe(full);
    expect(takenOut(full)).toEqual({ text, kept: undefined });
    expect(describeIn(full, [], 'config').text).toBe(text);
  });
});
