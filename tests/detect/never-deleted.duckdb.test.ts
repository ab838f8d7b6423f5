// `deletes: never`: rows that staging lacks stay, rows that staging marks as deleted go.
import { expect, it } from 'vitest';
import { createSandbox } from '../support/sandbox.ts';

const left = async (source: string) => {
  const sandbox = await createSandbox('duckdb', {
    tables: [
      'create schema staging',
      'create table staging.people (id integer, active boolean, removed boolean, updated_at timestamp)',
      `insert into staging.people values (1, true, false, timestamp '2020-01-01'), (2, true, false, timestamp '2020-01-01'),
        (3, true, false, timestamp '2020-01-01'), (4, true, false, timestamp '2020-01-01')`,
    ],
    mappings: {
      'sources.yml': `sources: { people: { key: id, deletes: never, ${source} } }`,
      'person.yml': 'target: person\nkey: id\nfrom: people\ncolumns: { id: people.id }\n',
    },
  });
  try {
    await sandbox.run();
    await sandbox.sql(
      'delete from staging.people where id = 1',
      `update staging.people set removed = true, updated_at = timestamp '2020-01-02' where id = 2`,
      `update staging.people set active = false, updated_at = timestamp '2020-01-02' where id = 3`,
    );
    await sandbox.run();
    return (await sandbox.sql('select id from marts.person order by id')).map(({ id }) => id);
  } finally {
    await sandbox.remove();
  }
};

it.each(['deleted: removed, where: active', 'deleted: removed, where: active, updated_at: updated_at'])(
  'keeps only what is gone without a word: %s',
  async (source) => {
    expect(await left(source)).toEqual([1, 4]);
  },
);
