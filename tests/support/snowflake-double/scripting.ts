// The part of Snowflake Scripting that our procedures are written in: exceptions that are declared, statements one after the other,
// a count in a variable and an IF that raises. Anything else is refused.
import { notModelled, SnowflakeFailure } from './failure.ts';
import { isSign, isWord, splitAt, tokensOf, type Token } from './tokens.ts';
import type { WireResult } from './values.ts';

export interface Engine {
  /** Runs one statement, as if it had been sent. */
  run(tokens: readonly Token[], sql: string): Promise<WireResult>;
}

type Exceptions = ReadonlyMap<string, SnowflakeFailure>;

const wordOf = (token: Token | undefined): string => (token?.kind === 'word' ? token.text.toLowerCase() : '');

const declaredIn = (tokens: readonly Token[]): Exceptions => {
  const parts = splitAt(tokens, (token) => isSign(token, ';')).filter((part) => part.length > 0);
  return new Map(
    parts.map((part) => {
      const [name, kind, , sign, number, , text] = part;
      if (!isWord(kind, 'exception') || !isSign(sign, '-') || text?.kind !== 'text')
        throw notModelled('a declaration that is no exception');
      return [
        wordOf(name),
        new SnowflakeFailure(`-${number?.text ?? ''}`, 'P0001', `Uncaught exception: ${text.text}`),
      ] as const;
    }),
  );
};

/** BEGIN … END around what is run, with the one handler that rolls back and raises again. */
const bodyOf = (tokens: readonly Token[]): readonly Token[] => {
  if (!isWord(tokens[0], 'begin') || !isWord(tokens.at(-1), 'end'))
    throw notModelled('a block that is not BEGIN … END');
  const handler = tokens.findIndex(
    (token, at) => isWord(token, 'exception') && isWord(tokens[at + 1], 'when'),
  );
  if (handler === -1) return tokens.slice(1, -1);
  const words = tokens.slice(handler, -1).map((token) => token.text.toLowerCase());
  if (words.join(' ') !== 'exception when other then rollback ; raise ;')
    throw notModelled('another handler than ROLLBACK and RAISE');
  return tokens.slice(1, handler);
};

/** Statements; an IF with what is in it is one. */
const statementsIn = (tokens: readonly Token[]): readonly (readonly Token[])[] => {
  const parts = splitAt(tokens, (token) => isSign(token, ';')).filter((part) => part.length > 0);
  const all: Token[][] = [];
  let open = 0;
  for (const part of parts) {
    if (open > 0) all.at(-1)?.push({ kind: 'sign', text: ';' }, ...part);
    else all.push([...part]);
    if (isWord(part[0], 'if')) open += 1;
    if (isWord(part[0], 'end') && isWord(part[1], 'if')) open -= 1;
  }
  return all;
};

const written = ({ kind, text }: Token): string => {
  if (kind === 'quoted') return `"${text.replaceAll('"', '""')}"`;
  if (kind === 'text') return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  return text;
};

const sqlOf = (tokens: readonly Token[]): string => tokens.map(written).join(' ');

const isTransaction = (tokens: readonly Token[]): boolean =>
  isWord(tokens[0], 'begin', 'commit', 'rollback') && tokens.length <= 2;

export const runBlock = async (text: string, engine: Engine): Promise<string> => {
  const all = tokensOf(text);
  const start = all.findIndex((token) => isWord(token, 'begin'));
  if (start === -1) throw notModelled('a block without BEGIN');
  const exceptions = isWord(all[0], 'declare')
    ? declaredIn(all.slice(1, start))
    : new Map<string, SnowflakeFailure>();
  const counts = new Map<string, number>();
  let isOpen = false;
  try {
    for (const tokens of statementsIn(bodyOf(all.slice(start)))) {
      if (isWord(tokens[0], 'return')) return tokens[1]?.text ?? '';
      if (isWord(tokens[0], 'let')) {
        const asked = tokens.slice(6, -1);
        if (!isWord(tokens[2], 'number') || !isSign(tokens[3], ':') || !isSign(tokens[4], '='))
          throw notModelled('a variable that is no count');
        const { rows } = await engine.run(asked, sqlOf(asked));
        counts.set(wordOf(tokens[1]), Number(rows[0]?.[0]));
      } else if (isWord(tokens[0], 'if')) {
        const failure = exceptions.get(wordOf(tokens[8]));
        if (!isSign(tokens[3], '>') || !isWord(tokens[6], 'then') || failure === undefined)
          throw notModelled('an IF that does not raise');
        if ((counts.get(wordOf(tokens[2])) ?? 0) > 0) throw failure;
      } else {
        const isControl = isTransaction(tokens);
        await engine.run(tokens, sqlOf(tokens));
        if (isControl) isOpen = isWord(tokens[0], 'begin');
      }
    }
    return '';
  } catch (error) {
    if (isOpen) {
      const tokens = tokensOf('rollback');
      await engine.run(tokens, 'rollback');
    }
    throw error;
  }
};
