// A project file that suddenly points a known source or target at another table is more likely to be the wrong
// file than a wish: the names that a relation was last in step under are kept, and others need to be asked for.
import type { Source, Target } from '../../dictionary/dictionary.ts';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { Graph } from '../../graph/graph.ts';
import { showTable } from '../../sql/table-name.ts';
import type { KnownState } from '../known-state.ts';

interface Moved {
  readonly relation: Source | Target;
  readonly name: string;
  readonly what: string;
  readonly found: string;
  readonly expected: string;
}

const movedTables = ({ sources, targets }: Graph, known: KnownState): readonly Moved[] => {
  const moved: Moved[] = [];
  for (const relation of [...sources.values(), ...targets.values()]) {
    const before = known.relations.get(relation.name);
    if (before?.firstBatch === undefined) continue;
    const compare = (what: string, found: string, expected: string): void => {
      if (found !== expected) moved.push({ relation, name: relation.name, what, found, expected });
    };
    if ('mirror' in relation) {
      compare(`source \`${relation.name}\``, showTable(relation.table), before.table);
      if (before.mirror !== undefined)
        compare(`the mirror of \`${relation.name}\``, showTable(relation.mirror), before.mirror);
    } else compare(`target \`${relation.name}\``, showTable(relation.table), before.table);
  }
  return moved;
};

const refused = (moved: readonly Moved[]): TidemarkError => {
  const [first] = moved;
  const more = moved.length > 1 ? `, and ${moved.length - 1} more` : '';
  return new TidemarkError('environment_mismatch', {
    message: `${first?.what ?? ''} is \`${first?.found ?? ''}\` in this project file, but tidemark knows it as \`${first?.expected ?? ''}\`${more}`,
    hint: 'is this the right project file and environment? If the tables did move, `tidemark run --rebind` takes the new names and compares those tables in full',
    at: first?.relation.at,
    details: { moved: moved.map(({ name, found, expected }) => ({ name, found, expected })) },
  });
};

/** The relations whose names are taken anew; refuses them unless that was asked for. */
export const reboundRelations = (graph: Graph, known: KnownState, rebind: boolean): ReadonlySet<string> => {
  const moved = movedTables(graph, known);
  if (moved.length > 0 && !rebind) throw refused(moved);
  return new Set(moved.map(({ name }) => name));
};
