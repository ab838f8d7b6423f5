// What DuckDB says, as the server would: the code and the state that clients go by.
import { notModelled, SnowflakeFailure } from './failure.ts';
import { outerNames } from './names.ts';

const patterns: readonly (readonly [RegExp, string, string, string])[] = [
  [/^Interrupt|INTERRUPT Error/, '000604', '57014', 'SQL execution canceled'],
  [/NOT NULL constraint failed/, '100072', '22000', 'NULL result in a non-nullable column'],
  [/CHECK constraint failed/, '100078', '22000', 'String is too long and would be truncated'],
  [/Malformed JSON|json.*malformed/i, '100069', '22P02', 'Error parsing JSON'],
  [/Conversion Error:.*(date|time|timestamp)/i, '100035', '22007', 'Timestamp or date is not recognized'],
  [/Conversion Error:.*out of range|Out of Range/i, '100039', '22003', 'Numeric value is out of range'],
  [/Conversion Error/, '100038', '22018', 'Value is not recognized'],
  [/Invalid Input Error/, '100038', '22018', 'Value is not recognized'],
  [
    /Binder Error: (?:Referenced column|Values list|Table) .*?"(.+?)"/,
    '000904',
    '42000',
    'SQL compilation error: invalid identifier',
  ],
  [/Parser Error/, '001003', '42000', 'SQL compilation error: syntax error'],
  [/Binder Error/, '001003', '42000', 'SQL compilation error'],
];

export const failureOf = (error: unknown): Error => {
  if (error instanceof SnowflakeFailure) return error;
  const sentence = outerNames(error instanceof Error ? error.message : String(error));
  const found = patterns.find(([pattern]) => pattern.test(sentence));
  if (found === undefined) return notModelled(`what DuckDB answers with: ${sentence}`);
  const [, code, sqlState, words] = found;
  return new SnowflakeFailure(code, sqlState, `${words} (${sentence.split('\n')[0] ?? ''})`);
};
