// What the stored events of each history were when we left them, kept beside the fingerprints of the relations.
import type { SchemaName } from '../project/project.ts';
import { sql, type Fragment } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import type { Fingerprint } from './fingerprints.ts';
import type { KnownHistory } from './histories.ts';
import { state } from './state.ts';

/** No relation is called so. */
const prefix = ' events of ';

export const eventsName = (target: string): string => `${prefix}${target}`;

/** Nothing for the name of a relation. */
export const historyOfEvents = (name: string): string | undefined =>
  name.startsWith(prefix) ? name.slice(prefix.length) : undefined;

export const withEvents = (
  fingerprints: ReadonlyMap<string, Fingerprint>,
  histories: ReadonlyMap<string, KnownHistory>,
): ReadonlyMap<string, Fingerprint> =>
  new Map([
    ...fingerprints,
    ...[...histories].flatMap(([target, { fingerprint }]) =>
      fingerprint === undefined ? [] : [[eventsName(target), fingerprint] as const],
    ),
  ]);

export const storedEventMark = (schema: SchemaName, target: string): Fragment =>
  sql`select fingerprint from ${state(schema, 'histories')} where target = ${target}`;

export const saveEventMark = async (
  session: Session,
  schema: SchemaName,
  target: string,
  now: Fingerprint,
): Promise<void> => {
  await session.execute(
    sql`update ${state(schema, 'histories')} set fingerprint = ${JSON.stringify(now)} where target = ${target}`,
  );
};
