// Reading the parser's tree: each node is an object with one key, the kind, over its parts.

export type Json = Readonly<Record<string, unknown>>;

export interface Node {
  readonly kind: string;
  readonly body: Json;
}

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const nodeOf = (value: unknown): Node | undefined => {
  if (!isJson(value)) return undefined;
  const [entry, second] = Object.entries(value);
  if (entry === undefined || second !== undefined) return undefined;
  const [kind, body] = entry;
  return isJson(body) ? { kind, body } : undefined;
};

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const jsonAt = (body: Json, name: string): Json | undefined => {
  const value = body[name];
  return isJson(value) ? value : undefined;
};

/** Nothing stands there: the tree spells out every part that a query may have. */
export const isBlank = (value: unknown): boolean =>
  value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);

/** The first part that stands there and is not among those that are known; comments mean nothing. */
export const unknownPart = (body: Json, known: ReadonlySet<string>): string | undefined =>
  Object.keys(body).find((name) => !isBlank(body[name]) && !known.has(name) && !name.endsWith('comments'));

/** How a thing was spelt, not what it is. */
const spelling = new Set(['span', 'original_name', 'alias_explicit_as', 'alias_keyword']);

/** Texts of any length have several names. */
const texts = new Set(['var_char', 'text']);

const calls = new Set(['function', 'aggregate_function']);

/** Names of functions are the same in any case. */
const meaningOfPart = (name: string, part: unknown, isCall: boolean): unknown => {
  if (name === 'data_type' && typeof part === 'string' && texts.has(part)) return 'text';
  return isCall && name === 'name' && typeof part === 'string' ? part.toLowerCase() : meaning(part);
};

const meaningOfParts = (value: Json, isCall: boolean): unknown =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([name, part]) => !spelling.has(name) && !name.endsWith('comments') && !isBlank(part))
      .map(([name, part]) => [
        name,
        calls.has(name) && isJson(part) ? meaningOfParts(part, true) : meaningOfPart(name, part, isCall),
      ]),
  );

/** Without what says where a text stands and how it was written: two trees that agree mean the same. */
export const meaning = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(meaning);
  return isJson(value) ? meaningOfParts(value, false) : value;
};
