// Failures as the server words them: a code of six digits, an SQLSTATE, a sentence.

export class SnowflakeFailure extends Error {
  readonly code: string;
  readonly sqlState: string;

  constructor(code: string, sqlState: string, message: string) {
    super(message);
    this.code = code;
    this.sqlState = sqlState;
  }
}

/** The code of a refusal, which no real server sends. */
const refusalCode = '999999';

/** Nothing is guessed: what is not modelled says so, by name. */
export const notModelled = (what: string): SnowflakeFailure =>
  new SnowflakeFailure(refusalCode, '0A000', `the double does not model ${what}`);

export const compilation = (message: string): SnowflakeFailure =>
  new SnowflakeFailure('001003', '42000', `SQL compilation error:\n${message}`);

export const missingObject = (kind: string, name: string): SnowflakeFailure =>
  new SnowflakeFailure(
    kind === 'Object' || kind === 'Table' ? '002003' : '002043',
    kind === 'Object' || kind === 'Table' ? '42S02' : '02000',
    `SQL compilation error:\n${kind} '${name}' does not exist or not authorized.`,
  );
