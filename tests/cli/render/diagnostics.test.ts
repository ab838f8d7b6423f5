// How a problem is shown, to the character.
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { renderProblem, renderProblems } from '../../../src/cli/render/diagnostics.ts';

const at = {
  file: 'mappings/customers_scd.yml',
  line: 6,
  column: 20,
  length: 10,
  source: '  email: customers.cust_emial',
};
const problem = {
  code: 'unknown_column' as const,
  severity: 'error' as const,
  message: 'column `cust_emial` is mapped but missing from `staging.customers`',
  hint: 'did you mean `cust_email`?',
  at,
};

it('in the shape that the documentation shows', () => {
  expect(renderProblem(problem)).toBe(
    [
      'error: column `cust_emial` is mapped but missing from `staging.customers`',
      '  mappings/customers_scd.yml:6:20',
      '  6 |   email: customers.cust_emial',
      '    |                    ^^^^^^^^^^',
      'hint: did you mean `cust_email`?',
    ].join('\n'),
  );
});

it('without a place or a hint, where there is none', () => {
  expect(renderProblem({ message: 'no source is declared', severity: 'warning' })).toBe(
    'warning: no source is declared',
  );
});

it('with the gutter as wide as the line number', () => {
  const lines = renderProblem({ ...problem, at: { ...at, line: 1234 } }).split('\n');
  expect(lines.slice(2, 4)).toEqual([
    '  1234 |   email: customers.cust_emial',
    '       |                    ^^^^^^^^^^',
  ]);
});

it('with tabs above tabs', () => {
  const lines = renderProblem({ ...problem, at: { ...at, column: 4, length: 1, source: 'a:\tb' } }).split(
    '\n',
  );
  expect(lines.slice(2, 4)).toEqual(['  6 | a:\tb', '    |   \t^']);
});

it.each([1, 60, 150, 299])('a line wider than the terminal is cut around column %i', (column) => {
  const source = Array.from({ length: 300 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('');
  const lines = renderProblem(
    { ...problem, at: { ...at, column, length: 2, source } },
    { color: false, width: 80 },
  ).split('\n');
  const [text = '', carets = ''] = lines.slice(2, 4);
  expect(Math.max(text.length, carets.length)).toBeLessThanOrEqual(80);
  expect(text.slice(carets.indexOf('^'), carets.indexOf('^') + 2)).toBe(source.slice(column - 1, column + 1));
});

it('several are parted by an empty line, and colour adds nothing but colour', () => {
  expect(renderProblems([problem, problem])).toBe(`${renderProblem(problem)}\n\n${renderProblem(problem)}`);
  const coloured = renderProblem(problem, { color: true, width: 80 });
  expect(coloured).not.toBe(renderProblem(problem));
  expect(stripVTControlCharacters(coloured)).toBe(renderProblem(problem));
});
