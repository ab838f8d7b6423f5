// What the project file and each of its environments may set: warehouse, schemas, mappings folder, limits.
import { join, resolve } from 'node:path';
import { readAlerts, type AlertSettings } from './alert-settings.ts';
import type { Entry } from './document.ts';
import {
  choiceAt,
  durationAt,
  fieldsOf,
  percentAt,
  required,
  shown,
  sizeAt,
  textAt,
  wholeAt,
} from './fields.ts';
import type { Fields } from './fields.ts';
import { lineageOf, type LineageSettings } from './lineage-settings.ts';
import { readConnection, type FoundConnection } from './connection.ts';
import type { Report } from './problems.ts';
import { badName, notBesideEvery, sharedSchema, unknownZone, wrongType } from './problems.ts';
import type { Files } from './dbt/find-profile.ts';
import {
  testPlaces,
  type Cadence,
  type Connection,
  type Limits,
  type Retention,
  type SchemaName,
  type Schemas,
  type TestsOn,
} from './project.ts';
import { nameParts } from './sql-name.ts';
import type { Variables } from './variables.ts';
import { fillVariables } from './variables.ts';

export const settingKeys = [
  'warehouse',
  'schemas',
  'mappings',
  'limits',
  'manifest',
  'schedule',
  'tests',
  'retention',
  'redact_key',
  'alerts',
  'openlineage',
] as const;

export interface Settings {
  readonly connection?: Connection | undefined;
  readonly schemas: Partial<Schemas>;
  readonly mappings?: string | undefined;
  /** Absolute. */
  readonly manifest?: string | undefined;
  readonly limits: Partial<Limits>;
  readonly schedule?: Cadence | undefined;
  readonly testsOn?: TestsOn | undefined;
  readonly retention?: Retention | undefined;
  /** Secret. */
  readonly redactKey?: string | undefined;
  readonly alerts?: AlertSettings | undefined;
  readonly lineage?: LineageSettings | undefined;
}

export const defaultSchemas: Schemas = {
  staging: { schema: 'staging' },
  mirrors: { schema: 'staging_public' },
  targets: { schema: 'marts' },
  state: { schema: 'tidemark' },
};

export const defaultLimits: Limits = { deletesPercent: 20, touchedPercent: 50, floor: 100 };

export interface Surroundings {
  readonly directory: string;
  readonly variables: Variables;
  readonly files: Files;
  readonly report: Report;
  /** For a warehouse that the chosen environment replaces. */
  readonly warehouseReport?: Report | undefined;
}

export const readSettings = (fields: Fields, around: Surroundings): Settings => {
  const { report, variables } = around;
  const filled = (key: string, to: Report): Entry | undefined => {
    const entry = fields.get(key);
    return entry === undefined
      ? undefined
      : { key: entry.key, value: fillVariables(entry.value, variables, to) };
  };
  const warehouseReport = around.warehouseReport ?? report;
  const warehouse = filled('warehouse', warehouseReport);
  const schemas = filled('schemas', report);
  const mappings = filled('mappings', report);
  const limits = filled('limits', report);
  const manifest = filled('manifest', report);
  const schedule = filled('schedule', report);
  const tests = filled('tests', report);
  const retention = filled('retention', report);
  const redactKey = filled('redact_key', report);
  const alerts = filled('alerts', report);
  const lineage = filled('openlineage', report);
  const found = warehouse && readConnection(warehouse.value, { ...around, report: warehouseReport });
  // Where dbt builds what says nothing else is where targets are looked for.
  const built = found?.schema === undefined ? {} : { targets: { schema: found.schema } };
  return {
    connection: found?.connection,
    schemas: { ...built, ...(schemas === undefined ? {} : readSchemas(schemas, report)) },
    manifest: manifestOf(textAt({ ...fields, report, get: () => manifest }, 'manifest')?.text, found, around),
    mappings: textAt({ ...fields, report, get: () => mappings }, 'mappings')?.text,
    limits: limits === undefined ? {} : readLimits(limits, report),
    schedule: schedule && readSchedule(schedule, report),
    testsOn: tests === undefined ? undefined : testsOnOf(tests, report),
    retention: retention && readRetention(retention, report),
    redactKey: redactKey && redactKeyOf(redactKey, { ...fields, report }),
    alerts: alerts && readAlerts(alerts, around.directory, report),
    lineage: lineage && lineageOf(lineage, around),
  };
};

/** A guess would be tried on every hash: a short one is no secret. */
const shortestRedactKey = 16;

