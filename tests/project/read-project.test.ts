// Finding and reading a project on disk.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTidemarkError } from '../../src/errors/tidemark-error.ts';
import type { TidemarkError } from '../../src/errors/tidemark-error.ts';
import { readMappings, readProject } from '../../src/project/read-project.ts';

const root = mkdtempSync(join(tmpdir(), 'tidemark-project-'));

const write = (name: string, text: string): void => {
  const path = join(root, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
};

beforeAll(() => {
  write(
    'shop/tidemark.yml',
    'version: 1\nname: shop\nwarehouse: { type: duckdb, path: data/shop.duckdb }\nenvironments: { ci: { limits: { floor: 1 } } }\n',
  );
  write('shop/mappings/b.yml', 'target: b\n');
  write('shop/mappings/deep/a.yaml', 'target: a\n');
  write('shop/mappings/.hidden.yml', 'x');
  write('shop/mappings/readme.md', 'x');
  write('bare/tidemark.yml', 'version: 1\nname: bare\nwarehouse: { type: duckdb, path: x }\n');
  write('broken/tidemark.yml', 'version: 2\nnam: x\n');
  mkdirSync(join(root, 'nothing'), { recursive: true });
});

afterAll(() => rmSync(root, { recursive: true }));

const failure = (work: () => unknown): TidemarkError => {
  try {
    work();
  } catch (error) {
    if (isTidemarkError(error)) return error;
    throw error;
  }
  throw new Error('did not fail');
};

describe('a project is found', () => {
  it.each(['shop', 'shop/mappings/deep', 'shop/tidemark.yml'])('from %s', (place) => {
    const project = readProject({ directory: join(root, place), variables: {} });
    expect(project).toMatchObject({
      name: 'shop',
      directory: join(root, 'shop'),
      connection: { path: join(root, 'shop/data/shop.duckdb') },
    });
  });

  it('by variables, and the environment too', () => {
    const project = readProject({ variables: { TIDEMARK_PROJECT: join(root, 'shop'), TIDEMARK_ENV: 'ci' } });
    expect(project).toMatchObject({ environment: 'ci', limits: { floor: 1 } });
  });

  it('or said to be missing, with what to do', () => {
    const error = failure(() => readProject({ directory: join(root, 'nothing'), variables: {} }));
    expect(error.code).toBe('project_not_found');
    expect(error.message).toContain(join(root, 'nothing'));
    expect(error.hint).toContain('tidemark init');
    expect(error.exitCode).toBe(2);
  });
});

it('all problems come in one error', () => {
  const error = failure(() => readProject({ directory: join(root, 'broken'), variables: {} }));
  expect(error.code).toBe('project_invalid');
  expect(error.message).toBe('`tidemark.yml` has 4 problems');
  expect(error.problems.map(({ code }) => code).toSorted()).toEqual([
    'missing_key',
    'missing_key',
    'unknown_key',
    'wrong_type',
  ]);
});

describe('mapping files', () => {
  it('are those of the folder and of its folders, named from the project', () => {
    const files = readMappings(readProject({ directory: join(root, 'shop'), variables: {} }));
    expect(files).toEqual([
      { file: 'mappings/b.yml', text: 'target: b\n' },
      { file: 'mappings/deep/a.yaml', text: 'target: a\n' },
    ]);
  });

  it('need their folder', () => {
    const project = readProject({ directory: join(root, 'bare'), variables: {} });
    const error = failure(() => readMappings(project));
    expect(error.problems.map(({ code, message }) => [code, message])).toEqual([
      ['no_sources', 'the mappings folder `mappings` does not exist'],
    ]);
  });
});
