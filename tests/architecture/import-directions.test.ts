// The architecture of src, from its import statements; and for each rule the proof that it can fail.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  cycles,
  directions,
  folders,
  lazyDrivers,
  names,
  purity,
  separateAdapters,
  singleExit,
  sizes,
  type Rule,
} from './rules.ts';
import { readSource, type Source } from './source.ts';

const src = fileURLToPath(new URL('../../src', import.meta.url));

const sources: readonly Source[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .toSorted()
  .map((path) => readSource(path, readFileSync(join(src, path), 'utf8')));

interface Case {
  readonly rule: Rule;
  readonly allows: Readonly<Record<string, string>>;
  /** Each file breaks the rule, and nothing else does, when it stands beside or instead of the allowed ones. */
  readonly refuses: Readonly<Record<string, string>>;
}

const cases: Readonly<Record<string, Case>> = {
  'imports point one way': {
    rule: directions,
    allows: {
      'graph/order.ts': `import { a } from './path.ts'; import type { D } from '../dictionary/dictionary.ts';`,
      'warehouse/duckdb/open.ts': `import type { W } from '../port.ts'; import { sql } from '../../sql/fragment.ts';`,
      'main.ts': `const { run } = await import('./cli/run.ts');`,
      'detect/images.ts': `import { sql } from 'kysely';`,
    },
    refuses: {
      'dictionary/check.ts': `import { a } from '../graph/order.ts';`,
      'dictionary/types.ts': `import type { A } from '../graph/order.ts';`,
      'dictionary/again.ts': `export { a } from '../graph/order.ts';`,
      'dictionary/all.ts': `export * from '../graph/order.ts';`,
      'dictionary/late.ts': `export const a = () => import('../batch/run.ts');`,
      'dictionary/shape.ts': `export type A = import('../batch/run.ts').A;`,
      'dictionary/effect.ts': `import '../cli/run.ts';`,
      'reconcile/write.ts': `import type { Warehouse } from '../warehouse/port.ts';`,
      'warehouse/postgres/read.ts': `import type { D } from '../../dictionary/dictionary.ts';`,
      'errors/policy.ts': `import type { T } from '../sql/table-name.ts';`,
      'cli/run.ts': `import { main } from '../main.ts';`,
      'index.ts': `import { main } from './main.ts';`,
      'batch/sql.ts': `import text from '../../sql/duckdb/1.json';`,
      'batch/hidden.ts': `const name = './x.ts'; export const x = import(name);`,
    },
  },
  'every folder has a place in the order': {
    rule: folders,
    allows: { 'main.ts': '', 'index.ts': '', 'cli/commands/run.ts': '' },
    refuses: { 'services/run.ts': '', 'start.ts': '' },
  },
  'drivers load late, in their adapter': {
    rule: lazyDrivers,
    allows: {
      'warehouse/postgres/open.ts': `import type { Pool } from 'pg'; export const pg = () => import('pg');`,
      'warehouse/duckdb/open.ts': `export const api = () => import('@duckdb/node-api');`,
      'graph/page.ts': `import { page } from 'pgpage';`,
    },
    refuses: {
      'warehouse/postgres/pool.ts': `import pg from 'pg';`,
      'warehouse/postgres/kept.ts': `import { type Pool } from 'pg';`,
      'warehouse/postgres/cursor.ts': `import Cursor from 'pg-cursor';`,
      'warehouse/postgres/other.ts': `export const api = () => import('@duckdb/node-api');`,
      'warehouse/open.ts': `import type { Pool } from 'pg';`,
      'batch/run.ts': `export const sdk = () => import('snowflake-sdk');`,
    },
  },
  'adapters do not know each other': {
    rule: separateAdapters,
    allows: { 'warehouse/open.ts': `export const open = () => import('./duckdb/open.ts');` },
    refuses: { 'warehouse/duckdb/open.ts': `import { quote } from '../postgres/quote.ts';` },
  },
  'pure folders have no effects': {
    rule: purity,
    allows: {
      'graph/order.ts': `// Date.now is not mentioned\nexport const at = (d: { now: number }) => [d.now, 'console', new Date(0)];`,
      'dictionary/resolve.ts': `import type { Project } from '../project/project.ts'; export const x = { console: 1 };`,
      'dictionary/source.ts': `import { duration } from '../project/duration.ts';`,
      'project/duration.ts': `import { join } from 'node:path'; export const duration = 1;`,
      'project/project.ts': `import { readFileSync } from 'node:fs';`,
      'store/lease.ts': `import { randomUUID } from 'node:crypto'; export const now = () => [Date.now(), randomUUID()];`,
    },
    refuses: {
      'graph/read.ts': `import { readFileSync } from 'node:fs';`,
      'graph/path.ts': `import { join } from 'node:path';`,
      'graph/old.ts': `import { readFileSync } from 'fs';`,
      'detect/hash.ts': `import { createHash } from 'node:crypto';`,
      'project/duration.ts': `export const at = Date.now();`,
      'graph/clock.ts': `export const at = Date.now();`,
      'graph/clock-again.ts': `export const clock = Date.now;`,
      'graph/clock-quoted.ts': `export const at = Date['now']();`,
      'graph/today.ts': `export const at = new Date();`,
      'graph/dice.ts': `export const dice = Math.random();`,
      'graph/say.ts': `console.log('x');`,
      'graph/say-apart.ts': `const { log } = console;`,
      'graph/environment.ts': `export const home = process.env['HOME'];`,
      'graph/wait.ts': `setTimeout(() => undefined, 1);`,
    },
  },
  'only main ends the process': {
    rule: singleExit,
    allows: {
      'main.ts': `process.exitCode = 1; process.exit(2);`,
      'cli/run.ts': `process.stdout.write('x');`,
    },
    refuses: {
      'cli/fail.ts': `process.exit(1);`,
      'cli/status.ts': `process.exitCode = 1;`,
      'cli/leave.ts': `import { exit } from 'node:process'; exit(1);`,
    },
  },
  'names say what is inside': {
    rule: names,
    allows: { 'index.ts': '', 'graph/reindex.ts': '', 'graph/common-table.ts': '' },
    refuses: {
      'graph/index.ts': '',
      'graph/utils.ts': '',
      'helpers/order.ts': '',
      'batch/common/run.ts': '',
      'cli/misc.ts': '',
    },
  },
  'files stay short': {
    rule: sizes,
    allows: { 'graph/order.ts': `export {};${'\n'.repeat(400)}`, 'graph/path.ts': 'let a;\n'.repeat(300) },
    refuses: { 'graph/long.ts': 'let a;\n'.repeat(301) },
  },
  'no cycles': {
    rule: cycles,
    allows: {
      'graph/a.ts': `import './b.ts'; import './c.ts';`,
      'graph/b.ts': `import './c.ts';`,
      'graph/c.ts': `import 'kysely';`,
    },
    refuses: {
      'graph/c.ts': `import type { A } from './a.ts';`,
      'graph/self.ts': `export * from './self.ts';`,
    },
  },
};

const read = (files: Readonly<Record<string, string>>): readonly Source[] =>
  Object.entries(files).map(([path, text]) => readSource(path, text));

describe.for(Object.entries(cases))('%s', ([, { rule, allows, refuses }]) => {
  it('in src', () => {
    expect(sources.length).toBeGreaterThan(0);
    expect(rule(sources)).toEqual([]);
  });

  it('allows what it should', () => {
    expect(rule(read(allows))).toEqual([]);
  });

  it.for(Object.keys(refuses))('refuses %s', (path) => {
    const broken = rule(read({ ...allows, [path]: refuses[path] ?? '' }));
    expect(broken).toHaveLength(1);
    expect(broken[0]).toContain(`src/${path}`);
  });
});

it('a file that is not TypeScript is an error, not a file without imports', () => {
  expect(() => readSource('graph/order.ts', 'import { from')).toThrow('Parse failed');
});

it('imports carry their line', () => {
  const source = readSource(
    'graph/order.ts',
    `// duty\nimport { a } from './a.ts';\n\nexport const b = a;\n`,
  );
  expect(source.imports).toEqual([{ specifier: './a.ts', kind: 'static', line: 2 }]);
  expect(source.lines).toBe(4);
});
