// A target's key need not be its grain's: several rows may stand for one key, of which the filter lets one through.
import { afterEach, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

const recipe = {
  tables: [
    'create schema staging',
    'create table staging.lines (order_id integer, line_no integer, product varchar(40), note varchar(40))',
    `insert into staging.lines values (1, 1, 'anvil', ''), (1, 2, 'bellows', ''), (2, 1, 'chisel', '')`,
  ],
  mappings: {
    'sources.yml': 'sources: { lines: { key: [order_id, line_no] } }',
    'first_line.yml': `target: first_line
key: order_id
from: lines
where: lines.line_no = 1 or lines.note = 'leads'
columns: { order_id: lines.order_id, product: lines.product }
`,
  },
};

let sandbox: Sandbox | undefined;
afterEach(() => sandbox?.remove());

const afterChange = async (...changes: readonly string[]) => {
  sandbox = await createSandbox('duckdb', recipe);
  await sandbox.run();
  await sandbox.sql(...changes);
  const { report } = await sandbox.run();
  const rows = await sandbox.sql('select order_id, product from marts.first_line order by order_id');
  return { report, rows: rows.map(({ product }) => product) };
};

it('I1: a row that the filter leaves out does not take the target row of its key with it', async () => {
  const { report, rows } = await afterChange(`update staging.lines set product = 'bolt' where line_no = 2`);
  expect(rows).toEqual(['anvil', 'chisel']);
  expect(report.targets).toEqual([]);
});

it('I1: a row that goes leaves the key to the one that stays', async () => {
  const { rows } = await afterChange('delete from staging.lines where order_id = 1 and line_no = 2');
  expect(rows).toEqual(['anvil', 'chisel']);
});

it('I1: a key passes from one row to another', async () => {
  const { rows } = await afterChange(
    'delete from staging.lines where order_id = 1 and line_no = 1',
    `update staging.lines set note = 'leads' where order_id = 1`,
  );
  expect(rows).toEqual(['bellows', 'chisel']);
});

it('refuses a second row of a key, though the first did not change', async () => {
  const { report, rows } = await afterChange(`update staging.lines set note = 'leads' where line_no = 2`);
  expect(report.behind).toMatchObject([{ name: 'first_line', code: 'duplicate_target_key' }]);
  expect(rows).toEqual(['anvil', 'chisel']);
});
