// CREATE, DROP, ALTER: each commits the open transaction first, and is a transaction of its own.
import { compilation, missingObject, notModelled, SnowflakeFailure } from './failure.ts';
import type { CatalogColumn, CatalogTable } from './catalog.ts';
import { innerObject, quotedInner, shownObject, storedName, type ObjectName } from './names.ts';
import { createObject, dropObject, kindAt } from './pipeline-objects.ts';
import { queryColumns } from './query-columns.ts';
import type { Statement } from './statement.ts';
import { closing, isSign, isWord, splitAt, type Token } from './tokens.ts';
import { typeAt } from './types.ts';
import { status, type WireResult } from './values.ts';

interface DefinedColumn extends CatalogColumn {
  readonly inner: string;
}

/** `"n" number(38,0) not null default 0`; keys are noted by the server and enforced by nobody. */
const columnOf = (statement: Statement, tokens: readonly Token[]): DefinedColumn | undefined => {
  const [first] = tokens;
  if (first === undefined) throw compilation('syntax error in the list of columns.');
  if (isWord(first, 'primary', 'unique', 'foreign', 'constraint')) return undefined;
  const { type, end } = typeAt(tokens, 1);
  const name = storedName(first);
  let nullable = true;
  let given: string | undefined;
  let limits = '';
  for (let at = end; at < tokens.length; at += 1) {
    if (isWord(tokens[at], 'not') && isWord(tokens[at + 1], 'null')) {
      nullable = false;
      at += 1;
    } else if (isWord(tokens[at], 'null')) nullable = true;
    else if (isWord(tokens[at], 'primary') && isWord(tokens[at + 1], 'key')) {
      nullable = false;
      at += 1;
    } else if (isWord(tokens[at], 'unique')) continue;
    else if (isWord(tokens[at], 'default')) {
      const rest = tokens.slice(at + 1);
      const border = rest.findIndex(
        (token, place) => isWord(token, 'not') && isWord(rest[place + 1], 'null'),
      );
      const value = border < 0 ? rest : rest.slice(0, border);
      given = statement.sql(value);
      at += value.length;
    } else throw notModelled(`${tokens[at]?.text ?? ''} in the definition of a column`);
  }
  if (type.longest !== undefined) limits = ` check (length(${quotedInner(name)}) <= ${type.longest})`;
  const inner = `${quotedInner(name)} ${type.inner}${limits}${nullable ? '' : ' not null'}${given === undefined ? '' : ` default ${given}`}`;
  return {
    name,
    declared: type.declared,
    nullable,
    inner,
    ...(given === undefined ? {} : { default: given }),
  };
};

const taken = (object: ObjectName): SnowflakeFailure =>
  new SnowflakeFailure(
    '002002',
    '42710',
    `SQL compilation error:\nObject '${shownObject(object)}' already exists.`,
  );

interface Creating {
  readonly replace: boolean;
  readonly transient: boolean;
  readonly kind: string;
  readonly at: number;
}

const head = (statement: Statement): Creating => {
  let at = 1;
  const replace = statement.has(at, 'or', 'replace');
  if (replace) at += 2;
  const transient = statement.has(at, 'transient');
  if (transient) at += 1;
  return { replace, transient, kind: statement.word(at), at: at + 1 };
};

const createTable = async (statement: Statement, creating: Creating): Promise<WireResult> => {
  let { at } = creating;
  const absent = statement.has(at, 'if', 'not', 'exists');
  if (absent) at += 3;
  const { parts, end: afterName } = statement.nameAt(at);
  // Nobody is granted anything here.
  const end = statement.has(afterName, 'copy', 'grants') ? afterName + 2 : afterName;
  const object = statement.object(parts);
  const { catalog } = statement.world;
  catalog.needSchema(object.database, object.schema);
  const inner = innerObject(object);
  if (catalog.find(object) !== undefined && !creating.replace) {
    if (absent) return status(`${object.name} already exists, statement succeeded.`);
    throw taken(object);
  }
  const replacing = creating.replace ? 'or replace ' : '';
  const common = { object, transient: creating.transient, created: new Date().toISOString() } as const;
  if (isWord(statement.tokens[end], 'as')) {
    statement.needWarehouse();
    const query = statement.sql(statement.tokens.slice(end + 1));
    await statement.run(`create ${replacing}table ${inner} as ${query}`);
    catalog.put({ ...common, kind: 'BASE TABLE', columns: await queryColumns(statement, inner) });
    return status(`Table ${object.name} successfully created.`);
  }
  const open = end;
  if (!isSign(statement.tokens[open], '(')) throw compilation('syntax error: no list of columns.');
  const close = closing(statement.tokens, open);
  const more = statement.tokens.slice(close + 1);
  const isTracking = isWord(more[0], 'change_tracking') && isSign(more[1], '=') && isWord(more[2], 'true');
  if (more.length > (isTracking ? 3 : 0))
    throw notModelled(`${more[0]?.text ?? ''} after the columns of a table`);
  const columns = splitAt(statement.tokens.slice(open + 1, close), (token) => isSign(token, ','))
    .map((tokens) => columnOf(statement, tokens))
    .filter((column) => column !== undefined);
  await statement.run(
    `create ${replacing}table ${inner} (${columns.map((column) => column.inner).join(', ')})`,
  );
  catalog.put({ ...common, kind: 'BASE TABLE', columns });
  return status(`Table ${object.name} successfully created.`);
};

