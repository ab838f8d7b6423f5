// The shell examples of the guides of operations, run in their order on the sample shop.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeShopFile, withDuckDb } from '../../scripts/shop/shop-file.ts';
import { runProgram } from '../../src/cli/program.ts';
import { callsOf } from './guide.ts';

let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-guides-'));
  cpSync(fileURLToPath(new URL('../../mappings', import.meta.url)), join(folder, 'mappings'), {
    recursive: true,
  });
  await makeShopFile({ path: join(folder, 'shop.duckdb'), scale: { companies: 20, sales: 20 } });
  writeFileSync(
    join(folder, 'tidemark.yml'),
    'version: 1\nname: shop\nwarehouse: { type: duckdb, path: shop.duckdb }\nalerts: { channels: { team: { command: [cat] } } }\n',
  );
  await call('tidemark run');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const call = async (
  line: string,
): Promise<{ readonly line: string; readonly exit: number; readonly said: string }> => {
  let said = '';
  const stream = { isTTY: false, columns: 100, write: (text: string) => void (said += text) };
  const words = line
    .split(/\s+/)
    .slice(1)
    .map((word) => (word === 'records' ? join(folder, 'records') : word));
  const exit = await runProgram([...words, '--project', folder], {
    stdout: stream,
    stderr: stream,
    variables: {},
    signal: new AbortController().signal,
  });
  return { line, exit, said };
};

it.each(['alerting.md', 'capacity.md', 'upgrade.md', 'disaster-recovery.md', 'security.md'])(
  'docs/%s',
  async (guide) => {
    await withDuckDb(join(folder, 'shop.duckdb'), async (execute) => {
      await execute(
        `update staging.companies set name = name || ' Ltd', updated_at = current_timestamp where id = 1`,
      );
    });
    for (const line of callsOf(guide)) {
      const answer = await call(line);
      expect(answer).toMatchObject({ line, exit: 0 });
    }
  },
);
