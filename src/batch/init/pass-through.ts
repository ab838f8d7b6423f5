// A target whose rows stay dbt's, and of which we keep the columns that pass through from a source as they stand: the
// form for SQL that cannot be computed by the row. The row of the source is found by columns of the target.
import type { ClosedColumn, ClosedLineage } from '../../dbt/model/closed-lineage.ts';
import { comparable, referenceRank } from '../../dictionary/import/facts.ts';
import type { Candidate, SourceProposal, ThisForm, ThisJoin } from './proposal.ts';

export interface PassQuestion {
  readonly candidate: Candidate;
  readonly lineage: ClosedLineage;
  readonly sources: ReadonlyMap<string, SourceProposal>;
  /** The type of a source's column. */
  readonly typeOf: (source: string, column: string) => string | undefined;
  /** Columns that must stay as dbt leaves them. */
  readonly untouched: ReadonlySet<string>;
}

const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

const storedName = ({ info }: Candidate, name: string): string | undefined =>
  info.columns.find((column) => column.name === name)?.name ??
  info.columns.find((column) => same(column.name, name))?.name;

/** The column of the target that holds this part of the source's key. */
const ownColumn = (question: PassQuestion, source: SourceProposal, key: string): string | undefined => {
  const { candidate, lineage, typeOf } = question;
  const type = typeOf(source.name, key) ?? '';
  const passed = lineage.columns.flatMap(({ name, passes }) => {
    const own = storedName(candidate, name);
    return own === undefined || passes === undefined ? [] : [{ own, passes }];
  });
  const direct = passed.find(({ passes }) => passes.relation === source.name && same(passes.column, key));
  if (direct !== undefined) return direct.own;
  const joinsOn = (relation: string, column: string): boolean =>
    lineage.joins.some((each) => each.relation === relation && same(each.column, column));
  if (!joinsOn(source.name, key)) return undefined;
  const ranked = passed.flatMap(({ own, passes }) => {
    const held = candidate.info.columns.find(({ name }) => name === own)?.type ?? '';
    if (passes.relation === source.name || !joinsOn(passes.relation, passes.column)) return [];
    if (!comparable(held, type)) return [];
    const rank = referenceRank(passes.column, { name: source.name, key }, new Set());
    return rank === undefined ? [] : [{ own, rank }];
  });
  return ranked.toSorted((left, right) => left.rank - right.rank)[0]?.own;
};

const joinOf = (question: PassQuestion, source: SourceProposal): ThisJoin | undefined => {
  const on = source.key.columns.map(({ name }) => ({ own: ownColumn(question, source, name), key: name }));
  return on.every((part): part is { own: string; key: string } => part.own !== undefined)
    ? { source: source.name, on }
    : undefined;
};

/** A column that decides more than its own cell: to write that cell alone would leave the row half as it was. */
const hasSiblings = ({ columns, deciders }: ClosedLineage, own: ClosedColumn): boolean => {
  const { passes } = own;
  const isIt = (each: { readonly relation: string; readonly column: string }): boolean =>
    passes !== undefined && each.relation === passes.relation && same(each.column, passes.column);
  return (
    deciders.some(isIt) ||
    columns.some((other) => other !== own && other.passes === undefined && other.reads.some(isIt))
  );
};

/** None where nothing passes through that a row of the target could find again. */
export const passThrough = (question: PassQuestion): ThisForm | undefined => {
  const { candidate, lineage, sources, untouched } = question;
  const kept = new Set(candidate.key.columns.map(({ name }) => name));
  const joins = [...sources.values()]
    .filter(({ name }) => lineage.once.has(name))
    .flatMap((source) => joinOf(question, source) ?? []);
  const found = new Map(joins.map((join) => [join.source, join]));
  const locating = new Set(joins.flatMap(({ on }) => on.map(({ own }) => own)));
  // What is not known may be decided by anything.
  const isWhole =
    lineage.unknown === undefined && lineage.columns.every(({ unknown }) => unknown === undefined);
  if (!isWhole) return undefined;
  const columns = lineage.columns.flatMap((column) => {
    const { name, passes } = column;
    if (hasSiblings(lineage, column)) return [];
    const own = storedName(candidate, name);
    if (own === undefined || passes === undefined || !found.has(passes.relation)) return [];
    return kept.has(own) || locating.has(own) || untouched.has(own)
      ? []
      : [{ name: own, source: passes.relation, column: passes.column }];
  });
  const used = new Set(columns.map(({ source }) => source));
  return columns.length === 0
    ? undefined
    : { kind: 'this', joins: joins.filter(({ source }) => used.has(source)), columns };
};
