// The real driver against the double, as bare as it comes: for tests of the double itself.
import snowflake, { type Connection } from 'snowflake-sdk';
import type { Double } from './snowflake-double/server.ts';

interface Answer {
  readonly rows?: readonly Readonly<Record<string, unknown>>[];
  readonly columns?: readonly string[];
  readonly code?: string;
  readonly sqlState?: string;
  readonly message?: string;
}

export interface Client {
  run(sql: string, binds?: readonly (string | number | boolean | null)[]): Promise<Answer>;
  describe(sql: string): Promise<Answer>;
  /** Starts a statement; the answer comes, and meanwhile it can be cancelled. */
  start(sql: string): { readonly answer: Promise<Answer>; readonly cancel: () => Promise<void> };
  close(): Promise<void>;
}

export type Proof = Readonly<Record<string, unknown>>;

snowflake.configure({ logLevel: 'OFF' });

const failure = (error: unknown): Answer => {
  const { code, sqlState, message } = error as { code?: unknown; sqlState?: string; message: string };
  return { code: String(code), ...(sqlState === undefined ? {} : { sqlState }), message };
};

export const connectClient = async (double: Double, proof: Proof): Promise<Client> => {
  const connection: Connection = snowflake.createConnection({
    account: 'acme',
    accessUrl: `http://127.0.0.1:${double.port}`,
    warehouse: 'wh',
    database: 'db',
    schema: 'public',
    fetchAsString: ['Number', 'Date', 'JSON', 'Boolean', 'Buffer'],
    representNullAsStringNull: false,
    sfRetryMaxLoginRetries: 0,
    ...proof,
  });
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => {
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
  });
  type Extra = Readonly<Record<string, unknown>>;
  const send = (sqlText: string, extra: Extra = {}) => {
    let finish: (answer: Answer) => void = () => undefined;
    const answer = new Promise<Answer>((resolve) => {
      finish = resolve;
    });
    const statement = connection.execute({
      sqlText,
      ...extra,
      complete: (error, done, rows) => {
        if (error !== undefined && error !== null) finish(failure(error));
        else
          finish({
            rows: rows ?? [],
            columns: (done.getColumns() ?? []).map((column) => `${column.getName()} ${column.getType()}`),
          });
      },
    });
    const cancel = (): Promise<void> =>
      new Promise((resolve, reject) => {
        statement.cancel((error) => {
          if (error === undefined || error === null) resolve();
          else reject(error);
        });
      });
    return { answer, cancel };
  };
  return {
    run: (sql, binds) => send(sql, binds === undefined ? {} : { binds }).answer,
    describe: (sql) => send(sql, { describeOnly: true }).answer,
    start: (sql) => send(sql),
    close: () =>
      new Promise((resolve) => {
        connection.destroy(() => {
          resolve();
        });
      }),
  };
};
