// Which rows of the targets hang on a column, as marks: for each target the aliases through which such a row finds a
// row that holds the column. What reaches several columns through the same aliases is one mark.
import type { Target } from '../dictionary/dictionary.ts';
import type { Graph } from './graph.ts';
import { columnsOfRows, influencesOf, type Influence } from './influence.ts';
import { relationOf } from './reads.ts';
import { conditionColumns, type Spot } from './reach.ts';

/** The alias has a row; with `mark`, one that bears this mark of its target. */
export interface MarkPart {
  readonly alias: string;
  readonly mark: number | undefined;
}

/** Any of its parts. */
type Mark = readonly MarkPart[];

export interface MarkedTarget {
  readonly target: Target;
  readonly marks: readonly Mark[];
  /** By what was asked, then by column; the key without a column is that of the rows as such. */
  readonly of: ReadonlyMap<Spot, ReadonlyMap<string | undefined, number>>;
  /** Any column, whatever was asked. */
  readonly all: number;
}

class Marking {
  readonly marks: Mark[] = [];
  private readonly places = new Map<string, number>();

  add(parts: readonly MarkPart[]): number {
    const distinct = new Map(parts.map((part) => [JSON.stringify([part.alias, part.mark]), part]));
    const key = [...distinct.keys()].toSorted().join();
    const known = this.places.get(key);
    if (known !== undefined) return known;
    this.marks.push([...distinct.values()]);
    this.places.set(key, this.marks.length - 1);
    return this.marks.length - 1;
  }
}

const same = (left: string | undefined, right: string | undefined): boolean =>
  left?.toLowerCase() === right?.toLowerCase();

/** Of a source's condition: whoever hangs on its rows hangs on the column. */
const isAsked = (graph: Graph, from: Spot, { relation, column }: Spot): boolean =>
  relation === from.relation &&
  (same(column, from.column) ||
    (column === undefined && conditionColumns(graph, relation).some((each) => same(each, from.column))));

interface Read extends Influence {
  readonly relation: string;
}

const partsOf = (
  graph: Graph,
  target: Target,
  reads: readonly Read[],
  { from, marked: upstream }: { readonly from: Spot; readonly marked: ReadonlyMap<string, MarkedTarget> },
): ReadonlyMap<string | undefined, readonly MarkPart[]> => {
  const parts = new Map<string | undefined, MarkPart[]>();
  for (const influence of reads) {
    const { alias, relation } = influence;
    const found: MarkPart[] = [];
    if (isAsked(graph, from, { relation, column: influence.column })) found.push({ alias, mark: undefined });
    const marked = relation === target.name ? undefined : upstream.get(relation)?.of.get(from);
    const column = [...(marked?.keys() ?? [])].find((each) => same(each, influence.column));
    const mark = marked?.get(influence.column === undefined ? undefined : column);
    if (mark !== undefined) found.push({ alias, mark });
    if (found.length === 0) continue;
    const decided =
      influence.decides === undefined ? [undefined, ...columnsOfRows(target)] : [influence.decides];
    for (const each of decided) parts.set(each, [...(parts.get(each) ?? []), ...found]);
  }
  return parts;
};

export const markTargets = (graph: Graph, asked: readonly Spot[]): readonly MarkedTarget[] => {
  const marked = new Map<string, MarkedTarget>();
  for (const target of graph.order) {
    const marking = new Marking();
    const of = new Map<Spot, ReadonlyMap<string | undefined, number>>();
    const all: MarkPart[] = [];
    const reads = influencesOf(target).map((each) => ({ ...each, relation: relationOf(target, each.alias) }));
    for (const from of asked) {
      const parts = partsOf(graph, target, reads, { from, marked });
      if (parts.size === 0) continue;
      of.set(from, new Map([...parts].map(([column, each]) => [column, marking.add(each)])));
      all.push(...[...parts.values()].flat());
    }
    if (of.size > 0) marked.set(target.name, { target, of, all: marking.add(all), marks: marking.marks });
  }
  return [...marked.values()];
};
