// A large dictionary is read once and kept: never wrongly, and never in anybody's way.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sandbox } from './cli-sandbox.ts';

const sandbox = new Sandbox();
const cache = join(sandbox.folder, 'cache');
const folder = join(cache, 'tidemark', 'dictionaries');

/** Large enough to be worth it. */
const wide = (from: string): string =>
  [
    'target: wide',
    'key: id',
    'from: customers',
    'columns:',
    '  id: customers.id',
    `  asked: ${from}`,
    ...Array.from({ length: 1500 }, (_, place) => `  some_column_with_a_name_${place}: customers.country_id`),
    '',
  ].join('\n');

beforeAll(() => sandbox.write('mappings/wide.yml', wide('customers.name')));
afterAll(() => sandbox.remove());

const ask = (...args: readonly string[]) =>
  sandbox.start(['impact', 'customers.name', ...args, '--json'], { XDG_CACHE_HOME: cache }).ended;

const reached = ({ stdout }: Awaited<ReturnType<typeof ask>>): readonly string[] =>
  (
    JSON.parse(stdout) as {
      readonly reaches: readonly { readonly target: string; readonly column: string }[];
    }
  ).reaches
    .map(({ target, column }) => `${target}.${column}`)
    .toSorted();

const keptFile = (): string => {
  const [name, ...more] = readdirSync(folder);
  expect(more).toEqual([]);
  return join(folder, name ?? '');
};

describe('a large dictionary', () => {
  it('answers the same from what it kept, which only its owner may read', async () => {
    const first = await ask();
    expect(first).toMatchObject({ exit: 0, stderr: '' });
    expect(reached(first)).toEqual(['dim_customer.customer_name', 'wide.asked']);
    expect(statSync(keptFile()).mode & 0o777).toBe(0o600);
    const stamp = statSync(keptFile()).mtimeMs;
    expect(await ask()).toEqual(first);
    expect(statSync(keptFile()).mtimeMs).toBe(stamp);
  });

  it('is read again when a mapping changes, and a mistake is still one', async () => {
    sandbox.write('mappings/wide.yml', wide('customers.id'));
    expect(reached(await ask())).toEqual(['dim_customer.customer_name']);
    sandbox.write('mappings/wide.yml', wide('customer.name'));
    expect(await ask()).toMatchObject({ exit: 2 });
    expect(await ask()).toMatchObject({ exit: 2 });
    sandbox.write('mappings/wide.yml', wide('upper(customers.name)'));
    expect(reached(await ask())).toEqual(['dim_customer.customer_name', 'wide.asked']);
  });

  it('and when a setting changes that it depends on', async () => {
    const file = join(sandbox.folder, 'tidemark.yml');
    const was = readFileSync(file, 'utf8');
    const kept = (): string => readFileSync(keptFile(), 'utf8').slice(0, 64);
    const before = kept();
    writeFileSync(file, `${was}limits: { floor: 7 }\n`);
    await ask();
    expect(kept()).not.toBe(before);
    writeFileSync(file, was);
  });

  it('does not trust what was touched', async () => {
    const good = await ask();
    const text = readFileSync(keptFile(), 'utf8');
    for (const broken of [text.slice(0, -100), '', text.replace('customers.name', 'customers.nnme')]) {
      writeFileSync(keptFile(), broken);
      expect(await ask()).toEqual(good);
      expect(readFileSync(keptFile(), 'utf8')).toBe(text);
    }
  });

  it('answers where nothing can be kept', async () => {
    const blocked = join(sandbox.folder, 'blocked');
    writeFileSync(blocked, 'a file, no folder');
    const asked = (home: string) =>
      sandbox.start(['impact', 'customers.name', '--json'], { XDG_CACHE_HOME: home }).ended;
    expect(reached(await asked(blocked))).toHaveLength(2);
    const closed = join(sandbox.folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    expect(reached(await asked(closed))).toHaveLength(2);
    chmodSync(closed, 0o700);
  });

  it('small ones are not kept at all', async () => {
    const home = join(sandbox.folder, 'small');
    sandbox.write('mappings/wide.yml', wide('customers.name').split('\n').slice(0, 6).join('\n'));
    const { exit } = await sandbox.start(['impact', 'customers.name'], { XDG_CACHE_HOME: home }).ended;
    expect(exit).toBe(0);
    expect(existsSync(home)).toBe(false);
  });
});
