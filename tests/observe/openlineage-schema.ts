// The parts of OpenLineage 2-0-2 that our events use, written down from its specification: the official schemas are in
// no package that could be installed. The classes that are generated from them are, and `npm run test:airflow` builds
// our events with those.
import { Ajv2020 } from 'ajv/dist/2020.js';

const text = { type: 'string', minLength: 1 } as const;
const uri = { type: 'string', pattern: '^[a-z][a-z0-9+.-]*:\\S+$' } as const;

const strict = (required: readonly string[], properties: object, optional: object = {}) => ({
  type: 'object',
  additionalProperties: false,
  required: [...required],
  properties: { ...properties, ...optional },
});

const facet = (name: string, version: string, required: readonly string[], properties: object) =>
  strict(['_producer', '_schemaURL', ...required], {
    _producer: uri,
    _schemaURL: { const: `https://openlineage.io/spec/facets/${version}/${name}.json#/$defs/${name}` },
    ...properties,
  });

const transformation = strict(
  ['type'],
  {
    type: { enum: ['DIRECT', 'INDIRECT'] },
    subtype: {
      enum: [
        'IDENTITY',
        'TRANSFORMATION',
        'AGGREGATION',
        'JOIN',
        'GROUP_BY',
        'FILTER',
        'SORT',
        'WINDOW',
        'CONDITIONAL',
      ],
    },
  },
  { description: { type: 'string' }, masking: { type: 'boolean' } },
);

const inputField = strict(
  ['namespace', 'name', 'field'],
  { namespace: text, name: text, field: text },
  {
    transformations: { type: 'array', minItems: 1, items: transformation },
  },
);

const dataset = (statistics: object) =>
  strict(['namespace', 'name'], {
    namespace: uri,
    name: text,
    facets: strict([], {
      dataSource: facet('DatasourceDatasetFacet', '1-0-1', [], { name: text, uri }),
      schema: facet('SchemaDatasetFacet', '1-2-0', [], {
        fields: { type: 'array', items: strict(['name'], { name: text, type: { type: 'string' } }) },
      }),
      columnLineage: facet('ColumnLineageDatasetFacet', '1-2-0', ['fields'], {
        fields: {
          type: 'object',
          additionalProperties: strict(['inputFields'], {
            inputFields: { type: 'array', items: inputField },
          }),
        },
        dataset: { type: 'array', items: inputField },
      }),
    }),
    ...statistics,
  });

const rowCount = { rowCount: { type: 'integer', minimum: 0 } };

const openLineageSchema = {
  $id: 'openlineage-run-event',
  ...strict(['eventType', 'eventTime', 'producer', 'schemaURL', 'run', 'job', 'inputs', 'outputs'], {
    eventType: { enum: ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER'] },
    eventTime: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' },
    producer: uri,
    schemaURL: { const: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent' },
    run: strict(['runId'], {
      runId: { type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' },
      facets: strict([], {
        processing_engine: facet('ProcessingEngineRunFacet', '1-1-1', ['version'], {
          version: text,
          name: text,
          openlineageAdapterVersion: text,
        }),
        parent: facet('ParentRunFacet', '1-2-0', ['run', 'job'], {
          run: strict(['runId'], { runId: text }),
          job: strict(['namespace', 'name'], { namespace: text, name: text }),
        }),
        errorMessage: facet('ErrorMessageRunFacet', '1-0-1', ['message', 'programmingLanguage'], {
          message: text,
          programmingLanguage: text,
        }),
        tidemark_batch: {
          type: 'object',
          required: ['_producer', '_schemaURL', 'batch', 'kind', 'status', 'digest', 'behind'],
        },
      }),
    }),
    job: strict(['namespace', 'name'], {
      namespace: text,
      name: text,
      facets: strict([], {
        jobType: facet('JobTypeJobFacet', '2-0-4', ['processingType', 'integration'], {
          processingType: { enum: ['BATCH', 'STREAMING', 'SERVICE'] },
          integration: text,
          jobType: text,
        }),
      }),
    }),
    inputs: {
      type: 'array',
      items: dataset({
        inputFacets: strict([], {
          inputStatistics: facet('InputStatisticsInputDatasetFacet', '1-0-0', [], rowCount),
        }),
      }),
    },
    outputs: {
      type: 'array',
      items: dataset({
        outputFacets: strict([], {
          outputStatistics: facet('OutputStatisticsOutputDatasetFacet', '1-0-2', [], rowCount),
        }),
      }),
    },
  }),
};

const validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false }).compile(
  openLineageSchema,
);

/** What is wrong with an event; empty when it is one. */
export const lineageErrors = (event: object): readonly string[] =>
  validate(event)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
