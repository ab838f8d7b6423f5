// Impact: which columns of which targets hang on a column, directly or through other targets, and how.
import type { Expression, Source, Target } from '../dictionary/dictionary.ts';
import { relationsOf, type Graph } from './graph.ts';
import { passedOn, type Passed } from './passed-on.ts';
import { columnsOfRows, hows, influencesOf, type How, type Influence } from './influence.ts';
import { refsOf, relationOf } from './reads.ts';
import { isOfTime, versionsRead } from './versions-read.ts';

/** A column of a source or target; without a column: which rows it has. */
export interface Spot {
  readonly relation: string;
  readonly column: string | undefined;
}

interface Step {
  readonly target: string;
  /** None: rows appear, vanish or are others. */
  readonly column: string | undefined;
}

export interface Reach {
  readonly from: Spot;
  readonly target: string;
  readonly column: string;
  /** The gravest of the ways in which the column is read on the way here. */
  readonly how: How;
  /** Whole rows of the target come, go or are others; else it is this value of theirs. */
  readonly scope: 'row' | 'value';
  /** The targets between, in order. */
  readonly via: readonly Step[];
  /** The text in the mapping of `target` that reads what came before; none where its rows are those of another. */
  readonly expression: Expression | undefined;
}

interface Reader {
  readonly target: Target;
  readonly influence: Influence;
}

/** Who reads what, for as many questions as there are; worked out for the relations that they lead to. */
export interface Lineage {
  readonly graph: Graph;
  readonly readersOf: (relation: string) => ReadonlyMap<string, readonly Reader[]>;
  readonly targetsReading: (relation: string) => readonly Target[];
}

/** Names that differ in case alone are one column: what is not reached for certain is shown rather than hidden. */
const columnKey = (column: string | undefined): string => (column === undefined ? '' : column.toLowerCase());

const readingTargets = ({ order }: Graph): ReadonlyMap<string, readonly Target[]> => {
  const reading = new Map<string, Target[]>();
  for (const target of order) {
    const own = target.root.kind === 'this' ? [target.name] : [];
    for (const name of [...relationsOf(target), ...own]) {
      const known = reading.get(name);
      if (known === undefined) reading.set(name, [target]);
      else known.push(target);
    }
  }
  return reading;
};

export const lineageOf = (graph: Graph): Lineage => {
  const reading = readingTargets(graph);
  const readers = new Map<string, ReadonlyMap<string, readonly Reader[]>>();
  const find = (relation: string): ReadonlyMap<string, readonly Reader[]> => {
    const columns = new Map<string, Reader[]>();
    for (const target of reading.get(relation) ?? []) {
      for (const influence of influencesOf(target)) {
        if (relationOf(target, influence.alias) !== relation) continue;
        const key = columnKey(influence.column);
        const known = columns.get(key);
        if (known === undefined) columns.set(key, [{ target, influence }]);
        else known.push({ target, influence });
      }
    }
    return columns;
  };
  return {
    graph,
    targetsReading: (relation) => reading.get(relation) ?? [],
    readersOf: (relation) => {
      const known = readers.get(relation) ?? find(relation);
      readers.set(relation, known);
      return known;
    },
  };
};

/** Columns of a relation that some target, or the relation's own conditions, read. */
export const columnsReadOf = ({ graph, readersOf }: Lineage, relation: string): readonly string[] => {
  const found = new Map<string, string>();
  for (const list of readersOf(relation).values()) {
    for (const { influence } of list)
      if (influence.column !== undefined) found.set(columnKey(influence.column), influence.column);
  }
  for (const { column } of conditionsOf(graph, relation)) found.set(columnKey(column), column);
  return [...found.values()];
};

interface Condition {
  readonly column: string;
  readonly how: 'filter' | 'key';
}

/** Where a key that is gone from staging stays a row, at least for a while, a changed key is one row more. */
const outlivesItsKey = ({ detect }: Source): boolean =>
  detect.kind === 'log' || detect.deletes.kind !== 'every run' || detect.deleteAfterMs !== undefined;

/** What decides which rows of its table are rows of a source. */
const conditionsOf = (graph: Graph, relation: string): readonly Condition[] => {
  const source = graph.sources.get(relation);
  if (source === undefined) return [];
  const filters = [source.where, source.deleted].flatMap((expression) =>
    expression === undefined ? [] : refsOf(expression).map(({ column }) => column),
  );
  return [
    ...filters.map((column): Condition => ({ column, how: 'filter' })),
    ...(outlivesItsKey(source) ? source.key : []).map(({ name }): Condition => ({
      column: name,
      how: 'key',
    })),
  ];
};

