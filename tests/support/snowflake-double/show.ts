// SHOW: what there is of each kind, in the columns of which ours are read.
import { notModelled } from './failure.ts';
import { quotedInner } from './names.ts';
import type { ObjectKind } from './registry.ts';
import type { Statement } from './statement.ts';
import { wireColumn, type WireResult } from './values.ts';

const shownWords: Readonly<Record<string, ObjectKind | 'table' | 'schema'>> = {
  streams: 'stream',
  tasks: 'task',
  procedures: 'procedure',
  alerts: 'alert',
  tables: 'table',
  schemas: 'schema',
};

interface Shown {
  readonly name: string;
  readonly schema: string;
  readonly state: string;
  readonly refreshMode: string;
}

const listed = (statement: Statement, kind: ObjectKind | 'table' | 'schema'): readonly Shown[] => {
  const { world, session } = statement;
  const plain = { state: '', refreshMode: '' };
  if (kind === 'schema')
    return [...world.catalog.schemas(session.database ?? '')].map((name) => ({ name, schema: '', ...plain }));
  if (kind === 'table')
    return world.catalog
      .tables(session.database ?? '')
      .filter((each) => each.kind === 'BASE TABLE')
      .map(({ object }) => ({ name: object.name, schema: object.schema, ...plain }));
  return world.objects.of(kind).map(({ object, state, refreshMode = '' }) => ({
    name: object.name,
    schema: object.schema,
    state,
    refreshMode,
  }));
};

/** SHOW … [LIKE '…'] [IN SCHEMA …]; what it answers can be read again by RESULT_SCAN. */
export const show = async (statement: Statement): Promise<WireResult> => {
  const isDynamic = statement.has(1, 'dynamic', 'tables');
  const kind = isDynamic ? 'dynamic table' : shownWords[statement.word(1)];
  if (kind === undefined) throw notModelled(`SHOW ${statement.word(1).toUpperCase()}`);
  let at = isDynamic ? 3 : 2;
  let pattern: string | undefined;
  if (statement.has(at, 'like')) {
    pattern = statement.tokens[at + 1]?.text.replaceAll(/\\([%_])/g, '$1');
    at += 2;
  }
  const within = statement.has(at, 'in', 'schema') ? statement.schemaAt(at + 2).schema : undefined;
  if (within !== undefined) statement.world.catalog.needSchema(statement.session.database ?? '', within);
  const rows = listed(statement, kind).filter(
    ({ name, schema }) =>
      (within === undefined || schema === within) &&
      (pattern === undefined || name.toLowerCase() === pattern.toLowerCase()),
  );
  const names = ['name', 'schema_name', 'state', 'refresh_mode'];
  const values = rows.map(({ name, schema, state, refreshMode }) => [name, schema, state, refreshMode]);
  const texts = values.map((row) => `(${row.map((each) => `'${each.replaceAll("'", "''")}'`).join(', ')})`);
  await statement.run(
    `create or replace temp table sf_last_result as select * from (values ${texts.length === 0 ? "('', '', '', '')" : texts.join(', ')}) as t(${names.map(quotedInner).join(', ')}) where ${texts.length > 0}`,
  );
  return { columns: names.map((name) => wireColumn(name, 'VARCHAR(16777216)')), rows: values };
};
