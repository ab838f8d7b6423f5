// What the parser made of the dbt models that are targets: loading it takes seconds, so that what it found is kept until
// the manifest, or a table that they read, is another one.
import { readFileSync } from 'node:fs';
import type { ModelQuery } from '../dbt/model/model-query.ts';
import { lookUp } from '../dictionary/catalog.ts';
import type { ModelOutcome } from '../dictionary/resolve-model.ts';
import { targetName, targetTable } from '../dictionary/tables.ts';
import { readModels, type ModelsQuestion } from './models.ts';
import { keep, keptPlace, readKept, type KeptOf } from './user-cache.ts';

/** Goes up with each change of what is kept. */
const keptForm = 1;

const names = (columns: readonly { readonly name: string }[]): readonly string[] =>
  columns.map(({ name }) => name);

/** All that the answer hangs on beside the manifest. */
const questionText = ({ raw, naming, dictionary, catalog }: ModelsQuestion): string =>
  JSON.stringify([
    keptForm,
    naming.connection.type,
    dictionary.sources.map(({ name, table, key, columns }) => [name, table, key, names(columns)]),
    dictionary.targets.map(({ name, tableColumns }) => [name, names(tableColumns)]),
    raw.targets.map((target) => {
      const table = targetTable(target, naming);
      const columns = names(lookUp(catalog, table)?.columns ?? []);
      const key = target.key.map(({ name, nullable }) => [name.text, nullable]);
      return [targetName(target), table, target.enabled, target.model?.text ?? null, key, columns];
    }),
  ]);

type Tagged = Readonly<Record<string, unknown>>;

const written = (_: string, value: unknown): unknown => {
  if (value instanceof Map) return { map: [...value] };
  return value instanceof Set ? { set: [...value] } : value;
};

const restored = (_: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  const { map, set } = value as Tagged;
  if (Array.isArray(map)) return new Map(map as [unknown, unknown][]);
  return Array.isArray(set) ? new Set(set) : value;
};

/** A mistake is told with its place, which moves with its file: it is looked for anew. */
const onlyQueries = (
  outcomes: ReadonlyMap<string, ModelOutcome>,
): ReadonlyMap<string, ModelQuery> | undefined => {
  const queries = [...outcomes].flatMap(([name, outcome]) =>
    'query' in outcome ? [[name, outcome.query] as const] : [],
  );
  return queries.length === outcomes.size ? new Map(queries) : undefined;
};

const asOutcomes = (queries: ReadonlyMap<string, ModelQuery>): ReadonlyMap<string, ModelOutcome> =>
  new Map([...queries].map(([name, query]) => [name, { query }]));

export const keptModels = async (
  of: KeptOf,
  question: ModelsQuestion,
): Promise<ReadonlyMap<string, ModelOutcome>> => {
  const { manifest, raw } = question;
  if (manifest === undefined || !raw.targets.some(({ model, enabled }) => enabled && model !== undefined))
    return (await readModels(question)).outcomes;
  const kept = keptPlace('models', of, () => [readFileSync(manifest), questionText(question)]);
  const known =
    kept && readKept(kept, (text) => JSON.parse(text, restored) as ReadonlyMap<string, ModelQuery>);
  if (known !== undefined) return asOutcomes(known);
  const { outcomes, fromManifest } = await readModels(question);
  const queries = onlyQueries(outcomes);
  if (kept !== undefined && queries !== undefined && fromManifest)
    keep(kept, () => JSON.stringify(queries, written));
  return outcomes;
};
