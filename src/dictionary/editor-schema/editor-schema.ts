// The JSON Schema of one project's own dictionary: editors complete its tables and columns, show their types, and mark
// what is none of them.
import { sourceKeys } from '../parse-source.ts';
import { targetKeys } from '../parse-target.ts';
import { targetName } from '../tables.ts';
import { expressionOf } from './expressions.ts';
import { strictObject, type JsonSchema } from './json-schema.ts';
import type { KnownDictionary } from './known.ts';
import { sourceSchema } from './source-schema.ts';
import { newTarget, ownTarget, rowsName, rowsOf, targetProperties } from './target-schema.ts';

const known = ({
  known: now,
  later = [],
}: {
  readonly known: readonly string[];
  readonly later?: readonly string[];
}) => [...now, ...later];

export const editorSchema = (dictionary: KnownDictionary): JsonSchema => {
  const { relations, targets } = dictionary;
  const sources = [...relations.values()].filter(({ kind }) => kind === 'source');
  const keys = known(sourceKeys);
  const file = strictObject([...known(targetKeys), 'sources'], {
    ...targetProperties(dictionary),
    sources: {
      type: 'object',
      description: 'what changes under us, by name',
      properties: Object.fromEntries(sources.map((source) => [source.name, sourceSchema(keys, source)])),
      additionalProperties: sourceSchema(keys, undefined),
    },
  });
  const mapped = new Set(targets.map(targetName));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'mappings of this project, written by `tidemark dictionary --schema`',
    ...file,
    allOf: [...targets.map((target) => ownTarget(target, dictionary)), newTarget(targets)],
    $defs: {
      expression: expressionOf(
        new Map([...relations].filter(([name, { kind }]) => kind === 'source' || mapped.has(name))),
      ),
      ...Object.fromEntries([...relations].map(([name, relation]) => [rowsName(name), rowsOf(relation)])),
    },
  };
};
