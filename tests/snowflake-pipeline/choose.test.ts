// What Snowflake is not asked to do is named with the reason, and nothing else is left out.
import { describe, expect, it } from 'vitest';
import { scriptsOf } from '../../src/snowflake-pipeline/files.ts';
import { tableOf } from '../dictionary/shop.ts';
import { pipelineOf } from './pipelines.ts';

const tables = [
  tableOf('STAGING.A', ['ID NUMBER(38,0)', 'B_ID NUMBER(38,0)', 'NAME VARCHAR', 'AT TIMESTAMP_NTZ(9)']),
  tableOf('STAGING.B', ['ID NUMBER(38,0)', 'NAME VARCHAR', 'PLACE GEOGRAPHY']),
  tableOf('MARTS.HELD', ['ID NUMBER(38,0)', 'N NUMBER(38,0)']),
];
const sources = 'sources:\n  A: { key: ID, updated_at: AT }\n  B: { key: ID, exclude: [PLACE] }\n';
const fact = 'target: F\nkey: ID\nfrom: A\ncolumns: { ID: A.ID, NAME: A.NAME }\n';
const history = (more: string, key = 'A.ID'): string =>
  `target: H\nkey: ID\nfrom: A\ncolumns: { ID: ${key}, NAME: A.NAME }\nhistory: { track: [NAME], valid_from: F, valid_to: T, is_current: C${more} }\n`;

const leftOut = async (
  files: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> => {
  const pipeline = await pipelineOf({ 'sources.yml': sources, 'f.yml': fact, ...files }, tables);
  return Object.fromEntries(pipeline.leftOut.map(({ name, reason }) => [name, reason]));
};

describe('what is left out of a pipeline', () => {
  it('is nothing, where everything can be done', async () => {
    expect(await leftOut({ 'h.yml': history('') })).toEqual({});
  });

  it.each([
    [
      'a history with look-ups',
      { 'h.yml': history('').replace('columns: {', 'join: { B: A.B_ID = B.ID }\ncolumns: { B: B.NAME,') },
      'H',
      'look-ups',
    ],
    ['a history that refuses', { 'h.yml': history(', backwards: refuse') }, 'H', 'backwards'],
    [
      'a snapshot of dbt',
      {
        'h.yml':
          'target: H\nkey: ID\nfrom: A\ncolumns: { ID: A.ID, NAME: A.NAME }\nhistory: { preset: dbt_snapshot, track: [NAME] }\n',
      },
      'H',
      'dbt_snapshot',
    ],
    [
      'a type that nobody knows',
      { 'g.yml': 'target: G\nkey: ID\nfrom: A\ncolumns: { ID: A.ID, NAME: upper(A.NAME) }\n' },
      'G',
      'the type of `NAME` is not known',
    ],
    [
      'a check',
      { 'f.yml': `${fact}checks: { named: select * from F where NAME is null }\n` },
      'F.checks.named',
      'after the commit',
    ],
    ['limits', { 'f.yml': `${fact}limits: { touched: 10% }\n` }, 'F.limits', 'no guard'],
    [
      'a load that is not complete',
      { 'sources.yml': sources.replace('key: ID, up', 'key: ID, ready: select true, up') },
      'A.ready',
      'complete or not',
    ],
    [
      'a key that may be NULL',
      {
        'sources.yml': sources.replace('key: ID, ex', 'key: { column: ID, nullable: true }, ex'),
        'g.yml': 'target: G\nkey: ID\nfrom: B\ncolumns: { ID: B.ID }\n',
      },
      'B',
      'may be NULL',
    ],
    [
      'what reads it',
      {
        'sources.yml': sources.replace('key: ID, ex', 'key: { column: ID, nullable: true }, ex'),
        'g.yml': 'target: G\nkey: ID\nfrom: B\ncolumns: { ID: B.ID }\n',
      },
      'G',
      'reads `B`',
    ],
    [
      'a name that differs by case alone',
      { 'g.yml': fact.replace('target: F', 'target: f') },
      'f',
      'by case alone',
    ],
    [
      'the end of a procedure’s text',
      {
        'g.yml': fact
          .replace('target: F', 'target: G')
          .replace('NAME: A.NAME', () => `NAME: A.NAME, X: "coalesce(A.NAME, '$$')"`),
      },
      'G',
      '`$$`',
    ],
    [
      'the same in a look-up',
      {
        'g.yml': `target: G\nkey: ID\nfrom: A\njoin: { B: "A.B_ID = B.ID and B.NAME <> '$$'" }\ncolumns: { ID: A.ID, NAME: B.NAME }\n`,
      },
      'G',
      '`$$`',
    ],
    [
      'the same in what a deleted row is set to',
      { 'g.yml': `${fact.replace('target: F', 'target: G')}on_delete: { set: { NAME: "$$" } }\n` },
      'G',
      '`$$`',
    ],
    [
      'the same in the filter of a source',
      {
        'more.yml': `sources:\n  C: { table: STAGING.B, key: ID, exclude: [PLACE], where: "C.NAME <> '$$'" }\n`,
        'g.yml': 'target: G\nkey: ID\nfrom: C\ncolumns: { ID: C.ID, NAME: C.NAME }\n',
      },
      'C',
      '`$$`',
    ],
    [
      'the same in what says that a row is deleted',
      {
        'more.yml': `sources:\n  C: { table: STAGING.B, key: ID, exclude: [PLACE], deleted: "C.NAME = '$$'" }\n`,
        'g.yml': 'target: G\nkey: ID\nfrom: C\ncolumns: { ID: C.ID, NAME: C.NAME }\n',
      },
      'C',
      '`$$`',
    ],
  ] as const)('%s', async (_what, files, name, reason) => {
    const found = await leftOut(files);
    expect(Object.keys(found)).toContain(name);
    expect(found[name]).toContain(reason);
  });

  it('is rendered the same once its tables are there, but for the rights on them', async () => {
    const files = { 'sources.yml': sources, 'f.yml': fact, 'h.yml': history(', surrogate_key: K') };
    const before = await pipelineOf(files, tables);
    const made = before.targets.map(({ target }) => {
      const { form, table } = target;
      const own = form.kind === 'history' ? form.history.columns : [];
      const columns = [...target.columns, ...own].map(
        ({ name, type }) => `${name} ${type === 'VARCHAR' ? 'VARCHAR(16777216)' : type}`,
      );
      return tableOf(`${table.schema}.${table.name}`, columns);
    });
    const after = await pipelineOf(files, [...tables, ...made]);
    const texts = (pipeline: typeof before): readonly string[] =>
      scriptsOf(pipeline)
        .filter(({ file }) => file !== '00_role.sql')
        .flatMap(({ statements }) => statements.map(({ sql }) => sql));
    expect(texts(after)).toEqual(texts(before));
  });

  it('stands in the first script', async () => {
    const pipeline = await pipelineOf(
      { 'sources.yml': sources, 'f.yml': fact, 'h.yml': history(', backwards: refuse') },
      tables,
    );
    const [, first] = scriptsOf(pipeline);
    expect(first?.about.join('\n')).toContain('H: `backwards: refuse`');
  });
});
