// Which statement it is, and what becomes of it. Forms that are not listed are refused by their first words.
import { setTimeout as wait } from 'node:timers/promises';
import { insert, merge, remove, truncate, update } from './change.ts';
import { alterTable, create, drop } from './define.ts';
import { compilation, missingObject, notModelled, SnowflakeFailure } from './failure.ts';
import { alterState } from './pipeline-objects.ts';
import { show } from './show.ts';
import { runBlock } from './scripting.ts';
import type { Bind } from './statement.ts';
import { Statement } from './statement.ts';
import type { DoubleSession } from './session.ts';
import { isSign, isWord, splitAt, tokensOf, type Token } from './tokens.ts';
import { status, wireColumns, wireResult, type WireResult } from './values.ts';
import type { World } from './world.ts';

export interface Executed extends WireResult {
  readonly statementTypeId: number;
}

export interface Asked {
  readonly sql: string;
  readonly binds: readonly Bind[];
  readonly describeOnly: boolean;
  readonly signal: AbortSignal;
  /** How many statements the client says that it sends. */
  readonly statements: number;
}

type Run = (statement: Statement, asked: Asked) => Promise<WireResult>;

const done = status('Statement executed successfully.');

const select: Run = async (statement, asked) => {
  const waiting = /^\s*select\s+system\$wait\s*\(\s*(\d+)\s*\)/i.exec(asked.sql);
  if (waiting !== null) {
    await wait(Number(waiting[1]) * 1000, undefined, { signal: asked.signal });
    return status(`waited ${waiting[1] ?? ''} seconds`);
  }
  if (
    statement.tokens.some(
      (token) =>
        token.kind === 'word' && /^current_(account|database|role|user|warehouse)$/i.test(token.text),
    )
  )
    await statement.noteFacts();
  const sql = statement.sql(statement.tokens);
  if (statement.named.size > 0 && !asked.describeOnly) statement.needWarehouse();
  await statement.session.see(statement.named);
  if (asked.describeOnly)
    return { columns: wireColumns(await statement.run(`select * from (${sql}) limit 0`)), rows: [] };
  return wireResult(await statement.run(sql));
};

/** DDL commits what is open. */
const defining =
  (run: Run): Run =>
  async (statement, asked) => {
    await statement.session.commit();
    return run(statement, asked);
  };

const alter: Run = async (statement, asked) => {
  if (statement.word(1) === 'table') return defining(alterTable)(statement, asked);
  if (statement.word(1) === 'task' || statement.word(1) === 'alert')
    return defining((each) => Promise.resolve(alterState(each)))(statement, asked);
  if (!statement.has(1, 'session', 'set')) throw notModelled(`ALTER ${statement.word(1).toUpperCase()}`);
  const [, , , name, equals, value, more] = statement.tokens;
  if (name === undefined || value === undefined || !isSign(equals, '='))
    throw compilation('syntax error in SET.');
  if (more !== undefined) throw notModelled('several parameters in one ALTER SESSION');
  statement.session.setParameter(name.text, value.text);
  return done;
};

const use: Run = async (statement) => {
  const { session, world } = statement;
  const kind = statement.word(1);
  if (kind === 'schema') {
    const { database, schema } = statement.schemaAt(2);
    world.catalog.needSchema(database, schema);
    session.database = database;
    session.schema = schema;
    return done;
  }
  const [name = ''] = statement.nameAt(2).parts;
  if (kind === 'warehouse') {
    if (world.setting.warehouses[name] === undefined) throw missingObject('Warehouse', name);
    session.warehouse = name;
  } else if (kind === 'database') {
    world.catalog.schemas(name);
    session.database = name;
    session.schema = 'PUBLIC';
  } else throw notModelled(`USE ${kind.toUpperCase()}`);
  return done;
};

/** The statements of a block run one by one in the same session. */
const block = async ({ world, session }: Statement, asked: Asked, text: string): Promise<WireResult> =>
  status(
    await runBlock(text, {
      run: (tokens, sql) => executeOne(world, session, { ...asked, sql, binds: [], tokens }),
    }),
  );

