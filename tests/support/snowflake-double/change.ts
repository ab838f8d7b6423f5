// INSERT, UPDATE, DELETE, MERGE, TRUNCATE: counted in columns of their own names; a row that is matched twice is an error.
import { compilation, notModelled, SnowflakeFailure } from './failure.ts';
import { innerObject, quotedInner, storedName } from './names.ts';
import type { Statement } from './statement.ts';
import { isSign, isWord, splitAt, type Token } from './tokens.ts';
import { counts, status, type WireResult } from './values.ts';

/** The table that is written, and the words behind its name and alias. */
interface Written {
  readonly inner: string;
  readonly alias: string;
  readonly end: number;
}

const writtenAt = (statement: Statement, at: number): Written => {
  const { parts, end } = statement.nameAt(at);
  const object = statement.object(parts);
  const found = statement.world.catalog.need(object);
  if (found.kind === 'VIEW') throw compilation(`'${object.name}' is a view and cannot be changed.`);
  statement.needWrite(object);
  const inner = innerObject(object);
  statement.named.add(inner);
  let after = end;
  if (isWord(statement.tokens[after], 'as')) after += 1;
  const alias = statement.tokens[after];
  const named =
    alias !== undefined &&
    (alias.kind === 'quoted' ||
      (alias.kind === 'word' && !isWord(alias, 'set', 'using', 'where', 'values', 'select', 'with', 'from')));
  if (!named) return { inner, alias: quotedInner(object.name), end: after };
  return { inner, alias: quotedInner(storedName(alias)), end: after + 1 };
};

/** Before the statement runs: the table's lock, and the transaction sees what it may see. */
const prepare = async (statement: Statement, inner: string, locks: boolean): Promise<void> => {
  const { session, world } = statement;
  statement.needWarehouse();
  const timeout = Number(session.parameters.get('LOCK_TIMEOUT')) * 1000;
  if (locks) await world.locks.take(inner, session.id, Math.min(timeout, 2_000_000_000));
  await session.see(statement.named);
};

const finish = (statement: Statement, inner: string): void => {
  const { session, world } = statement;
  if (session.transaction === undefined && statement.streams.size > 0)
    throw notModelled('a stream that is read by DML outside of a transaction');
  if (session.transaction !== undefined) {
    for (const stream of statement.streams) session.transaction.consumed.add(stream);
    session.transaction.written.add(inner);
    return;
  }
  world.catalog.committed([inner]);
  world.locks.release(session.id);
};

const changing = async (
  statement: Statement,
  inner: string,
  work: () => Promise<WireResult>,
): Promise<WireResult> => {
  try {
    const answer = await work();
    finish(statement, inner);
    return answer;
  } finally {
    if (statement.session.transaction === undefined) statement.world.locks.release(statement.session.id);
  }
};

export const insert = async (statement: Statement): Promise<WireResult> => {
  if (isWord(statement.tokens[1], 'overwrite', 'all', 'first'))
    throw notModelled('INSERT OVERWRITE, ALL or FIRST');
  const { parts, end } = statement.nameAt(2);
  const object = statement.object(parts);
  statement.world.catalog.need(object);
  statement.needWrite(object);
  const inner = innerObject(object);
  statement.named.add(inner);
  const sql = `insert into ${inner} ${statement.sql(statement.tokens.slice(end))}`;
  await prepare(statement, inner, false);
  return changing(statement, inner, async () =>
    counts({ 'number of rows inserted': (await statement.run(sql)).rowsChanged }),
  );
};

const border =
  (...words: readonly string[]) =>
  (token: Token): boolean =>
    isWord(token, ...words);

const duplicate = (): SnowflakeFailure =>
  new SnowflakeFailure('100090', '42P18', 'Duplicate row detected during DML action');

const numberIn = async (statement: Statement, sql: string): Promise<number> => {
  const rows = await (await statement.run(sql)).getRows();
  return Number(rows[0]?.[0]);
};

export const update = async (statement: Statement): Promise<WireResult> => {
  const { inner, alias, end } = writtenAt(statement, 1);
  if (!isWord(statement.tokens[end], 'set')) throw compilation('syntax error: no SET.');
  const tokens = statement.tokens.slice(end + 1);
  const [head = [], where] = splitAt(tokens, border('where'));
  // A distinction (`is distinct from`) stands inside parentheses in all that we emit.
  const [settings = [], from] = splitAt(head, border('from'));
  const sets = splitAt(settings, (token) => isSign(token, ',')).map((setting) => {
    const [target, equals] = setting;
    if (target === undefined || !isSign(equals, '='))
      throw compilation('SET takes bare columns: a qualified one is refused.');
    return `${quotedInner(storedName(target))} = ${statement.sql(setting.slice(2))}`;
  });
  const source =
    from === undefined
      ? undefined
      : statement.sql([{ kind: 'word', text: 'from' }, ...from]).replace(/^from /, '');
  const condition = where === undefined ? 'true' : statement.sql(where);
  await prepare(statement, inner, true);
  return changing(statement, inner, async () => {
    const matched = `from ${inner} as ${alias}${source === undefined ? '' : `, ${source}`} where ${condition}`;
    const doubled = await numberIn(
      statement,
      `select count(*) from (select 1 ${matched} group by ${alias}.rowid having count(*) > 1)`,
    );
    if (doubled > 0 && statement.session.flag('ERROR_ON_NONDETERMINISTIC_UPDATE')) throw duplicate();
    const updated = await numberIn(statement, `select count(distinct ${alias}.rowid) ${matched}`);
    await statement.run(
      `update ${inner} as ${alias} set ${sets.join(', ')}${source === undefined ? '' : ` from ${source}`} where ${condition}`,
    );
    return counts({ 'number of rows updated': updated, 'number of multi-joined rows updated': doubled });
  });
};

