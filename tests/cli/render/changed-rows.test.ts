// Samples and tables at the width of a terminal.
import { expect, it } from 'vitest';
import { renderTargets, type ChangedRow } from '../../../src/cli/render/changed-rows.ts';
import { plainStyle, styleOf } from '../../../src/cli/render/style.ts';
import { counts, renderTable } from '../../../src/cli/render/table.ts';
import { widthOf } from '../../../src/cli/render/text.ts';

const long = 'a description that goes on and on until nobody reads it any more, and then some';

const rows: readonly ChangedRow[] = [
  {
    operation: 'update',
    key: { id: 7 },
    before: { name: 'Ada', note: null },
    after: { name: 'Ada L.', note: long },
  },
  { operation: 'update', key: { id: 1234 }, before: { note: long }, after: { note: `${long}!` } },
  { operation: 'insert', key: { id: 8 }, before: null, after: { id: 8, name: 'Björn', note: long } },
  { operation: 'delete', key: { id: 9 }, before: { id: 9, name: 'Chloé' }, after: null },
];

it('shows before and after, aligned, within 80 columns', () => {
  const text = renderTargets([{ target: 'dim_customer', rows, total: 1004 }], plainStyle);
  expect(text).toMatchInlineSnapshot(`
    "dim_customer
      ~ id 7     name  Ada → Ada L.
                 note  NULL → a description that goes on and on until nobody reads…
      ~ id 1234  note  …e, and then some → …e, and then some!
      + id 8: name Björn, note a description that goes on and on until nobody reads…
      - id 9: name Chloé
      … and 1,000 more rows"
  `);
  expect(text.split('\n').filter((line) => widthOf(line) > 80)).toEqual([]);
});

it('the last column of a table gives way', () => {
  const table = {
    columns: [{ title: 'target' }, counts('cells'), { title: 'by column' }],
    rows: [['fact_order', '1,234', long]],
  };
  const text = renderTable(table, styleOf(false, 48));
  expect(text).toMatchInlineSnapshot(`
    "target      cells  by column
    fact_order  1,234  a description that goes on a…"
  `);
});

it('colours change nothing but colour', () => {
  const painted = renderTargets([{ target: 'dim_customer', rows, total: 4 }], styleOf(true, 80));
  expect(painted).toContain('\u001B[32m');
  // oxlint-disable-next-line no-control-regex
  expect(painted.replaceAll(/\u001B\[\d+m/g, '')).toBe(
    renderTargets([{ target: 'dim_customer', rows, total: 4 }], plainStyle),
  );
});
