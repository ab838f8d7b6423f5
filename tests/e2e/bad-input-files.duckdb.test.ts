// A project or a dictionary with mistakes, through the program: all of them at once, each with its place, exit 2,
// and not a byte of the database changed.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { start, startRun } from '../support/program.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { fragile } from './bad-input-project.ts';

interface Mistake {
  readonly name: string;
  /** Rewrites a file: the text in it, and what it becomes. */
  readonly file: string;
  readonly replace: readonly (readonly [text: string, by: string])[];
  readonly code: string;
  readonly problems: readonly {
    readonly code: string;
    /** Or a part of it. */
    readonly message: string;
    readonly hint?: string;
    readonly line?: number;
    readonly column?: number;
  }[];
}

const mistakes: readonly Mistake[] = [
  {
    name: 'a project file that is no YAML',
    file: 'tidemark.yml',
    replace: [['mappings: mappings\n', 'mappings: mappings\nlimits: { deletes: [\n']],
    code: 'project_invalid',
    problems: [
      { code: 'yaml_syntax', message: 'must be sufficiently indented and end with a ]', line: 7, column: 1 },
    ],
  },
  {
    name: 'keys that nobody knows',
    file: 'tidemark.yml',
    replace: [['mappings: mappings\n', 'mappings: mappings\nlimts: { deletes: 20% }\nschema: x\n']],
    code: 'project_invalid',
    problems: [
      {
        code: 'unknown_key',
        message: 'unknown key `limts` in the project file',
        hint: 'did you mean `limits`?',
        line: 6,
        column: 1,
      },
      {
        code: 'unknown_key',
        message: 'unknown key `schema` in the project file',
        hint: 'did you mean `schemas`?',
        line: 7,
        column: 1,
      },
    ],
  },
  {
    name: 'a variable that is not set',
    file: 'tidemark.yml',
    replace: [['name: workshop', 'name: ${NO_SUCH_VARIABLE}']],
    code: 'project_invalid',
    problems: [
      {
        code: 'missing_variable',
        message: 'environment variable `NO_SUCH_VARIABLE` is not set',
        line: 2,
        column: 7,
      },
    ],
  },
  {
    name: 'a folder of mappings that is not there',
    file: 'tidemark.yml',
    replace: [['mappings: mappings', 'mappings: maps']],
    code: 'project_invalid',
    problems: [{ code: 'no_sources', message: 'the mappings folder `maps` does not exist' }],
  },
  {
    name: 'a table that is not there',
    file: 'mappings/sources.yml',
    replace: [['rates: {', 'rates: { table: staging.ratse,']],
    code: 'dictionary_invalid',
    problems: [
      {
        code: 'unknown_table',
        message: 'table `staging.ratse` does not exist',
        hint: 'did you mean `staging.rates`?',
        line: 5,
        column: 19,
      },
    ],
  },
  {
    name: 'columns that are not there',
    file: 'mappings/customer_rate.yml',
    replace: [
      ['rates.words', 'rates.wrods'],
      ['label: customers.name', 'label: customers.nam'],
    ],
    code: 'dictionary_invalid',
    problems: [
      {
        code: 'unknown_column',
        message: 'column `wrods` is mapped but missing from `staging.rates`',
        hint: 'did you mean `words`?',
        line: 9,
        column: 21,
      },
      {
        code: 'unknown_column',
        message: 'column `nam` is mapped but missing from `staging.customers`',
        hint: 'did you mean `name`?',
        line: 10,
        column: 20,
      },
    ],
  },
];

describe('mistakes in the files of a project', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await createSandbox('duckdb', fragile);
  });
  afterEach(() => sandbox.remove());

  const rewrite = (file: string, replace: Mistake['replace']): void => {
    const path = join(sandbox.folder, file);
    const before = readFileSync(path, 'utf8');
    const after = replace.reduce((text, [from, to]) => text.replace(from, () => to), before);
    expect(after).not.toBe(before);
    writeFileSync(path, after);
  };

  const bytes = (): string => createHash('sha256').update(readFileSync(sandbox.place)).digest('hex');

  it.each(mistakes)('$name', async ({ file, replace, code, problems }) => {
    rewrite(file, replace);
    const before = bytes();
    const { exit, stdout, stderr } = await startRun(sandbox.folder).ended;
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'tidemark/error/1',
      code,
      retryable: false,
      problems: problems.map(({ message, line, column, hint, ...rest }) => ({
        ...rest,
        message: expect.stringContaining(message),
        ...(hint === undefined ? {} : { hint }),
        ...(line === undefined ? {} : { at: { file, line, column } }),
      })),
    });
    expect(bytes()).toBe(before);
  });

  it('are shown with their line and a caret', async () => {
    rewrite('mappings/customer_rate.yml', [['rates.words', 'rates.wrods']]);
    const { exit, stdout, stderr } = await start(['run', '--project', sandbox.folder]).ended;
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toBe(`error: column \`wrods\` is mapped but missing from \`staging.rates\`
  mappings/customer_rate.yml:9:21
  9 |   level: cast(rates.wrods as integer)
    |                     ^^^^^
hint: did you mean \`words\`?
`);
  });

  it('a database file that is not there: exit 1, and none is made', async () => {
    rewrite('tidemark.yml', [['workshop.duckdb', 'elsewhere.duckdb']]);
    const { exit, stdout } = await startRun(sandbox.folder).ended;
    expect({ exit, ...JSON.parse(stdout) }).toMatchObject({
      exit: 1,
      code: 'database_missing',
      message: expect.stringMatching(/^there is no DuckDB file .*elsewhere\.duckdb$/),
      retryable: false,
    });
    expect(() => readFileSync(sandbox.place.replace('workshop', 'elsewhere'))).toThrow('ENOENT');
  });
});
