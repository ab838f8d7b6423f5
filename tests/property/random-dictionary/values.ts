// Values as SQL literals, from small domains, so that rows meet, collide and dangle.
import { literal, type Random } from '../../../scripts/shop/random.ts';
import type { Kind } from './spec.ts';

const texts = [
  'a',
  'b',
  'A',
  '',
  ' ',
  "o'k",
  'Straße',
  'e\u0301',
  '日本',
  '🚀',
  'say "hi"',
  'null',
  '%_\\',
  'two\nlines',
];

const numbers = ['0', '1', '-1.5', '2.005', '2.0050', '99.9999', '-0.0049', '1234.5678'];

const times = [
  '2024-02-29 23:59:59.999999',
  '2024-02-29 23:59:59',
  '1969-12-31 00:00:00.000001',
  '0099-01-01 00:00:00',
  '9999-12-31 12:00:00',
];

const dates = ['2024-02-29', '1999-12-31', '0099-01-01', '2030-06-15'];

const draw: Readonly<Record<Kind, (random: Random) => string>> = {
  int: (random) => String(random.below(5) + 1),
  big: (random) => String(random.chance(6) ? '9007199254740993' : random.below(6) + 1),
  text: (random) => literal(random.oneOf(texts)),
  number: (random) => `cast(${random.oneOf(numbers)} as numeric(12, 4))`,
  double: (random) =>
    `cast('${random.oneOf(['0.1', '1e300', '-2.5', '0.30000000000000004', 'NaN', 'inf', '1e-300', '3'])}' as double precision)`,
  time: (random) => `timestamp '${random.oneOf(times)}'`,
  date: (random) => `date '${random.oneOf(dates)}'`,
  flag: (random) => random.oneOf(['true', 'false']),
};

/** Keys come from so few values that rows return and references meet them. */
const keyTexts = ['a', 'A', "o'k", '日本', ''];

export const drawKeyValue = (random: Random, kind: Kind): string =>
  kind === 'text' ? literal(random.oneOf(keyTexts)) : String(random.below(6) + 1);

export const drawValue = (random: Random, kind: Kind, name: string): string => {
  if (name.startsWith('ref')) return random.chance(12) ? 'null' : drawKeyValue(random, kind);
  return random.chance(6) ? 'null' : draw[kind](random);
};
