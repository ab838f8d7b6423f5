// Objects that are their text and a state: tasks, alerts, procedures, dynamic tables. Made, altered, shown and dropped with the
// rules that bite (what they name must be there, a graph is changed while its root stands still); nothing runs them by itself.
import { compilation, missingObject, notModelled, SnowflakeFailure } from './failure.ts';
import { innerObject, shownObject, storedName, type ObjectName } from './names.ts';
import { streamOn } from './create-stream.ts';
import { queryColumns } from './query-columns.ts';
import type { ObjectKind, PipelineObject } from './registry.ts';
import type { Statement } from './statement.ts';
import { isSign, isWord, type Token } from './tokens.ts';
import { status, type WireResult } from './values.ts';

export const kindAt = (
  statement: Statement,
  at: number,
): { readonly kind: ObjectKind; readonly end: number } | undefined => {
  if (statement.has(at, 'dynamic', 'table')) return { kind: 'dynamic table', end: at + 2 };
  for (const kind of ['task', 'alert', 'procedure', 'stream'] as const)
    if (statement.has(at, kind)) return { kind, end: at + 1 };
  return undefined;
};

const shownKind = (kind: ObjectKind): string => kind.toUpperCase();

const valueOf = (tokens: readonly Token[], name: string): Token | undefined => {
  const at = tokens.findIndex((token, place) => isWord(token, name) && isSign(tokens[place + 1], '='));
  return at === -1 ? undefined : tokens[at + 2];
};

const needWarehouse = (statement: Statement, kind: ObjectKind, rest: readonly Token[]): void => {
  const named = valueOf(rest, 'warehouse');
  if (named === undefined) throw notModelled(`a ${kind} without a warehouse`);
  const name = storedName(named);
  if (statement.world.setting.warehouses[name] === undefined) throw missingObject('Warehouse', name);
};

const rootOf = (statement: Statement, task: PipelineObject): readonly PipelineObject[] => {
  const [before] = task.after;
  if (before === undefined) return [task];
  return statement.world.objects
    .of('task')
    .filter((each) => task.after.includes(innerObject(each.object)))
    .flatMap((each) => rootOf(statement, each));
};

const needStill = (statement: Statement, task: PipelineObject): void => {
  const running = rootOf(statement, task).find(({ state }) => state === 'started');
  if (running === undefined) return;
  throw compilation(
    `Unable to update graph with root task ${shownObject(running.object)} since that root task is not suspended.`,
  );
};

const namesAfter = (statement: Statement, from: number): readonly string[] => {
  const at = statement.tokens.findIndex((token, place) => place >= from && isWord(token, 'after'));
  if (at === -1) return [];
  const names: string[] = [];
  for (let place = at + 1; ;) {
    const { parts, end } = statement.nameAt(place);
    const object = statement.object(parts);
    if (statement.world.objects.find('task', object) === undefined)
      throw missingObject('Task', shownObject(object));
    names.push(innerObject(object));
    if (!isSign(statement.tokens[end], ',')) return names;
    place = end + 1;
  }
};

const bodyAfterAs = (statement: Statement, from: number): readonly Token[] => {
  const at = statement.tokens.findIndex((token, place) => place >= from && isWord(token, 'as'));
  if (at === -1) throw compilation('syntax error: no AS.');
  return statement.tokens.slice(at + 1);
};

const makeTask = (statement: Statement, from: number): Partial<PipelineObject> => {
  needWarehouse(statement, 'task', statement.tokens.slice(from));
  const after = namesAfter(statement, from);
  const call = bodyAfterAs(statement, from);
  if (!isWord(call[0], 'call')) throw notModelled('a task that does something else than CALL');
  const { parts } = statement.nameAt(statement.tokens.length - call.length + 1);
  const object = statement.object(parts);
  if (statement.world.objects.find('procedure', object) === undefined)
    throw missingObject('Procedure', shownObject(object));
  return { after };
};

/** What an alert asks is compiled as far as it asks tables; a function over tables is the server's own. */
const makeAlert = async (statement: Statement, from: number): Promise<Partial<PipelineObject>> => {
  needWarehouse(statement, 'alert', statement.tokens.slice(from));
  const start = statement.tokens.findIndex((token, place) => place >= from && isWord(token, 'exists'));
  const end = statement.tokens.findLastIndex((token) => isWord(token, 'then'));
  if (start === -1 || end === -1) throw compilation('syntax error in ALERT.');
  const question = statement.tokens.slice(start + 2, end - 2);
  if (!question.some((token) => isWord(token, 'task_history')))
    await statement.run(`select * from (${statement.sql(question)}) limit 0`);
  return {};
};

