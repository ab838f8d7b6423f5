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

/** Without what says where a text stands and how it was commented: two trees that agree mean the same. */
export const meaning = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(meaning);
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, part]) => name !== 'span' && !name.endsWith('comments') && !isBlank(part))
      .map(([name, part]) => [name, meaning(part)]),
  );
};
