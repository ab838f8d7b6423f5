// FROM: the root of a target and its look-ups, each as the rows that are there, or as the images of one batch in its place.
import type { Join, Source, Target } from '../dictionary/dictionary.ts';
import { aliasesIn } from '../dictionary/references.ts';
import { changesTable, currentTable, positionTable } from './objects.ts';
import { inRange } from './position.ts';
import type { PipelineSettings } from './pipeline.ts';
import { expressionText, quoted, quotedTable } from './quote.ts';

/** A column that every row of a relation has: what tells a row from the lack of one behind a left join. */
const presence = 'TIDEMARK_DELETED';

export interface Reading {
  readonly settings: PipelineSettings;
  readonly target: Target;
  /** By name. */
  readonly sources: ReadonlyMap<string, Source>;
  /** Targets that are read, by name: dynamic tables read those. */
  readonly others: ReadonlyMap<string, Target>;
}

export const isPresent = (alias: string): string => `${quoted(alias, presence)} is not null`;

const currentRows = ({ settings, sources, others }: Reading, relation: string): string => {
  const source = sources.get(relation);
  if (source !== undefined)
    return `(select * from ${currentTable(settings, source)} where not "${presence}")`;
  const other = others.get(relation);
  if (other === undefined) throw new RangeError(`${relation} is nothing that the pipeline keeps`);
  return quotedTable(other.table);
};

/** As they were and as they became in the batches of the target's position. */
const imageRows = ({ settings, sources }: Reading, relation: string, routine: string): string => {
  const source = sources.get(relation);
  if (source === undefined) throw new RangeError(`${relation} is no source`);
  return `(select i.*, false as "${presence}" from ${changesTable(settings, source)} as i join ${positionTable(settings, routine)} as p on ${inRange('i."TIDEMARK_BATCH"')})`;
};

export const rootRows = (reading: Reading): string => {
  const { root, table } = reading.target;
  if (root.kind === 'this') return quotedTable(table);
  return currentRows(reading, root.relation);
};

interface FromWish {
  readonly joins: readonly Join[];
  /** The alias whose images stand in its place, and the routine whose batches they are of. */
  readonly changed?: { readonly alias: string; readonly routine: string } | undefined;
  /** Behind the root. */
  readonly limit?: string | undefined;
}

export const fromClause = (reading: Reading, { joins, changed, limit = '' }: FromWish): string => {
  const { root } = reading.target;
  const rowsOf = (alias: string, relation: string): string =>
    changed?.alias === alias ? imageRows(reading, relation, changed.routine) : currentRows(reading, relation);
  const rootText =
    root.kind === 'grain' && changed?.alias === root.alias
      ? imageRows(reading, root.relation, changed.routine)
      : rootRows(reading);
  const lines = joins.map(({ alias, relation, type, on }) => {
    // A missing neighbour must not hide that the changed row reaches the root.
    const how = type === 'inner' && changed === undefined ? 'join' : 'left join';
    return `${how} ${rowsOf(alias, relation)} as ${quoted(alias)} on ${expressionText(on)}`;
  });
  return [`from ${rootText} as ${quoted(root.alias)}${limit}`, ...lines].join('\n');
};

/** The joins by which an alias is reached from the root, itself the last. */
export const wayTo = (joins: readonly Join[], alias: string): readonly Join[] => {
  const needed = new Set([alias]);
  for (const join of joins.toReversed())
    if (needed.has(join.alias)) for (const name of aliasesIn(join.on)) needed.add(name);
  return joins.filter((join) => needed.has(join.alias));
};
