// Whether our own tables are of one moment: a restore of some of them would give numbers of batches and changes twice, and
// the audit would tell of two batches as of one.
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { SchemaName } from '../project/project.ts';
import { sql } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { state } from './state.ts';

/** Before this version no batch was pruned. */
const versionWithPruned = 2;

interface Ends {
  /** The last batch that is listed, and the last one of those that must have changes in the ledger. */
  readonly listed: string | null;
  readonly told: string | null;
  readonly ledger: string | null;
  readonly audit: string | null;
}

const torn = (schema: SchemaName, what: string, details: Readonly<Record<string, number>>): TidemarkError =>
  new TidemarkError('state_torn', {
    message: `the tables in schema \`${schema.schema}\` are not of one moment: ${what}; nothing was written`,
    hint: 'restore all tables of that schema from one backup; what they were restored beside is found out by itself',
    details,
  });

/** What a history's events told since the copy that was put back, or before they were lost, nothing else tells. */
export const tornEvents = (schema: SchemaName, target: string, events: string): TidemarkError =>
  new TidemarkError('state_torn', {
    message: `\`${events}\` is not as it was left: the events of history \`${target}\` were restored apart from the other tables in schema \`${schema.schema}\`, or lost; nothing was written`,
    hint: `restore all tables of that schema from one backup; where there is none, drop \`${events}\`: the history then goes on from the versions that it has`,
    details: { target, events },
  });

export const refuseTorn = async (session: Session, schema: SchemaName, version: number): Promise<void> => {
  const kept = version < versionWithPruned ? sql`` : sql` and b.pruned_at is null`;
  const [ends] = await session.rows<Ends>(
    sql`select (select max(batch) from ${state(schema, 'batches')}) as listed,
  (select max(b.batch) from ${state(schema, 'batches')} as b where b.changes > 0 and b.kind <> 'bootstrap'${kept}) as told,
  (select max(batch) from ${state(schema, 'changes')}) as ledger, (select max(batch) from ${state(schema, 'audit')}) as audit`,
  );
  const [listed, told, ledger, audit] = [ends?.listed, ends?.told, ends?.ledger, ends?.audit].map((batch) =>
    Number(batch ?? 0),
  );
  if (listed === undefined || told === undefined || ledger === undefined || audit === undefined) return;
  const details = { listed, ledger, audit };
  if (ledger > listed || audit > listed)
    throw torn(
      schema,
      `${ledger > listed ? 'the ledger' : 'the audit'} tells of batch ${Math.max(ledger, audit)}, the last one that is listed is ${listed}`,
      details,
    );
  if (told > ledger)
    throw torn(schema, `batch ${told} changed sources, and the ledger ends with batch ${ledger}`, details);
};