const redactKeyOf = (entry: Entry, fields: Fields): string | undefined => {
  const key = textAt({ ...fields, get: () => entry }, 'redact_key')?.text;
  if (key !== undefined && key.length < shortestRedactKey)
    fields.report(
      wrongType(
        entry.value.at,
        'redact_key',
        `a secret of at least ${shortestRedactKey} characters`,
        'a shorter one',
      ),
    );
  return key;
};

const readRetention = (entry: Entry, report: Report): Retention => {
  const fields = fieldsOf(entry.value, '`retention`', { known: ['age', 'size'] }, report);
  return { ageMs: durationAt(fields, 'age'), bytes: sizeAt(fields, 'size') };
};

const testsOnOf = (entry: Entry, report: Report): TestsOn | undefined =>
  choiceAt(fieldsOf(entry.value, '`tests`', { known: ['on'] }, report), 'on', testPlaces);

/** The one that is named; beside the profile of dbt also the one that dbt writes. */
const manifestOf = (
  named: string | undefined,
  found: FoundConnection | undefined,
  { directory, files }: Surroundings,
): string | undefined => {
  if (named !== undefined) return resolve(directory, named);
  if (found?.directory === undefined) return undefined;
  const usual = join(found.directory, 'target', 'manifest.json');
  return files.exists(usual) ? usual : undefined;
};

const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const readSchedule = (entry: Entry, report: Report): Cadence | undefined => {
  const fields = fieldsOf(entry.value, '`schedule`', { known: ['every', 'cron', 'timezone'] }, report);
  const ms = durationAt(fields, 'every');
  const expression = textAt(fields, 'cron')?.text;
  const timezone = textAt(fields, 'timezone')?.text;
  if (timezone !== undefined && !isZone(timezone))
    report(unknownZone(fields.get('timezone')?.value.at ?? fields.at, timezone));
  const wrong = fields.get('cron') ?? fields.get('timezone');
  if (fields.get('every') !== undefined && wrong !== undefined)
    report(notBesideEvery(wrong.key.at, wrong.key.text));
  else if (fields.get('every') === undefined) required(fields, 'cron', 'or `every: 30m`');
  if (ms !== undefined) return { kind: 'every', ms };
  return expression === undefined ? undefined : { kind: 'cron', expression, timezone };
};

const schemaKeys = ['staging', 'mirrors', 'targets', 'state'] as const;

const readSchemas = (entry: Entry, report: Report): Partial<Schemas> => {
  const fields = fieldsOf(entry.value, '`schemas`', { known: schemaKeys }, report);
  const named = schemaKeys.flatMap((key) => {
    const schema = schemaAt(fields, key);
    return schema === undefined ? [] : [[key, schema] as const];
  });
  return Object.fromEntries(named);
};

const schemaAt = (fields: Fields, key: string): SchemaName | undefined => {
  const text = textAt(fields, key);
  if (text === undefined) return undefined;
  const [first, second, ...more] = nameParts(text.text) ?? [];
  if (first !== undefined && more.length === 0) {
    return second === undefined ? { schema: first } : { database: first, schema: second };
  }
  fields.report(badName(text.at, key, shown(text), '`schema` or `database.schema`'));
  return undefined;
};

/** Mirrors that shared a schema with what they copy would take its tables' names. */
export const checkSchemas = (schemas: Schemas, fields: Fields): void => {
  const same = (left: SchemaName, right: SchemaName): boolean =>
    left.schema === right.schema && left.database === right.database;
  const at = fields.get('schemas')?.key.at ?? fields.at;
  for (const [one, other] of [
    ['mirrors', 'staging'],
    ['mirrors', 'targets'],
    ['state', 'staging'],
    ['state', 'mirrors'],
    ['state', 'targets'],
  ] as const) {
    if (same(schemas[one], schemas[other])) fields.report(sharedSchema(at, one, other, schemas[one].schema));
  }
};

/** The limits that a mapping sets; those that it leaves out stay as they are. */
export const readLimits = (entry: Entry, report: Report): Partial<Limits> => {
  const fields = fieldsOf(entry.value, '`limits`', { known: ['deletes', 'touched', 'floor'] }, report);
  const deletesPercent = percentAt(fields, 'deletes');
  const touchedPercent = percentAt(fields, 'touched');
  const floor = wholeAt(fields, 'floor');
  return {
    ...(deletesPercent === undefined ? {} : { deletesPercent }),
    ...(touchedPercent === undefined ? {} : { touchedPercent }),
    ...(floor === undefined ? {} : { floor }),
  };
};
