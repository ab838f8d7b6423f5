// Pipelines of small dictionaries: what the pure tests render and what the double runs.
import { catalogOf, type CatalogTable } from '../../src/dictionary/catalog.ts';
import { parseDictionary } from '../../src/dictionary/parse.ts';
import { resolveDictionary } from '../../src/dictionary/resolve.ts';
import { defaultLimits } from '../../src/project/settings.ts';
import { typeDictionary, type TypesOf } from '../../src/snowflake-pipeline/column-types.ts';
import { choose } from '../../src/snowflake-pipeline/choose.ts';
import type { Pipeline, PipelineSettings } from '../../src/snowflake-pipeline/pipeline.ts';
import { showTable } from '../../src/sql/table-name.ts';

const settings: PipelineSettings = {
  project: 'shop',
  environment: 'dev',
  place: { schema: 'TIDEMARK_PIPELINE' },
  warehouse: 'WH',
  start: { kind: 'triggered' },
  lag: '5 minutes',
  refreshMode: 'incremental',
  reconcileAt: '17 3 * * * UTC',
  role: 'TIDEMARK_PIPELINE',
  notify: undefined,
};

const project = {
  schemas: {
    staging: { schema: 'STAGING' },
    mirrors: { schema: 'STAGING_PUBLIC' },
    targets: { schema: 'MARTS' },
    state: { schema: 'TIDEMARK' },
  },
  connection: { type: 'snowflake', account: 'acme', proof: { kind: 'browser' } },
  limits: defaultLimits,
  redactKey: undefined,
} as const;

/** Files by their names in `mappings`. */
export const pipelineOf = async (
  files: Readonly<Record<string, string>>,
  tables: readonly CatalogTable[],
  changed: Partial<PipelineSettings> = {},
  ask?: TypesOf,
): Promise<Pipeline> => {
  const parsed = parseDictionary(
    Object.entries(files).map(([name, text]) => ({ file: `mappings/${name}`, text })),
  );
  const { dictionary, problems } = resolveDictionary(parsed.raw, project, catalogOf(tables));
  const errors = [...parsed.problems, ...problems].filter(({ severity }) => severity !== 'warning');
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  const logs = dictionary.sources.flatMap((source) => {
    const found = tables.find((each) => showTable(each.table) === showTable(source.table));
    return source.detect.kind === 'log' && found !== undefined ? [[source.name, found.columns] as const] : [];
  });
  return {
    settings: { ...settings, ...changed },
    logColumns: new Map(logs),
    ...choose(await typeDictionary(dictionary, ask)),
  };
};
