// Where our own tables are, and the few forms that all statements on them share.
import type { SchemaName } from '../project/project.ts';
import { sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import type { TableName } from '../sql/table-name.ts';

export const stateTables = [
  'schema_version',
  'project',
  'batches',
  'changes',
  'audit',
  'positions',
  'missing',
  'rejected',
  'relations',
  'lease',
  'heartbeat',
  'runs',
  'ticks',
  'shared_lease',
  'histories',
  'version_keys',
  'undos',
  'holds',
  'verified',
  'parts',
  'lags',
] as const;

export type StateTable = (typeof stateTables)[number];

export const stateTable = (schema: SchemaName, name: StateTable): TableName => ({ ...schema, name });

export const state = (schema: SchemaName, name: StateTable): Fragment => table(stateTable(schema, name));

/** An instant given as text, typed. */
export const instant = (text: string): Fragment => sql`cast(${text} as timestamptz)`;

/** JSON given as a value, typed for the engine. */
export const json = (value: unknown, jsonType: string): Fragment =>
  sql`cast(${JSON.stringify(value)} as ${verbatim(jsonType)})`;

/** Milliseconds since the epoch of an instant as the engines print it under UTC (`2026-11-21 10:00:00.5+00`). */
export const instantMs = (text: string): number => {
  const iso = text
    .trim()
    .replace(' ', 'T')
    .replace(/([+-]\d\d)(:?\d\d)?$/, '');
  const fraction = /\.(\d{1,3})\d*$/.exec(iso);
  return Date.parse(
    `${fraction === null ? iso : iso.slice(0, fraction.index)}.${(fraction?.[1] ?? '0').padEnd(3, '0')}Z`,
  );
};

/** The same instant in the form that JSON output uses. */
export const instantIso = (text: string): string => new Date(instantMs(text)).toISOString();
