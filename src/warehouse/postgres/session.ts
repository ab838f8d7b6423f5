// What the engine holds of a Postgres connection: statements inside an open transaction, or each in its own.
import type { Statement } from '../../sql/fragment.ts';
import { boundValues } from '../bound-value.ts';
import { compileStatement } from '../compile-statement.ts';
import type { Row, Session } from '../port.ts';
import { unhurried, type Outcome, type PgConnection } from './connection.ts';

type Send = (statement: Statement) => Promise<Outcome>;

const sessionOf = (send: Send): Session => ({
  async rows<R = Row>(statement: Statement): Promise<readonly R[]> {
    return (await send(statement)).result.rows as readonly unknown[] as readonly R[];
  },
  async execute(statement: Statement): Promise<number> {
    return (await send(statement)).count;
  },
});

const sendAlone = (connection: PgConnection, statement: Statement): Promise<Outcome> => {
  const { sql, parameters } = compileStatement(statement);
  return connection.alone(sql, boundValues(parameters), unhurried);
};

export const sendStatement = (connection: PgConnection, statement: Statement): Promise<Outcome> => {
  const { sql, parameters } = compileStatement(statement);
  return connection.send(sql, boundValues(parameters));
};

export const transactionSession = (connection: PgConnection): Session =>
  sessionOf((statement) => sendStatement(connection, statement));

/** Settings live in a transaction, so a lone statement gets one too. */
export const autocommitSession = (connection: PgConnection): Session =>
  sessionOf((statement) => sendAlone(connection, statement));
