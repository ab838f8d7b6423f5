// The part of JSON Schema that editors read, and the few forms that all of ours share.

export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export const text = (description?: string): JsonSchema => described({ type: 'string' }, description);
export const flag = (description?: string): JsonSchema => described({ type: 'boolean' }, description);

export const described = (schema: JsonSchema, description: string | undefined): JsonSchema =>
  description === undefined ? schema : { ...schema, description };

/** One of these names; an editor shows what each is. */
export const oneOf = (names: ReadonlyMap<string, string>): JsonSchema => ({
  enum: [...names.keys()],
  markdownEnumDescriptions: [...names.values()],
});

export const choice = (choices: readonly (string | null)[], description?: string): JsonSchema =>
  described({ enum: choices }, description);

/** SQL: also `true`, `null` and numbers are expressions. */
export const sqlText: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };

export const listOrOne = (item: JsonSchema, description?: string): JsonSchema =>
  described({ anyOf: [item, { type: 'array', items: item, minItems: 1 }] }, description);

export const mapOf = (value: JsonSchema, description?: string): JsonSchema =>
  described({ type: 'object', additionalProperties: value }, description);

/** Of the known keys of a mapping, those without a schema of their own take anything. */
export const strictObject = (
  known: readonly string[],
  properties: Readonly<Record<string, JsonSchema>>,
): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(known.map((key) => [key, properties[key] ?? {}])),
});

export const whenever = (condition: JsonSchema, consequence: JsonSchema): JsonSchema => ({
  if: condition,
  // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema, no promise
  then: consequence,
});
