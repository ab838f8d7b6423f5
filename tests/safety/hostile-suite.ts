// Names and values that try to be SQL, everywhere that a user can write one: they stay names and values. The victim is a
// table that each of them tries to drop.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/batch/run.ts';
import { verify } from '../../src/batch/verify.ts';
import { readProject } from '../../src/project/read-project.ts';
import type { Row } from '../../src/warehouse/port.ts';
import { call } from '../batch/command.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { literal, names, quoted, share, values, withoutVariables, yaml } from './hostile-words.ts';

let sandbox: Sandbox;

const victims = (): Promise<readonly Row[]> => sandbox.sql('select id from staging.victim');
const all = [{ id: 1 }];

const isEqual = async (): Promise<void> => {
  expect((await verify({ project: sandbox.project() })).report.status).toBe('equal');
};

const keyOf = (name: string): string => `${name.slice(0, 58)}#k`;

const statements = (name: string): readonly string[] => {
  const [q, key] = [quoted(name), quoted(keyOf(name))];
  return [
    `create schema ${q}`,
    `create table ${q}.${q} (${key} varchar(30000), ${q} varchar(30000), updated_at timestamp)`,
    `insert into ${q}.${q} values ('k', 'before', timestamp '2020-01-01'), (${literal(name)}, 'x', timestamp '2020-01-01')`,
    `create table marts.${q} (${key} varchar(30000), ${q} varchar(30000))`,
  ];
};

const source = (name: string, place: number): string => {
  const table = `${quoted(name)}.${quoted(name)}`;
  const mirror = yaml(`${name.slice(0, 60)}#m`);
  return `  src${place}: { table: ${yaml(table)}, key: ${yaml(keyOf(name))}, updated_at: updated_at, mirror: ${mirror} }\n`;
};

const target = (name: string, place: number): string => `target: ${yaml(`marts.${quoted(name)}`)}
key: ${yaml(keyOf(name))}
from: src${place}
columns:
  ${yaml(keyOf(name))}: ${yaml(`src${place}.${quoted(keyOf(name))}`)}
  ${yaml(name)}: ${yaml(`src${place}.${quoted(name)}`)}
`;

/** For each name a source and its fact whose every name it is: schema, table, columns, target, mirror. */
const mapped = async (...words: readonly string[]): Promise<void> => {
  await sandbox.sql(...words.flatMap(statements));
  sandbox.map('sources.yml', `sources:\n${words.map(source).join('')}`);
  for (const [place, name] of words.entries()) sandbox.map(`target${place}.yml`, target(name, place));
};

const callsWith = (word: string): readonly (readonly string[])[] => [
  ['history', '-s', 'plain', '--key', `plain#k=${word}`],
  ['why', 'plain', `plain#k=${word}`],
  ['why', 'plain', '--where', `plain = ${literal(word)}`],
  ['pause', 'plain', '--reason', word],
  ['resume', 'plain'],
  ['run', '--meta', `ticket=${word}`, '--owner', word],
  ['run', '--adopt', word],
  ['run', '--allow', `${word}:deletes`],
  ['reconcile', '-s', 'plain', '--column', word],
  ['impact', word],
  ['pause', word, '--reason', 'x'],
  ['verify', '-s', word],
  ['show', word],
  ['history', '--since', word],
];

/** A project elsewhere on the same database, whose own names are these. */
const projectNamed = (name: string, place: number): string => {
  const folder = join(sandbox.folder, `named${place}`);
  mkdirSync(folder);
  const warehouse =
    sandbox.engine === 'duckdb'
      ? { type: 'duckdb', path: sandbox.place }
      : { type: 'postgres', url: sandbox.place };
  const schema = (prefix: string): string => yaml(withoutVariables(quoted(`${prefix}${name}${place}`)));
  writeFileSync(
    join(folder, 'tidemark.yml'),
    `version: 1
name: ${yaml(withoutVariables(name))}
environments: { ${yaml(name)}: { warehouse: ${JSON.stringify(warehouse)} } }
schemas: { state: ${schema('s')}, mirrors: ${schema('m')} }
mappings: ../mappings
`,
  );
  return folder;
};