const makeDynamicTable = async (
  statement: Statement,
  object: ObjectName,
  from: number,
): Promise<Partial<PipelineObject>> => {
  const rest = statement.tokens.slice(from);
  needWarehouse(statement, 'dynamic table', rest);
  if (valueOf(rest, 'target_lag') === undefined) throw compilation('syntax error: no TARGET_LAG.');
  const found = statement.world.catalog.find(object);
  if (found !== undefined && found.kind !== 'DYNAMIC TABLE')
    throw compilation(`Object '${shownObject(object)}' already exists as TABLE`);
  const query = statement.sql(bodyAfterAs(statement, from));
  // Always fresh: nothing waits for a lag.
  await statement.run(`create or replace view ${innerObject(object)} as ${query}`);
  const columns = await queryColumns(statement, innerObject(object));
  statement.world.catalog.put({
    object,
    kind: 'DYNAMIC TABLE',
    transient: false,
    columns,
    created: new Date().toISOString(),
  });
  return { refreshMode: (valueOf(rest, 'refresh_mode')?.text ?? 'auto').toUpperCase() };
};

export const createObject = async (statement: Statement, text: string, at: number): Promise<WireResult> => {
  const replace = statement.has(1, 'or', 'replace');
  const found = kindAt(statement, at);
  if (found === undefined) throw notModelled(`CREATE ${statement.word(at).toUpperCase()}`);
  const { kind } = found;
  const absent = statement.has(found.end, 'if', 'not', 'exists');
  const { parts, end } = statement.nameAt(found.end + (absent ? 3 : 0));
  const object = statement.object(parts);
  const { objects, catalog } = statement.world;
  catalog.needSchema(object.database, object.schema);
  const known = objects.find(kind, object);
  if (known !== undefined && absent) return status(`${object.name} already exists, statement succeeded.`);
  if (known !== undefined && !replace)
    throw new SnowflakeFailure(
      '002002',
      '42710',
      `SQL compilation error:\nObject '${shownObject(object)}' already exists.`,
    );
  if (kind === 'task' && known !== undefined) needStill(statement, known);
  const made = { kind, object, text, state: 'suspended', after: [] } as const;
  switch (kind) {
    case 'task': {
      const task: PipelineObject = { ...made, ...makeTask(statement, end) };
      if (task.after.length > 0) needStill(statement, task);
      objects.put(task);
      break;
    }
    case 'alert':
      objects.put({ ...made, ...(await makeAlert(statement, end)) });
      break;
    case 'procedure': {
      // EXECUTE AS CALLER stands before it.
      const body = statement.tokens.find(
        (token, place) => token.kind === 'text' && isWord(statement.tokens[place - 1], 'as'),
      );
      if (body?.kind !== 'text') throw notModelled('a procedure without a text');
      objects.put({ ...made, body: body.text });
      break;
    }
    case 'dynamic table':
      objects.put({ ...made, ...(await makeDynamicTable(statement, object, end)) });
      break;
    case 'stream':
      await streamOn(statement, object, end);
      objects.put(made);
      break;
  }
  return status(`${shownKind(kind)} ${object.name} successfully created.`);
};

export const dropObject = async (
  statement: Statement,
  kind: ObjectKind,
  from: number,
): Promise<WireResult> => {
  const ifExists = statement.has(from, 'if', 'exists');
  const { parts } = statement.nameAt(ifExists ? from + 2 : from);
  const object = statement.object(parts);
  const { objects, catalog, streams } = statement.world;
  const known = objects.find(kind, object);
  if (known === undefined) {
    if (ifExists) return status('Drop statement executed successfully.');
    throw missingObject(shownKind(kind), shownObject(object));
  }
  if (kind === 'task') needStill(statement, known);
  if (kind === 'dynamic table') {
    await statement.run(`drop view ${innerObject(object)}`);
    catalog.drop(object);
  }
  if (kind === 'stream') streams.delete(innerObject(object));
  objects.drop(kind, object);
  return status(`${object.name} successfully dropped.`);
};

/** ALTER TASK and ALTER ALERT … RESUME, SUSPEND. */
export const alterState = (statement: Statement): WireResult => {
  const kind = statement.word(1) as 'task' | 'alert';
  const ifExists = statement.has(2, 'if', 'exists');
  const { parts, end } = statement.nameAt(ifExists ? 4 : 2);
  const object = statement.object(parts);
  const { objects } = statement.world;
  const known = objects.find(kind, object);
  if (known === undefined) {
    if (ifExists) return status('Statement executed successfully.');
    throw missingObject(shownKind(kind), shownObject(object));
  }
  const word = statement.word(end);
  if (word !== 'resume' && word !== 'suspend')
    throw notModelled(`ALTER ${shownKind(kind)} … ${word.toUpperCase()}`);
  if (kind === 'task' && known.after.length > 0) needStill(statement, known);
  objects.put({ ...known, state: word === 'resume' ? 'started' : 'suspended' });
  return status('Statement executed successfully.');
};
