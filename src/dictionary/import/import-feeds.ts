// An imported dictionary → mapping files that hold together: what the checks of mappings refuse is taken out and
// said, so that what is left can be used as it is.
import type { Problem } from '../../errors/tidemark-error.ts';
import type { FileText } from '../../project/document.ts';
import type { Catalog } from '../catalog.ts';
import { parseDictionary } from '../parse.ts';
import { resolveDictionary } from '../resolve.ts';
import type { Naming } from '../tables.ts';
import type { Limits } from '../../project/project.ts';
import { keyOf, type TableFacts } from './facts.ts';
import { sourcesText, targetText, type MappingText } from './mapping-text.ts';
import { placeTarget, type PlacedTarget } from './place-target.ts';
import type { Feed } from './read-shape.ts';

export interface ImportInput {
  readonly feeds: readonly Feed[];
  /** By the name that the dictionary gives them. */
  readonly sources: ReadonlyMap<string, TableFacts>;
  readonly targets: ReadonlyMap<string, TableFacts>;
  /** The mapping files that are there. */
  readonly present: readonly FileText[];
  readonly catalog: Catalog;
  readonly project: Naming & { readonly limits: Limits };
  /** What the files say they come from. */
  readonly origin: string;
  /** A path that is free, for a target or for the sources. */
  readonly pathOf: (name: string | undefined) => string;
}

interface NotPlaced {
  readonly feed: Feed;
  readonly reason: string;
}

interface ImportedTarget {
  readonly file: string;
  readonly target: string;
  readonly columns: number;
  readonly text: string;
}

export interface Imported {
  readonly sources:
    | { readonly file: string; readonly names: readonly string[]; readonly text: string }
    | undefined;
  readonly targets: readonly ImportedTarget[];
  readonly notPlaced: readonly NotPlaced[];
}

interface Draft {
  readonly target: PlacedTarget;
  readonly file: string;
  readonly mapping: MappingText;
}

const draftOf = (input: ImportInput, target: PlacedTarget): Draft => ({
  target,
  file: input.pathOf(target.facts.name),
  mapping: targetText(target, input.origin),
});

/** Without some of its columns. */
const without = (target: PlacedTarget, reasons: ReadonlyMap<string, string>): PlacedTarget => ({
  ...target,
  placed: target.placed.filter(({ to }) => !reasons.has(to)),
  unplaced: [
    ...target.unplaced,
    ...target.placed.flatMap((feed) => {
      const reason = reasons.get(feed.to);
      return reason === undefined ? [] : [{ feed, reason }];
    }),
  ],
});

const sourcesUsed = (drafts: readonly Draft[]): ReadonlySet<string> =>
  new Set(
    drafts.flatMap(({ target }) => [
      ...(target.from === undefined ? [] : [target.from]),
      ...target.joins.map(({ source }) => source),
    ]),
  );

/** Those that no file declares yet, and that are no targets. */
const newSources = ({ sources, targets }: ImportInput, drafts: readonly Draft[]): readonly TableFacts[] => {
  const used = sourcesUsed(drafts);
  return [...sources.values()].filter(
    (facts) =>
      used.has(facts.name) &&
      facts.declaredKey === undefined &&
      !targets.has(facts.name) &&
      keyOf(facts) !== undefined,
  );
};

const problemsOf = (input: ImportInput, drafts: readonly Draft[]): readonly Problem[] => {
  const texts = [
    ...input.present,
    { file: input.pathOf(undefined), text: sourcesText(newSources(input, drafts), input.origin) },
    ...drafts.map(({ file, mapping }) => ({ file, text: mapping.text })),
  ];
  const { raw, problems } = parseDictionary(texts);
  const resolved = resolveDictionary(raw, input.project, input.catalog);
  return [...problems, ...resolved.problems].filter(({ severity }) => severity === 'error');
};

interface Round {
  readonly drafts: readonly Draft[];
  readonly dropped: readonly NotPlaced[];
}

const allOf = ({ placed, unplaced }: PlacedTarget, reason: string): readonly NotPlaced[] => [
  ...placed.map((feed) => ({ feed, reason })),
  ...unplaced,
];

/** Takes out each column that a problem stands in, and each target that one stands elsewhere in. */
const mend = (input: ImportInput, drafts: readonly Draft[], problems: readonly Problem[]): Round => {
  const dropped: NotPlaced[] = [];
  const kept = drafts.flatMap((draft): readonly Draft[] => {
    const own = problems.filter(({ at }) => at?.file === draft.file);
    if (own.length === 0) return [draft];
    const reasons = new Map<string, string>();
    for (const { at, message } of own) {
      const name = draft.mapping.columnLines.get(at?.line ?? 0);
      const isKey = name !== undefined && draft.target.key.columns.includes(name);
      if (name === undefined || isKey) {
        dropped.push(...allOf(draft.target, message));
        return [];
      }
      reasons.set(name, message);
    }
    return [draftOf(input, without(draft.target, reasons))];
  });
  return { drafts: kept, dropped };
};

export const importFeeds = (input: ImportInput): Imported => {
  const notPlaced: NotPlaced[] = [];
  let drafts: readonly Draft[] = [];
  for (const [name, facts] of input.targets) {
    const feeds = input.feeds.filter(({ target }) => target === name);
    const placing = placeTarget(facts, feeds, input.sources);
    if (placing.kind === 'placed') drafts = [...drafts, draftOf(input, placing.target)];
    else notPlaced.push(...placing.unplaced);
  }
  // Each round takes something out, so it ends.
  for (;;) {
    const problems = problemsOf(input, drafts);
    const round = mend(input, drafts, problems);
    if (round.dropped.length === 0 && round.drafts.every((draft, place) => draft === drafts[place])) break;
    drafts = round.drafts;
    notPlaced.push(...round.dropped);
  }
  const useful = drafts.filter(({ target }) => target.placed.length > 0);
  const sources = newSources(input, useful);
  return {
    sources:
      sources.length === 0
        ? undefined
        : {
            file: input.pathOf(undefined),
            names: sources.map(({ name }) => name),
            text: sourcesText(sources, input.origin),
          },
    targets: useful.map(({ target, file, mapping }) => ({
      file,
      target: target.facts.name,
      columns: target.placed.length,
      text: mapping.text,
    })),
    notPlaced: [...notPlaced, ...drafts.flatMap(({ target }) => target.unplaced)],
  };
};
