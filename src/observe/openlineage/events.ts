// Events of OpenLineage 2-0-2: what a run reads, what it writes, and which column comes from which. Pure.

interface DatasetField {
  readonly name: string;
  readonly type: string;
}

export interface FieldRef {
  readonly dataset: DatasetName;
  readonly field: string;
  readonly how: 'IDENTITY' | 'TRANSFORMATION' | 'AGGREGATION' | 'JOIN' | 'FILTER' | 'GROUP_BY';
}

export interface DatasetName {
  readonly namespace: string;
  readonly name: string;
}

export interface InputFacts {
  readonly dataset: DatasetName;
  readonly fields: readonly DatasetField[];
  /** Changed rows that were read. */
  readonly rows?: number | undefined;
}

export interface OutputFacts extends InputFacts {
  /** By column. */
  readonly lineage: ReadonlyMap<string, readonly FieldRef[]>;
  /** What decides which rows there are. */
  readonly wholeRows: readonly FieldRef[];
}

export interface ParentRun {
  readonly namespace: string;
  readonly job: string;
  readonly run: string;
}

export interface RunEventFacts {
  readonly type: 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';
  readonly at: string;
  readonly runId: string;
  readonly job: { readonly namespace: string; readonly name: string; readonly kind: string };
  readonly parent?: ParentRun | undefined;
  readonly engine: { readonly name: string; readonly version: string };
  readonly version: string;
  /** Of the server or file, without secrets. */
  readonly uri: string;
  readonly inputs: readonly InputFacts[];
  readonly outputs: readonly OutputFacts[];
  readonly error?: string | undefined;
  /** What only we know of a run. */
  readonly batch?: Readonly<Record<string, unknown>> | undefined;
}

const spec = 'https://openlineage.io/spec';

const producerOf = (version: string): string => `https://www.npmjs.com/package/tidemark/v/${version}`;

const facet = <T extends object>(producer: string, name: string, version: string, facts: T) => ({
  _producer: producer,
  _schemaURL: `${spec}/facets/${version}/${name}.json#/$defs/${name}`,
  ...facts,
});

const direct: ReadonlySet<FieldRef['how']> = new Set(['IDENTITY', 'TRANSFORMATION', 'AGGREGATION']);

/** A field that is read in several ways stands once, with all of them. */
const inputFields = (refs: readonly FieldRef[]): readonly object[] => {
  const fields = new Map<string, { readonly ref: FieldRef; readonly hows: Set<FieldRef['how']> }>();
  for (const ref of refs) {
    const key = JSON.stringify([ref.dataset.namespace, ref.dataset.name, ref.field]);
    const known = fields.get(key);
    if (known === undefined) fields.set(key, { ref, hows: new Set([ref.how]) });
    else known.hows.add(ref.how);
  }
  return [...fields.values()].map(({ ref: { dataset, field }, hows }) => ({
    namespace: dataset.namespace,
    name: dataset.name,
    field,
    transformations: [...hows].map((how) => ({
      type: direct.has(how) ? 'DIRECT' : 'INDIRECT',
      subtype: how,
      description: '',
      masking: false,
    })),
  }));
};

const datasetFacets = (producer: string, uri: string, { fields }: InputFacts): object => ({
  dataSource: facet(producer, 'DatasourceDatasetFacet', '1-0-1', { name: uri, uri }),
  schema: facet(producer, 'SchemaDatasetFacet', '1-2-0', {
    fields: fields.map(({ name, type }) => (type === '' ? { name } : { name, type })),
  }),
});

const inputOf =
  (producer: string, uri: string) =>
  (facts: InputFacts): object => ({
    ...facts.dataset,
    facets: datasetFacets(producer, uri, facts),
    ...(facts.rows === undefined
      ? {}
      : {
          inputFacets: {
            inputStatistics: facet(producer, 'InputStatisticsInputDatasetFacet', '1-0-0', {
              rowCount: facts.rows,
            }),
          },
        }),
  });

const outputOf =
  (producer: string, uri: string) =>
  (facts: OutputFacts): object => ({
    ...facts.dataset,
    facets: {
      ...datasetFacets(producer, uri, facts),
      columnLineage: facet(producer, 'ColumnLineageDatasetFacet', '1-2-0', {
        fields: Object.fromEntries(
          [...facts.lineage].map(([column, refs]) => [column, { inputFields: inputFields(refs) }]),
        ),
        dataset: inputFields(facts.wholeRows),
      }),
    },
    ...(facts.rows === undefined
      ? {}
      : {
          outputFacets: {
            outputStatistics: facet(producer, 'OutputStatisticsOutputDatasetFacet', '1-0-2', {
              rowCount: facts.rows,
            }),
          },
        }),
  });

const runFacets = (producer: string, facts: RunEventFacts): object => {
  const { parent, engine, version, error, batch } = facts;
  return {
    processing_engine: facet(producer, 'ProcessingEngineRunFacet', '1-1-1', {
      ...engine,
      openlineageAdapterVersion: version,
    }),
    ...(parent === undefined
      ? {}
      : {
          parent: facet(producer, 'ParentRunFacet', '1-2-0', {
            run: { runId: parent.run },
            job: { namespace: parent.namespace, name: parent.job },
          }),
        }),
    ...(error === undefined
      ? {}
      : {
          errorMessage: facet(producer, 'ErrorMessageRunFacet', '1-0-1', {
            message: error,
            programmingLanguage: 'TypeScript',
          }),
        }),
    ...(batch === undefined
      ? {}
      : {
          tidemark_batch: {
            _producer: producer,
            _schemaURL: `${spec}/2-0-2/OpenLineage.json#/$defs/RunFacet`,
            ...batch,
          },
        }),
  };
};

export const runEvent = (facts: RunEventFacts): object => {
  const producer = producerOf(facts.version);
  const { namespace, name, kind } = facts.job;
  return {
    eventType: facts.type,
    eventTime: facts.at,
    producer,
    schemaURL: `${spec}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
    run: { runId: facts.runId, facets: runFacets(producer, facts) },
    job: {
      namespace,
      name,
      facets: {
        jobType: facet(producer, 'JobTypeJobFacet', '2-0-4', {
          processingType: 'BATCH',
          integration: 'TIDEMARK',
          jobType: kind,
        }),
      },
    },
    inputs: facts.inputs.map(inputOf(producer, facts.uri)),
    outputs: facts.outputs.map(outputOf(producer, facts.uri)),
  };
};