export const remove = async (statement: Statement): Promise<WireResult> => {
  const { inner, alias, end } = writtenAt(statement, 2);
  const [head = [], where] = splitAt(statement.tokens.slice(end), border('where'));
  const using =
    head.length === 0
      ? ''
      : ` using ${statement.sql([{ kind: 'word', text: 'from' }, ...head.slice(1)]).replace(/^from /, '')}`;
  if (head.length > 0 && !isWord(head[0], 'using'))
    throw compilation(`syntax error unexpected '${head[0]?.text ?? ''}'.`);
  const condition = where === undefined ? '' : ` where ${statement.sql(where)}`;
  await prepare(statement, inner, true);
  return changing(statement, inner, async () =>
    counts({
      'number of rows deleted': (await statement.run(`delete from ${inner} as ${alias}${using}${condition}`))
        .rowsChanged,
    }),
  );
};

export const truncate = async (statement: Statement): Promise<WireResult> => {
  const { inner } = writtenAt(statement, statement.has(1, 'table') ? 2 : 1);
  await prepare(statement, inner, true);
  return changing(statement, inner, async () => {
    await statement.run(`delete from ${inner}`);
    return status('Statement executed successfully.');
  });
};

const branchNames: Readonly<Record<string, string>> = {
  INSERT: 'number of rows inserted',
  UPDATE: 'number of rows updated',
  DELETE: 'number of rows deleted',
};

interface Branch {
  readonly matched: boolean;
  readonly action: string;
  readonly sql: string;
}

const branchOf = (statement: Statement, tokens: readonly Token[]): Branch => {
  const matched = isWord(tokens[0], 'matched');
  if (!matched && !(isWord(tokens[0], 'not') && isWord(tokens[1], 'matched')))
    throw compilation(`syntax error unexpected '${tokens[0]?.text ?? ''}'.`);
  const after = matched ? 1 : 2;
  if (isWord(tokens[after], 'by')) throw compilation("syntax error unexpected 'BY'.");
  const then = tokens.findIndex(border('then'));
  if (tokens.slice(after, then).some(border('case'))) throw notModelled('CASE in the condition of a branch');
  const [conditions, action] = [tokens.slice(after, then), tokens.slice(then + 1)];
  const word = action[0]?.text.toUpperCase() ?? '';
  if (branchNames[word] === undefined || (word === 'INSERT') === matched)
    throw compilation('syntax error in MERGE.');
  const condition = conditions.length === 0 ? '' : ` and ${statement.sql(conditions.slice(1))}`;
  return {
    matched,
    action: word,
    sql: `when ${matched ? '' : 'not '}matched${condition} then ${actionSql(statement, word, action)}`,
  };
};

const actionSql = (statement: Statement, word: string, action: readonly Token[]): string => {
  if (word === 'DELETE') return 'delete';
  if (word === 'INSERT') return `insert ${statement.sql(action.slice(1))}`;
  const sets = splitAt(action.slice(2), (token) => isSign(token, ',')).map((setting) => {
    const [target, equals] = setting;
    if (target === undefined || !isSign(equals, '=')) throw compilation('SET of MERGE takes bare columns.');
    return `${quotedInner(storedName(target))} = ${statement.sql(setting.slice(2))}`;
  });
  return `update set ${sets.join(', ')}`;
};

/** `when matched …`, `when not matched …`; not the WHEN of a CASE. */
const branchesOf = (tokens: readonly Token[]): readonly (readonly Token[])[] => {
  const begins = new Set(
    tokens.filter((token, at) => {
      const after = tokens[at + 1];
      const isNot = isWord(after, 'not') && isWord(tokens[at + 2], 'matched');
      return isWord(token, 'when') && (isWord(after, 'matched') || isNot);
    }),
  );
  return splitAt(tokens, (token) => begins.has(token));
};

/** Values bound before others stand before them in the text, so that all is translated in the order of the text. */
export const merge = async (statement: Statement): Promise<WireResult> => {
  const { inner, alias, end } = writtenAt(statement, 2);
  if (!isWord(statement.tokens[end], 'using')) throw compilation('syntax error: no USING.');
  const [head = [], ...branches] = branchesOf(statement.tokens.slice(end + 1));
  const [sourceTokens = [], on = []] = splitAt(head, border('on'));
  const source = statement.sql([{ kind: 'word', text: 'from' }, ...sourceTokens]).replace(/^from /, '');
  const condition = statement.sql(on);
  const written = branches.map((tokens) => branchOf(statement, tokens));
  await prepare(statement, inner, true);
  return changing(statement, inner, async () => {
    if (written.some(({ matched }) => matched)) {
      const doubled = await numberIn(
        statement,
        `select count(*) from (select 1 from ${inner} as ${alias}, ${source} where ${condition} group by ${alias}.rowid having count(*) > 1)`,
      );
      if (doubled > 0 && statement.session.flag('ERROR_ON_NONDETERMINISTIC_MERGE')) throw duplicate();
    }
    const result = await statement.run(
      `merge into ${inner} as ${alias} using ${source} on ${condition} ${written.map(({ sql }) => sql).join(' ')} returning merge_action`,
    );
    const actions = (await result.getRows()).map(([action]) => String(action));
    const named = ['INSERT', 'UPDATE', 'DELETE'].filter((word) =>
      written.some(({ action }) => action === word),
    );
    return counts(
      Object.fromEntries(
        named.map((word) => [branchNames[word] ?? '', actions.filter((action) => action === word).length]),
      ),
    );
  });
};