const namesAsNames = async (): Promise<void> => {
  await mapped(...names);
  const first = await sandbox.run();
  expect([first.exit, first.report.behind]).toEqual([0, []]);
  await sandbox.sql(
    ...names.flatMap((name) => {
      const [q, key] = [quoted(name), quoted(keyOf(name))];
      return [
        `update ${q}.${q} set ${q} = ${literal(name)}, updated_at = timestamp '2020-02-01' where ${key} = 'k'`,
        `delete from ${q}.${q} where ${key} = ${literal(name)}`,
      ];
    }),
  );
  const word = names[0];
  const second = await sandbox.run({ meta: { [word]: word }, owner: word });
  expect([second.exit, second.report.behind]).toEqual([0, []]);
  expect(second.report.targets.map((each) => [each.name, each.cells, each.deleted])).toEqual(
    expect.arrayContaining(names.map((name) => [expect.stringContaining(name) as string, 1, 1])),
  );
  await isEqual();
  const back = await run({ project: sandbox.project(), undo: { batch: 2 }, waitMs: 20_000 });
  expect(back.exit).toBe(0);
  for (const name of names)
    expect([
      name,
      await sandbox.sql(`select ${quoted(name)} as v from marts.${quoted(name)} order by 1`),
    ]).toEqual([name, [{ v: 'before' }, { v: 'x' }]]);
  expect(await victims()).toEqual(all);
};

const valuesAsValues = async (): Promise<void> => {
  await sandbox.sql(
    'create table staging.notes (id varchar(30000), note varchar(30000), updated_at timestamp)',
    ...values.map(
      (value, place) =>
        `insert into staging.notes values (${literal(`${place}${value}`)}, ${literal(value)}, timestamp '2020-01-01')`,
    ),
  );
  sandbox.map('sources.yml', 'sources:\n  notes: { key: id, updated_at: updated_at }\n');
  sandbox.map(
    'target.yml',
    'target: dim_note\nkey: id\nfrom: notes\ncolumns: { id: notes.id, note: notes.note }\n',
  );
  await sandbox.run();
  await sandbox.sql(`update staging.notes set note = note || id, updated_at = timestamp '2020-02-01'`);
  const second = await sandbox.run({ allow: ['notes:touched', 'dim_note:touched'] });
  expect(second.report.targets).toMatchObject([{ name: 'dim_note', updated: values.length }]);
  for (const [place, value] of values.entries()) {
    if (value.length > 300) continue;
    const { exit, stdout } = await call(sandbox, ['why', 'dim_note', `id=${place}${value}`]);
    expect([place, exit]).toEqual([place, 0]);
    // Nothing of the data reaches the terminal as a command to it.
    expect([place, /[\p{Cc}\u202E]/u.test(stdout.replaceAll(/[\n\t]/g, ''))]).toEqual([place, false]);
  }
  await isEqual();
  const back = await run({ project: sandbox.project(), undo: { batch: 2 }, waitMs: 20_000 });
  expect(back.exit).toBe(0);
  const rows = await sandbox.sql('select note from marts.dim_note');
  expect(new Set(rows.map(({ note }) => note))).toEqual(new Set(values));
};

export const hostileWords = (engine: Engine): void => {
  beforeEach(async () => {
    sandbox = await createSandbox(engine, {
      tables: [
        'create schema staging',
        'create schema marts',
        'create table staging.victim (id int)',
        'insert into staging.victim values (1)',
      ],
      mappings: {},
    });
  });
  afterEach(() => sandbox.remove());

  describe('words that try to be SQL', () => {
    it('stay names, as schemas, tables, columns, keys, targets and mirrors', async () => {
      await namesAsNames();
      expect(await victims()).toEqual(all);
    });

    it('stay values, as keys and cells, and reach no terminal as a command', async () => {
      await valuesAsValues();
      expect(await victims()).toEqual(all);
    });

    it('are values and names on the command line, whatever they try', async () => {
      await mapped('plain');
      await sandbox.run();
      const wrong: unknown[] = [];
      for (const [place] of callsWith('').entries())
        for (const word of share(names, place, 6)) {
          const argv = callsWith(word)[place] ?? [];
          const { exit, stderr } = await call(sandbox, argv);
          if (exit !== 0 && exit !== 2) wrong.push([argv, exit, stderr]);
        }
      expect(wrong).toEqual([]);
      expect(await victims()).toEqual(all);
      await isEqual();
    });

    it('are names of projects, environments, and schemas of ours', async () => {
      await mapped('plain');
      const short = names.filter((name) => name.length < 50);
      for (const [place, name] of share(short, engine === 'duckdb' ? 0 : 1, 3).entries()) {
        const project = readProject({
          directory: projectNamed(name, place),
          environment: name,
          variables: {},
        });
        const { exit, report } = await run({ project, waitMs: 20_000 });
        expect([name, exit, report.behind]).toEqual([name, 0, []]);
      }
      expect(await victims()).toEqual(all);
    });
  });
};
