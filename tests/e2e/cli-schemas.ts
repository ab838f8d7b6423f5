// The published JSON Schemas, compiled; an output is checked against the one that it names itself.
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const folder = new URL('../../src/cli/schemas/', import.meta.url);

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: false });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

export const schemaNames = readdirSync(folder).map((name) => name.replace(/\.json$/, ''));

for (const name of schemaNames) {
  ajv.addSchema(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as object);
}

/** What is wrong with an output; empty when it is what its schema says. */
export const schemaErrors = (output: Readonly<Record<string, unknown>>): readonly string[] => {
  const name = /^tidemark\/([a-z-]+)\/1$/.exec(String(output['schema']))?.[1];
  const validate = name === undefined ? undefined : ajv.getSchema(`${name}.json`);
  if (validate === undefined) return [`no schema for ${String(output['schema'])}`];
  if (validate(output)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
};
