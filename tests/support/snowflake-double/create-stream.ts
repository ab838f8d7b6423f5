// CREATE STREAM … ON TABLE: with nothing shown yet, or everything that the table holds.
import { notModelled } from './failure.ts';
import { innerObject, quotedInner, type ObjectName } from './names.ts';
import type { Statement } from './statement.ts';
import { isSign, isWord } from './tokens.ts';

let made = 0;

const isTrue = (statement: Statement, name: string): boolean => {
  const at = statement.tokens.findIndex((token) => isWord(token, name));
  return at !== -1 && isSign(statement.tokens[at + 1], '=') && isWord(statement.tokens[at + 2], 'true');
};

export const streamOn = async (statement: Statement, object: ObjectName, from: number): Promise<void> => {
  const { world } = statement;
  if (!statement.has(from, 'on', 'table')) throw notModelled('a stream on something else than a table');
  const { parts } = statement.nameAt(from + 2);
  const on = statement.object(parts);
  const table = world.catalog.need(on);
  made += 1;
  const home = `${quotedInner(on.database)}.${quotedInner('sf streams')}`;
  await statement.run(`create schema if not exists ${home}`);
  const copy = `${home}.${quotedInner(`copy ${made}`)}`;
  const limit = isTrue(statement, 'show_initial_rows') ? ' limit 0' : '';
  await statement.run(`create table ${copy} as select * from ${innerObject(on)}${limit}`);
  world.streams.set(innerObject(object), {
    on,
    created: table.created,
    appendOnly: isTrue(statement, 'append_only'),
    columns: table.columns.map(({ name }) => name),
    copy,
  });
};
