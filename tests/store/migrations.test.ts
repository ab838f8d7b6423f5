// Our own tables are the same on every engine: the same migrations, tables and columns.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = (engine: string): URL => new URL(`../../sql/${engine}/`, import.meta.url);

const migrations = (engine: string): readonly string[] =>
  readdirSync(folder(engine))
    .filter((name) => name.endsWith('.sql'))
    .toSorted();

const plain = (text: string): string => text.replaceAll(/^\s*--.*$/gm, '').replaceAll('"', '');

/** `table.column` of everything that is made. */
const columns = (engine: string): readonly string[] =>
  migrations(engine).flatMap((name) => {
    const text = plain(readFileSync(new URL(name, folder(engine)), 'utf8'));
    const made = [
      ...text.matchAll(/create table (?:if not exists )?\{state\}\.(\w+) \(([\s\S]*?)\n\);/g),
    ].flatMap(([, table = '', body = '']) =>
      [...body.matchAll(/^ {2}(\w+) /gm)].map(([, column = '']) => `${table}.${column}`),
    );
    const added = [...text.matchAll(/alter table \{state\}\.(\w+) add column (?:if not exists )?(\w+)/g)].map(
      ([, table = '', column = '']) => `${table}.${column}`,
    );
    return [...made, ...added].filter((each) => !each.endsWith('.primary'));
  });

describe.each(['duckdb', 'snowflake'])('our tables on %s', (engine) => {
  it('come by the same migrations as on Postgres', () => {
    expect(migrations(engine)).toEqual(migrations('postgres'));
  });

  it('have the same columns', () => {
    expect(columns('postgres').length).toBeGreaterThan(100);
    expect(columns(engine)).toEqual(columns('postgres'));
  });
});

describe('migrations on Snowflake', () => {
  it('may run again: each statement stands in a transaction of its own', () => {
    for (const name of migrations('snowflake')) {
      const statements = plain(readFileSync(new URL(name, folder('snowflake')), 'utf8'))
        .split(/;\s*$/m)
        .map((statement) => statement.trim())
        .filter((statement) => statement !== '');
      for (const statement of statements)
        expect(statement).toMatch(/^(create table if not exists|alter table .* if not exists|merge into)/);
    }
  });
});
