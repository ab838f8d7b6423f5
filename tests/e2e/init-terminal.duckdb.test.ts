// `tidemark init` at a terminal: it asks before it writes.
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDuckDb } from '../../scripts/shop/shop-file.ts';
import { shopProject, writeDbtProject } from '../init/dbt-projects.ts';
import { startAtTerminal } from '../init/program.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-terminal-')));
const project = shopProject('duckdb');

beforeAll(async () => {
  await withDuckDb(join(folder, 'shop.duckdb'), async (execute) => {
    for (const statement of project.tables) await execute(statement);
    await project.fill(execute);
  });
  await writeDbtProject(folder, project, { engine: 'duckdb', place: 'shop.duckdb', database: 'shop' });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const asked = { question: 'write these files? [Y/n]', of: ['init', '-s', 'fact_vendor'] };

it.each([
  ['n', false],
  ['', true],
])('asks at a terminal before it writes: `%s`', async (answer, isWritten) => {
  const { exit, shown } = await startAtTerminal(folder, asked.of, { question: asked.question, answer });
  expect(shown).toContain(asked.question);
  expect(exit).toBe(0);
  expect(existsSync(join(folder, 'mappings/fact_vendor.yml'))).toBe(isWritten);
});
