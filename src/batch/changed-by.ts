// Who changed the rows of a source, as its `actor` column says: of one change, of several, of a whole batch. Of a
// deleted row it says who wrote it last, not who deleted it, so that nobody is named.
import { parseDictionary } from '../dictionary/parse.ts';
import type { Source } from '../dictionary/dictionary.ts';
import type { Project } from '../project/project.ts';
import { readMappings } from '../project/read-project.ts';
import type { Dialect } from '../sql/dialect.ts';
import { commas, sql } from '../sql/fragment.ts';
import { state } from '../store/state.ts';
import type { LedgerEntry } from '../store/trail.ts';
import type { Session } from '../warehouse/port.ts';

export const changedBy = (entry: LedgerEntry, source: Source | undefined): string | null => {
  const value = source?.actor === undefined ? undefined : entry.after?.[source.actor];
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Each once, in order. */
export const changedByAny = (
  entries: readonly LedgerEntry[],
  sources: ReadonlyMap<string, Source>,
): readonly string[] =>
  [...new Set(entries.flatMap((entry) => changedBy(entry, sources.get(entry.source)) ?? []))].toSorted();

export interface ActorCount {
  readonly actor: string;
  readonly changes: number;
}

const shownAtMost = 20;

/** Those of the most changes first. Reads the mappings as far as they can be read: a mistake in them must not keep
 *  anybody from looking at a batch. */
export const actorsOfBatch = async (
  session: Session,
  dialect: Dialect,
  project: Project,
  batch: number,
): Promise<readonly ActorCount[]> => {
  const named = parseDictionary(readMappings(project)).raw.sources.flatMap(({ name, actor }) =>
    actor === undefined ? [] : [{ name: name.text, actor: actor.text }],
  );
  if (named.length === 0) return [];
  const whens = named.map(
    ({ name, actor }) => sql`when ${name} then ${dialect.jsonText(sql`c.after`, actor)}`,
  );
  const actor = sql`case c.source ${sql.join(whens, sql` `)} end`;
  const sources = commas(named.map(({ name }) => sql`${name}`));
  const rows = await session.rows<{ actor: string; changes: string }>(
    sql`select a.actor, count(*) as changes from (select ${actor} as actor from ${state(project.schemas.state, 'changes')} as c where c.batch = ${sql.lit(batch)} and c.source in (${sources})) as a
where a.actor is not null group by a.actor order by count(*) desc, a.actor limit ${sql.lit(shownAtMost)}`,
  );
  return rows.map(({ actor: name, changes }) => ({ actor: name, changes: Number(changes) }));
};