export const conditionColumns = (graph: Graph, relation: string): readonly string[] =>
  conditionsOf(graph, relation).map(({ column }) => column);

interface State {
  readonly spot: Spot;
  /** Who of its readers sees that. */
  readonly to?: Passed['to'];
  readonly how: How;
  readonly via: readonly Step[];
}

const graver = (left: How, right: How): How => (hows.indexOf(left) >= hows.indexOf(right) ? left : right);

const wayTo = ({ target, column, how }: Reach): string => JSON.stringify([target, column, how]);

class Walk {
  readonly found: Reach[] = [];
  private readonly seen = new Set<string>();
  private readonly queue: State[] = [];
  private readonly lineage: Lineage;
  private readonly from: Spot;

  constructor(lineage: Lineage, from: Spot) {
    this.lineage = lineage;
    this.from = from;
  }

  /** Breadth first, so that each column is met by its shortest way. */
  run(): readonly Reach[] {
    const { relation, column } = this.from;
    this.queue.push({ spot: this.from, how: 'direct', via: [] });
    const deciding = conditionsOf(this.lineage.graph, relation).filter(
      (condition) => columnKey(condition.column) === columnKey(column),
    );
    for (const how of new Set(deciding.map((each) => each.how)))
      this.queue.push({ spot: { relation, column: undefined }, how, via: [] });
    // An array hands out what is added while it is walked.
    for (const state of this.queue) this.follow(state);
    // Where rows come and go by a join, that their values hang on it as well says nothing more.
    const rows = new Set(this.found.flatMap((each) => (each.scope === 'row' ? [wayTo(each)] : [])));
    return this.found.filter((each) => each.scope === 'row' || !rows.has(wayTo(each)));
  }

  private follow({ spot, how: before, via, to }: State): void {
    const readers = this.lineage.readersOf(spot.relation).get(columnKey(spot.column)) ?? [];
    for (const { target, influence } of readers) {
      if (!this.isFor(to, target, influence)) continue;
      const { decides, expression } = influence;
      const how = graver(before, influence.how);
      const [columns, scope] =
        decides === undefined ? ([columnsOfRows(target), 'row'] as const) : ([[decides], 'value'] as const);
      for (const column of columns) {
        const reach = { from: this.from, target: target.name, column, how, scope, via, expression };
        if (this.isNew(target.name, column, how, scope)) this.found.push(reach);
      }
      // Whoever reads a target of which rows come and go reads their columns with them.
      const further = this.lineage.targetsReading(target.name);
      for (const passed of passedOn(target, influence, { columns, readers: further }))
        this.enter(target.name, passed, { how, via });
    }
  }

  private enter(
    target: string,
    { column, to }: Passed,
    { how, via }: { readonly how: How; readonly via: readonly Step[] },
  ): void {
    if (!this.isNew(target, column, `${how} to ${to}`)) return;
    const spot = { relation: target, column };
    this.queue.push({ spot, how, via: [...via, { target, column }], to });
  }

  private isFor(to: Passed['to'], reader: Target, { alias, column, how, expression }: Influence): boolean {
    const history = to && this.lineage.graph.targets.get(relationOf(reader, alias));
    if (history === undefined) return true;
    const isCondition =
      how === 'join' || how === 'filter' || reader.joins.some(({ on }) => on === expression);
    if (to === 'as of' && isCondition && isOfTime(history, column)) return false;
    return versionsRead(reader, alias, history) === to;
  }

  private isNew(...parts: readonly (string | undefined)[]): boolean {
    const key = JSON.stringify(parts);
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    return true;
  }
}

/** In the order of the graph, then of the dictionary. */
export const reachOf = (lineage: Lineage, from: Spot): readonly Reach[] => {
  const places = new Map(lineage.graph.order.map((target, place) => [target.name, place]));
  const columnPlace = ({ target, column }: Reach): number =>
    lineage.graph.targets.get(target)?.columns.findIndex((each) => each.name === column) ?? 0;
  return new Walk(lineage, from)
    .run()
    .toSorted(
      (left, right) =>
        (places.get(left.target) ?? 0) - (places.get(right.target) ?? 0) ||
        columnPlace(left) - columnPlace(right) ||
        hows.indexOf(left.how) - hows.indexOf(right.how),
    );
};
