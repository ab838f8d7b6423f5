// docs/scd2.md: the history that it begins with, and the versions that are merged into it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

const guide = readFileSync(new URL('../../docs/scd2.md', import.meta.url), 'utf8');

const block = (language: string): string => {
  const text = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(guide)?.[1];
  if (text === undefined) throw new Error(`docs/scd2.md has no example in ${language}`);
  return text;
};

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox('duckdb', {
    tables: [
      'create schema staging',
      'create schema marts',
      'create table staging.customers (id bigint, email varchar, name varchar, opted_in boolean, updated_at timestamp)',
      `insert into staging.customers values (1, 'ann@x.example', 'Ann', true, timestamp '2020-01-01 10:00:00')`,
    ],
    mappings: {
      'sources.yml': 'sources:\n  customers: { key: id, updated_at: updated_at }\n',
      'customers_scd.yml': block('yaml'),
    },
  });
  await sandbox.run();
  writeFileSync(join(sandbox.folder, 'old.csv'), block('csv'));
});

afterAll(() => sandbox.remove());

const tidemark = async (line: string) => {
  const [program, ...argv] = line.split(/\s+/);
  expect(program).toBe('tidemark');
  let out = '';
  const stream = { isTTY: false, columns: 100, write: (text: string) => void (out += text) };
  const words = argv.map((word) => (word === 'old.csv' ? join(sandbox.folder, word) : word));
  const exit = await runProgram([...words, '--project', sandbox.folder], {
    stdout: stream,
    stderr: stream,
    variables: {},
    signal: new AbortController().signal,
  });
  return { exit, out };
};

const versions = async (): Promise<readonly string[]> =>
  (
    await sandbox.sql(
      `select customer_id, email, cast(cast(timezone('UTC', valid_from) as date) as varchar) as f, cast(cast(timezone('UTC', valid_to) as date) as varchar) as t from marts.customers_scd order by customer_id, valid_from`,
    )
  ).map((row) => Object.values(row).map(String).join(' '));

describe('docs/scd2.md', () => {
  it('merges the versions that it shows, after a look at them', async () => {
    const [dry = '', real = ''] = block('sh').trim().split('\n');
    const before = await versions();
    const planned = await tidemark(dry);
    expect([planned.exit, planned.out]).toEqual([0, expect.stringContaining('customers_scd')]);
    expect(await versions()).toEqual(before);
    expect((await tidemark(real)).exit).toBe(0);
    expect(await versions()).toEqual([
      '1 ann@old.example 2018-01-01 2019-01-01',
      '1 ann@new.example 2019-01-01 2020-01-01',
      '1 ann@x.example 2020-01-01 null',
      '7 gone@x.example 2017-03-01 2017-06-01',
    ]);
    expect((await tidemark(real)).out).toContain('nothing');
  });

  it('says what does not go together', async () => {
    for (const [line, said] of [
      ['tidemark reconcile --history old.csv', '`-s` names it'],
      ['tidemark reconcile -s customers_scd --history old.csv --rejected', '`--rejected` says nothing'],
      ['tidemark reconcile -s customers_scd --dry-run', 'belong to `--history`'],
    ] as const) {
      const { exit, out } = await tidemark(line);
      expect([line, exit, out]).toEqual([line, 2, expect.stringContaining(said)]);
    }
  });
});
