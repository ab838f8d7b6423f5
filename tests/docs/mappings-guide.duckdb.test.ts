// mappings/README.md: every example is executed, in the order in which a reader meets them, on the sample shop.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeShopFile, withDuckDb } from '../../scripts/shop/shop-file.ts';
import { validate } from '../../src/batch/validate.ts';
import { runProgram } from '../../src/cli/program.ts';
import { readProject } from '../../src/project/read-project.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-guide-'));
const mappings = join(folder, 'mappings');
const shop = fileURLToPath(new URL('../../mappings', import.meta.url));
const guide = readFileSync(join(shop, 'README.md'), 'utf8');

interface Example {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

const examples: readonly Example[] = [...guide.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map((match) => ({
  language: match[1] ?? '',
  text: match[2] ?? '',
  line: guide.slice(0, match.index).split('\n').length,
}));

const project = () => readProject({ directory: folder, variables: {} });

const checked = async (target: string): Promise<void> => {
  const { problems, tests } = await validate({ project: project(), select: [target] });
  expect(problems).toEqual([]);
  expect(tests?.failed).toBe(0);
};

/** A whole mapping, or the tests of the vendors. */
const runYaml = async (text: string): Promise<void> => {
  const target = /^target: (\w+)/m.exec(text)?.[1];
  if (target !== undefined) {
    writeFileSync(join(mappings, `${target}.yml`), text);
    await checked(target);
    return;
  }
  expect(text.startsWith('tests:\n')).toBe(true);
  const vendor = readFileSync(join(shop, 'fact_vendor.yml'), 'utf8');
  writeFileSync(join(mappings, 'fact_vendor.yml'), vendor.slice(0, vendor.indexOf('tests:')) + text);
  await checked('fact_vendor');
};

const runCommand = async (line: string): Promise<void> => {
  const [program, ...argv] = line.split(/\s+/);
  expect(program).toBe('tidemark');
  let out = '';
  const stream = { isTTY: false, columns: 100, write: (text: string) => void (out += text) };
  const exit = await runProgram([...argv, '--project', folder], {
    stdout: stream,
    stderr: stream,
    variables: {},
    signal: new AbortController().signal,
  });
  expect([line, exit, out]).toEqual([line, 0, expect.any(String)]);
};

const run = async ({ language, text }: Example): Promise<void> => {
  const lines = text.trim().split('\n');
  switch (language) {
    case 'yaml':
      return runYaml(text);
    case 'sh':
      for (const line of lines) await runCommand(line);
      return;
    case 'sql':
      return withDuckDb(join(folder, 'shop.duckdb'), async (execute) => {
        await execute(text);
      });
    default:
      throw new Error(`an example in ${language === '' ? 'no language' : language} is not executed`);
  }
};

beforeAll(async () => {
  await makeShopFile({ path: join(folder, 'shop.duckdb'), scale: { companies: 20, sales: 20 } });
  cpSync(shop, mappings, { recursive: true });
  writeFileSync(
    join(folder, 'tidemark.yml'),
    'version: 1\nname: shop\nwarehouse: { type: duckdb, path: shop.duckdb }\n',
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.sequential('mappings/README.md', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(8);
  });

  it.each(examples.map((example) => [`${example.language} in line ${example.line}`, example] as const))(
    '%s',
    (_name, example) => expect(run(example)).resolves.toBeUndefined(),
  );
});