const createView = async (statement: Statement, creating: Creating, text: string): Promise<WireResult> => {
  const { parts, end } = statement.nameAt(creating.at);
  const object = statement.object(parts);
  const { catalog } = statement.world;
  catalog.needSchema(object.database, object.schema);
  if (catalog.find(object) !== undefined && !creating.replace) throw taken(object);
  if (!isWord(statement.tokens[end], 'as')) throw notModelled('a view with a list of columns');
  const query = statement.sql(statement.tokens.slice(end + 1));
  const inner = innerObject(object);
  await statement.run(`create ${creating.replace ? 'or replace ' : ''}view ${inner} as ${query}`);
  catalog.put({
    object,
    kind: 'VIEW',
    transient: false,
    columns: await queryColumns(statement, inner),
    definition: text,
    created: new Date().toISOString(),
  });
  return status(`View ${object.name} successfully created.`);
};

const createSchema = async (statement: Statement, creating: Creating): Promise<WireResult> => {
  let { at } = creating;
  const absent = statement.has(at, 'if', 'not', 'exists');
  if (absent) at += 3;
  const { database, schema } = statement.schemaAt(at);
  const schemas = statement.world.catalog.schemas(database);
  if (schemas.has(schema)) {
    if (absent) return status(`${schema} already exists, statement succeeded.`);
    throw taken({ database, schema: '', name: schema });
  }
  await statement.run(`create schema ${quotedInner(database)}.${quotedInner(schema)}`);
  schemas.add(schema);
  return status(`Schema ${schema} successfully created.`);
};

export const create = async (statement: Statement, text: string): Promise<WireResult> => {
  const creating = head(statement);
  if (kindAt(statement, creating.at - 1) !== undefined) return createObject(statement, text, creating.at - 1);
  switch (creating.kind) {
    case 'table':
      return createTable(statement, creating);
    case 'view':
      return createView(statement, creating, text);
    case 'schema':
      if (creating.replace) throw notModelled('CREATE OR REPLACE SCHEMA');
      return createSchema(statement, creating);
    default:
      throw notModelled(`CREATE ${creating.kind.toUpperCase()}`);
  }
};

const dropOne = async (statement: Statement, kind: 'table' | 'view', found: CatalogTable): Promise<void> => {
  if ((kind === 'view') !== (found.kind === 'VIEW'))
    throw compilation(`Object found is of type '${found.kind}', not '${kind.toUpperCase()}'.`);
  await statement.run(`drop ${kind} ${innerObject(found.object)}`);
  statement.world.catalog.drop(found.object);
};

export const drop = async (statement: Statement): Promise<WireResult> => {
  const other = kindAt(statement, 1);
  if (other !== undefined) return dropObject(statement, other.kind, other.end);
  const kind = statement.word(1);
  const ifExists = statement.has(2, 'if', 'exists');
  const at = ifExists ? 4 : 2;
  const { catalog } = statement.world;
  if (kind === 'schema') {
    const { database, schema } = statement.schemaAt(at);
    if (!catalog.schemas(database).has(schema)) {
      if (ifExists) return status('Drop statement executed successfully.');
      throw missingObject('Schema', schema);
    }
    // As there: CASCADE is the default, and RESTRICT asks for foreign keys from elsewhere alone, of which there are none.
    await statement.run(`drop schema ${quotedInner(database)}.${quotedInner(schema)} cascade`);
    catalog.dropSchema(database, schema);
    return status(`${schema} successfully dropped.`);
  }
  if (kind !== 'table' && kind !== 'view') throw notModelled(`DROP ${kind.toUpperCase()}`);
  const { parts, end } = statement.nameAt(at);
  if (end < statement.tokens.length)
    throw compilation(`syntax error unexpected '${statement.tokens[end]?.text ?? ''}'.`);
  const object = statement.object(parts);
  const found = catalog.find(object);
  if (found === undefined) {
    if (ifExists) return status('Drop statement executed successfully.');
    throw missingObject('Table', shownObject(object));
  }
  await dropOne(statement, kind, found);
  return status(`${object.name} successfully dropped.`);
};

/** ALTER TABLE … ADD COLUMN, DROP COLUMN, RENAME COLUMN … TO …. */
export const alterTable = async (statement: Statement): Promise<WireResult> => {
  const { parts, end } = statement.nameAt(2);
  const object = statement.object(parts);
  const { catalog } = statement.world;
  const table = catalog.need(object);
  const inner = innerObject(object);
  const rest = statement.tokens.slice(end + 2);
  const [first] = rest;
  if (first === undefined) throw compilation("syntax error unexpected '<EOF>'.");
  const name = storedName(first);
  if (statement.has(end, 'add', 'column')) {
    const ifAbsent = statement.has(end + 2, 'if', 'not', 'exists');
    const defined = ifAbsent ? rest.slice(3) : rest;
    const [added] = defined;
    if (added === undefined) throw compilation("syntax error unexpected '<EOF>'.");
    if (ifAbsent && table.columns.some((column) => column.name === storedName(added)))
      return status('Statement executed successfully.');
    const column = columnOf(statement, defined);
    if (column === undefined) throw notModelled('ADD of a constraint');
    await statement.run(`alter table ${inner} add column ${column.inner}`);
    catalog.put({ ...table, columns: [...table.columns, column] });
  } else if (statement.has(end, 'drop', 'column')) {
    await statement.run(`alter table ${inner} drop column ${quotedInner(name)}`);
    catalog.put({ ...table, columns: table.columns.filter((column) => column.name !== name) });
  } else if (statement.has(end, 'rename', 'column') && isWord(rest[1], 'to') && rest[2] !== undefined) {
    const renamed = storedName(rest[2]);
    await statement.run(`alter table ${inner} rename column ${quotedInner(name)} to ${quotedInner(renamed)}`);
    const columns = table.columns.map((column) =>
      column.name === name ? { ...column, name: renamed } : column,
    );
    catalog.put({ ...table, columns });
  } else throw notModelled(`ALTER TABLE … ${statement.word(end).toUpperCase()}`);
  return status('Statement executed successfully.');
};
