// Two seeded sources of chance: one in SQL, the same on every engine, and one in the process.

const spread = (value: number): number => {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
};

/** SQL that draws from the row number: integer arithmetic only, since `hash()` and `random()` differ by engine. */
export interface SqlDraws {
  /** An expression between 0 and `below` - 1; one topic gives one number per row. */
  number(topic: string, below: number): string;
  /** One of the texts. */
  oneOf(topic: string, texts: readonly string[]): string;
  /** The expression, but NULL in one row of `every`. */
  sometimesNull(topic: string, every: number, expression: string): string;
}

const hashTopic = (topic: string): number => {
  let hash = 0;
  for (const character of topic) hash = spread(hash * 31 + (character.codePointAt(0) ?? 0));
  return hash;
};

/** A string as a SQL literal. */
export const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

export const sqlDraws = (seed: number, row: string): SqlDraws => {
  const number = (topic: string, below: number): string => {
    const base = spread(seed * 7919 + hashTopic(topic));
    const part = (step: number): number => 1_000_003 + (spread(base + step) % 899_999_963);
    // Row numbers up to 10^9 stay within 64 bits: factors below 10^9, then a product of two residues.
    const left = `((${row} * ${part(1)} + ${part(2)}) % 1000000007)`;
    const right = `((${row} * ${part(3)} + ${part(4)}) % 998244353)`;
    return `(${left} * ${right} % 1000000009 % ${below})`;
  };
  return {
    number,
    oneOf: (topic, texts) =>
      `split_part(${literal(texts.join('|'))}, '|', cast(1 + ${number(topic, texts.length)} as integer))`,
    sometimesNull: (topic, every, expression) =>
      `case when ${number(`null ${topic}`, every)} = 0 then null else ${expression} end`,
  };
};

export interface Random {
  /** An integer between 0 and `below` - 1. */
  below(below: number): number;
  /** True once in `every` draws. */
  chance(every: number): boolean;
  oneOf<T>(items: readonly T[]): T;
}

/** mulberry32: small, seeded, good enough for test data. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
  const oneOf = <T>(items: readonly T[]): T => {
    const item = items[below(items.length)];
    if (item === undefined) throw new RangeError('nothing to choose from');
    return item;
  };
  return { below, chance: (every) => below(every) === 0, oneOf };
};
