// The sample shop's own mapping tests pass, together as well as each by itself; and hundreds of them take seconds.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeShopFile } from '../../scripts/shop/shop-file.ts';
import { validate } from '../../src/batch/validate.ts';
import { parseDictionary } from '../../src/dictionary/parse.ts';
import { readMappings, readProject } from '../../src/project/read-project.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-shop-tests-'));
const project = () => readProject({ directory: folder, variables: {} });

beforeAll(async () => {
  await makeShopFile({ path: join(folder, 'shop.duckdb'), scale: { companies: 20, sales: 20 } });
  cpSync(fileURLToPath(new URL('../../mappings', import.meta.url)), join(folder, 'mappings'), {
    recursive: true,
  });
  writeFileSync(
    join(folder, 'tidemark.yml'),
    'version: 1\nname: shop\nwarehouse: { type: duckdb, path: shop.duckdb }\n',
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('every mapping of the shop has a test, and all pass', async () => {
  const { raw } = parseDictionary(readMappings(project()));
  const untested = raw.targets.filter(({ tests, model }) => model === undefined && tests.length === 0);
  expect(untested.map(({ name }) => name.text)).toEqual([]);
  const { tests, problems } = await validate({ project: project() });
  expect(problems).toEqual([]);
  expect(tests).toMatchObject({ passed: raw.targets.flatMap((each) => each.tests).length, failed: 0 });
});

it('each test alone says what it says among the others', async () => {
  for (const { name, tests } of parseDictionary(readMappings(project())).raw.targets) {
    const alone = await validate({ project: project(), select: [name.text] });
    expect([name.text, alone.tests]).toMatchObject([name.text, { passed: tests.length, failed: 0 }]);
  }
});
