// What the grammar of sqlfluff lets pass and Snowflake does not, or does otherwise than one would think: rules over every golden
// statement of Snowflake, each with a statement that breaks it.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { statementsOf } from '../../src/batch/pipeline/script-text.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

interface Rule {
  readonly name: string;
  readonly breaks: (sql: string) => boolean;
  readonly example: string;
}

/** Without texts and comments, which may say anything. */
const bare = (sql: string): string =>
  sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|''|\\[\s\S])*'/g, (found) =>
    found.startsWith("'") ? "''" : '',
  );

/** What SET assigns to: the names before `=` at the outermost level, up to the end of the list. */
const assigned = (sql: string): readonly string[] =>
  [
    ...sql.matchAll(/(?:^|\s)update(?:\s[\s\S]*?)?\sset\s([\s\S]*?)(?=\swhen\s|\swhere\s|\sfrom\s|$)/gi),
  ].flatMap(([, list = '']) => {
    const parts: string[] = [''];
    let depth = 0;
    for (const character of list) {
      if (character === '(') depth += 1;
      if (character === ')') depth -= 1;
      if (character === ',' && depth === 0) parts.push('');
      else parts[parts.length - 1] += character;
    }
    return parts.map((part) => part.split('=')[0]?.trim() ?? '');
  });

const rules: readonly Rule[] = [
  {
    name: 'SET assigns to bare columns',
    breaks: (sql) =>
      /^\s*(update|merge)\s/i.test(sql) && assigned(sql).some((name) => !/^("(?:[^"]|"")*"|\w+)$/.test(name)),
    example: 'merge into "t" as t using "s" as s on t."a" = s."a" when matched then update set t."b" = s."b"',
  },
  {
    name: 'a bound value is cast by CAST, not by ::',
    breaks: (sql) => /\?\s*::/.test(sql),
    example: 'select ?::number',
  },
  {
    name: 'VALUES hold no semi-structured expressions',
    breaks: (sql) =>
      /\bvalues\s*\([^;]*\b(parse_json|object_construct|to_variant|array_construct)\b/i.test(sql),
    example: `insert into "t" values (parse_json('{}'))`,
  },
  {
    name: 'MERGE ends with the branch that has no condition',
    breaks: (sql) => /when\s+matched\s+then[\s\S]*when\s+matched\s+and/i.test(sql),
    example: 'merge into "t" using "s" on true when matched then delete when matched and true then delete',
  },
  {
    name: 'no FILTER, no ->>, no DISTINCT ON',
    breaks: (sql) => /\bfilter\s*\(\s*where\b|->>|\bdistinct\s+on\b/i.test(sql),
    example: 'select count(*) filter (where true)',
  },
  {
    name: 'one parameter for each ALTER SESSION',
    breaks: (sql) => /^\s*alter\s+session\s+set\s+\w+\s*=\s*\S+[\s,]+\w+\s*=/i.test(sql),
    example: 'alter session set a = 1 b = 2',
  },
  {
    name: 'a stream or a table that keeps something is never replaced by a script that is run again',
    breaks: (sql) => /\bcreate\s+or\s+replace\s+(stream|table)\b/i.test(sql),
    example: 'create or replace stream s on table t',
  },
  {
    name: 'a task graph is started by nothing that is not suspended before it is changed',
    breaks: (sql) => /\bcreate\s+or\s+replace\s+task\b[\s\S]*\bafter\b[\s\S]*\bschedule\b/i.test(sql),
    example: `create or replace task t after r schedule = '1 minute' as select 1`,
  },
  {
    name: 'aliases of ours are bare or quoted, never both',
    breaks: (sql) =>
      [...sql.matchAll(/\bas ([a-z])\b(?!\s*\()/g)].some(([, alias]) => sql.includes(`"${alias ?? ''}".`)),
    example: 'select "r"."A" from "t" as r',
  },
];

const golden = readdirSync(folder)
  .filter((name) => name.startsWith('snowflake-') && name.endsWith('.sql'))
  .map((name) => ({ name, statements: statementsOf(readFileSync(`${folder}${name}`, 'utf8')) }));

describe('golden statements of Snowflake', () => {
  it.each(rules)('$name', ({ breaks, example }) => {
    expect(breaks(bare(example))).toBe(true);
    const found = golden.flatMap(({ name, statements }) =>
      statements.filter(({ sql }) => breaks(bare(sql))).map(({ line }) => `${name}:${line}`),
    );
    expect(found).toEqual([]);
  });

  it('are there', () => {
    expect(golden.length).toBeGreaterThan(5);
  });
});
