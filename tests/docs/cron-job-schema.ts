// The parts of a CronJob of batch/v1 that the example uses, written down from the reference of its API: an unknown or
// misplaced key is an error here, as it is with strict validation on a server.
import { Ajv2020 } from 'ajv/dist/2020.js';

const text = { type: 'string', minLength: 1 } as const;
const whole = { type: 'integer', minimum: 0 } as const;
/** A name of DNS, as objects and containers want it. */
const label = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' } as const;

const strict = (required: readonly string[], properties: object) => ({
  type: 'object',
  additionalProperties: false,
  required: [...required],
  properties,
});

const named = strict(['name'], { name: label, optional: { type: 'boolean' } });

const container = strict(['name', 'image'], {
  name: label,
  image: text,
  workingDir: { type: 'string', pattern: '^/' },
  command: { type: 'array', minItems: 1, items: text },
  args: { type: 'array', items: text },
  env: { type: 'array', items: strict(['name', 'value'], { name: text, value: { type: 'string' } }) },
  envFrom: {
    type: 'array',
    items: {
      ...strict([], { secretRef: named, configMapRef: named, prefix: text }),
      minProperties: 1,
    },
  },
});

const podSpec = strict(['restartPolicy', 'containers'], {
  // A Job takes no `Always`, and a failure policy wants `Never`.
  restartPolicy: { const: 'Never' },
  terminationGracePeriodSeconds: whole,
  containers: { type: 'array', minItems: 1, items: container },
});

const onExitCodes = strict(['operator', 'values'], {
  containerName: label,
  operator: { enum: ['In', 'NotIn'] },
  // 0 is no failure: `In` refuses it.
  values: {
    type: 'array',
    minItems: 1,
    uniqueItems: true,
    items: { type: 'integer', minimum: 1, maximum: 255 },
  },
});

const rule = strict(['action', 'onExitCodes'], {
  action: { enum: ['FailJob', 'FailIndex', 'Ignore', 'Count'] },
  onExitCodes,
});

const jobSpec = strict(['template'], {
  backoffLimit: whole,
  activeDeadlineSeconds: whole,
  podFailurePolicy: strict(['rules'], { rules: { type: 'array', minItems: 1, items: rule } }),
  template: strict(['spec'], { spec: podSpec }),
});

const cronJobSchema = strict(['apiVersion', 'kind', 'metadata', 'spec'], {
  apiVersion: { const: 'batch/v1' },
  kind: { const: 'CronJob' },
  metadata: strict(['name'], { name: label }),
  spec: strict(['schedule', 'jobTemplate'], {
    schedule: { type: 'string', pattern: '^(\\S+ ){4}\\S+$' },
    timeZone: text,
    concurrencyPolicy: { enum: ['Allow', 'Forbid', 'Replace'] },
    startingDeadlineSeconds: whole,
    successfulJobsHistoryLimit: whole,
    failedJobsHistoryLimit: whole,
    jobTemplate: strict(['spec'], { spec: jobSpec }),
  }),
});

const validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false }).compile(cronJobSchema);

/** What is wrong with it; empty when nothing is. */
export const cronJobErrors = (job: unknown): readonly string[] =>
  validate(job)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
