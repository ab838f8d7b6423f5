// Every mistake is answered by its code, at its character, with a sentence that the golden file holds.
import { describe, expect, it } from 'vitest';
import { renderProblems } from '../../src/cli/render/diagnostics.ts';
import { aggregateCases } from './aggregate-cases.ts';
import { logCases } from './log-problem-cases.ts';
import { expressionCases, historyCases, resolveCases, shapeCases } from './problem-cases.ts';
import { redactionCases } from './redaction-cases.ts';
import type { Case } from './problem-cases.ts';
import { mapping, resolve, vendorFile } from './shop.ts';

const groups = {
  shape: shapeCases,
  expression: expressionCases,
  resolve: resolveCases,
  history: historyCases,
  aggregate: aggregateCases,
  log: logCases,
  redaction: redactionCases,
};

describe.each(Object.entries(groups))('problems of %s', (group, cases: Readonly<Record<string, Case>>) => {
  it.each(Object.entries(cases))('%s', (_name, { files, codes }) => {
    expect(resolve(files).problems.map((problem) => problem.code)).toEqual(codes);
  });

  it('are worded as agreed', async () => {
    const text = Object.entries(cases)
      .map(([name, { files }]) => `# ${name}\n${renderProblems(resolve(files).problems)}\n`)
      .join('\n');
    await expect(text).toMatchFileSnapshot(`./problems.${group}.golden.txt`);
  });
});

describe('a position', () => {
  it.each(
    Object.entries({
      ...shapeCases,
      ...expressionCases,
      ...resolveCases,
      ...historyCases,
      ...aggregateCases,
      ...logCases,
      ...redactionCases,
    }),
  )('of %s lies in its line', (_name, { files }) => {
    for (const { at } of resolve(files).problems) {
      if (at === undefined) continue;
      const text = files[at.file.replace('mappings/', '')]?.split('\n') ?? [];
      expect(text[at.line - 1]).toBe(at.source);
      expect(at.column + at.length - 1).toBeLessThanOrEqual(Math.max(1, at.source.length + 1));
    }
  });

  it('is that of the column in a text over several lines', () => {
    const { problems } = resolve({ 'a.yml': mapping('|-\n    upper(\n      companies.nmae\n    )') });
    expect(problems.map(({ at }) => [at?.line, at?.column, at?.length])).toEqual([[9, 17, 4]]);
  });
});

it.each([
  ['CRLF line ends', (text: string) => text.replaceAll('\n', '\r\n')],
  ['a byte order mark', (text: string) => `\ufeff${text}`],
])('%s change no position', (_name, change) => {
  const text = vendorFile({ columns: '\n  vendor_id: companies.idd\n  vendor_name: companies.nmae' });
  const plain = resolve({ 'a.yml': text }).problems;
  expect(plain.map(({ at }) => at?.column)).toEqual([24, 26]);
  expect(resolve({ 'a.yml': change(text) }).problems).toEqual(plain);
});

it('all problems come at once, in the order of the files', () => {
  const { problems } = resolve({
    'b.yml': vendorFile({
      columns: '{ vendor_id: companies.id, vendor_name: companies.nmae, country: contries.name }',
    }),
    'a.yml': 'target: other\nkey: id\nfrom: companies\ncolumns: { id: companies.idd, x: random() }\n',
  });
  expect(problems.map(({ at, code }) => `${at?.file}:${at?.column} ${code}`)).toEqual([
    'mappings/a.yml:26 unknown_column',
    'mappings/a.yml:34 volatile_expression',
    'mappings/b.yml:60 unknown_column',
    'mappings/b.yml:75 unknown_alias',
  ]);
});

it('a file that cannot be read makes no problems elsewhere', () => {
  const { problems } = resolve({ 'sources.yml': 'sources: [\n', 'a.yml': vendorFile() });
  expect(problems.map(({ code }) => code)).toEqual(['yaml_syntax']);
});