const call: Run = async (statement, asked) => {
  const object = statement.object(statement.nameAt(1).parts);
  const found = statement.world.objects.find('procedure', object);
  if (found?.body === undefined) throw missingObject('Procedure', object.name);
  return block(statement, asked, found.body);
};

const executeImmediate: Run = async (statement, asked) => {
  const [, , text] = statement.tokens;
  if (!statement.has(1, 'immediate') || text?.kind !== 'text') throw notModelled('the statement EXECUTE');
  return block(statement, asked, text.text);
};

const statements: Readonly<Record<string, readonly [typeId: number, run: Run]>> = {
  select: [0x1000, select],
  with: [0x1000, select],
  insert: [0x3100, insert],
  update: [0x3200, update],
  delete: [0x3300, remove],
  merge: [0x3400, merge],
  truncate: [0x3700, truncate],
  begin: [
    0x5400,
    async ({ session }) => {
      await session.begin();
      return done;
    },
  ],
  commit: [
    0x5401,
    async ({ session }) => {
      await session.commit();
      return done;
    },
  ],
  rollback: [
    0x5402,
    async ({ session }) => {
      await session.rollback();
      return done;
    },
  ],
  create: [0x6000, defining((statement, { sql }) => create(statement, sql))],
  drop: [0x6000, defining(drop)],
  alter: [0x4100, alter],
  show: [0x4000, (statement) => show(statement)],
  call: [0x4600, call],
  execute: [0x4600, executeImmediate],
  use: [0x4200, use],
};

/** Parts of a statement that is not one that the server knows at all. */
const unknown = (sql: string): SnowflakeFailure => {
  const word = /\S+/.exec(sql)?.[0] ?? '';
  if (/^(describe|desc|copy|grant|revoke|set|unset|explain|put|get|list|declare)$/i.test(word))
    return notModelled(`the statement ${word.toUpperCase()}`);
  return compilation(`syntax error line 1 at position 0 unexpected '${word}'.`);
};

export const execute = async (world: World, session: DoubleSession, asked: Asked): Promise<Executed> => {
  const all = tokensOf(asked.sql);
  const several = splitAt(all, (token) => isSign(token, ';'));
  if (several.length !== asked.statements) throw counted(several.length, asked.statements);
  if (several.length > 1) return settings(world, session, { ...asked, several });
  return executeOne(world, session, { ...asked, tokens: all });
};

const counted = (actual: number, said: number): SnowflakeFailure =>
  new SnowflakeFailure(
    '000008',
    '0A000',
    `Actual statement count ${actual} did not match the desired statement count ${said}.`,
  );

type Several = readonly (readonly Token[])[];

/** Several statements in one text are settings of the session, or nothing that the double models. */
const settings = async (
  world: World,
  session: DoubleSession,
  asked: Asked & { readonly several: Several },
): Promise<Executed> => {
  if (!asked.several.every((tokens) => isWord(tokens[0], 'alter') && isWord(tokens[1], 'session')))
    throw notModelled('several statements in one');
  for (const tokens of asked.several) await executeOne(world, session, { ...asked, tokens });
  return { ...done, statementTypeId: 0xa000 };
};

const executeOne = async (
  world: World,
  session: DoubleSession,
  asked: Asked & { readonly tokens: readonly Token[] },
): Promise<Executed> => {
  const { tokens } = asked;
  const [first] = tokens;
  const found = first?.kind === 'word' ? statements[first.text.toLowerCase()] : undefined;
  if (found === undefined) throw unknown(asked.sql);

  if (session.transaction?.failed === true && !isWord(first, 'rollback'))
    throw notModelled('a transaction that goes on after a statement of it failed');
  const [statementTypeId, run] = found;
  const statement = new Statement(world, session, { tokens, binds: asked.binds });
  const interrupt = (): void => {
    session.connection.interrupt();
  };
  asked.signal.addEventListener('abort', interrupt);
  try {
    return { ...(await run(statement, asked)), statementTypeId };
  } catch (error) {
    if (!asked.signal.aborted) throw error;
    throw new SnowflakeFailure('000604', '57014', 'SQL execution canceled');
  } finally {
    asked.signal.removeEventListener('abort', interrupt);
  }
};
