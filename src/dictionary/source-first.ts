// The dictionary seen from its sources: `{source: {column: {target: column}}}`.
import { Document, Scalar, visit } from 'yaml';
import type { Dictionary, Target } from './dictionary.ts';
import { plainColumn } from './references.ts';

/** One column that feeds another. */
export interface Fed {
  readonly source: string;
  readonly column: string;
  readonly target: string;
  readonly to: string;
  /** None: the column as it is. */
  readonly expression: string | undefined;
}

/** Rows of its own are no source. */
const relationOf = (target: Target, alias: string): string | undefined =>
  alias === target.root.alias
    ? target.root.kind === 'this'
      ? undefined
      : target.root.relation
    : target.joins.find((join) => join.alias === alias)?.relation;

const feedsOf = (target: Target): readonly Fed[] =>
  target.columns.flatMap(({ name, expression }) => {
    const text =
      plainColumn(expression) !== undefined ? undefined : expression.text.replaceAll(/\s+/g, ' ').trim();
    const fed = expression.parts.flatMap((part): readonly Fed[] => {
      const source = typeof part === 'string' ? undefined : relationOf(target, part.alias);
      if (typeof part === 'string' || source === undefined) return [];
      return [{ source, column: part.column, target: target.name, to: name, expression: text }];
    });
    return [...new Map(fed.map((each) => [JSON.stringify([each.source, each.column]), each])).values()];
  });

/** Sources in their own order, targets that feed others after them. */
export const sourceFirst = ({ sources, targets }: Dictionary): readonly Fed[] => {
  const order = new Map([...sources, ...targets].map(({ name }, place) => [name, place]));
  const placeOf = ({ source }: Fed): number => order.get(source) ?? -1;
  return targets.flatMap(feedsOf).toSorted((left, right) => placeOf(left) - placeOf(right));
};

type Leaf = string | { readonly column: string; readonly expression: string };

export type Shape = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, Leaf | readonly Leaf[]>>>>>
>;

const grouped = <T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [string, readonly T[]])[] => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups];
};

const leafOf = ({ to, expression }: Fed): Leaf =>
  expression === undefined ? to : { column: to, expression };

const leavesOf = (feeds: readonly Fed[]): Leaf | readonly Leaf[] => {
  const leaves = feeds.map(leafOf);
  const [only] = leaves;
  return leaves.length === 1 && only !== undefined ? only : leaves;
};

/** A target's column is named as such; an expression stands beside it. */
export const shapeOf = (feeds: readonly Fed[]): Shape =>
  Object.fromEntries(
    grouped(feeds, ({ source }) => source).map(([source, ofSource]) => [
      source,
      Object.fromEntries(
        grouped(ofSource, ({ column }) => column).map(([column, ofColumn]) => [
          column,
          Object.fromEntries(
            grouped(ofColumn, ({ target }) => target).map(([target, ofTarget]) => [
              target,
              leavesOf(ofTarget),
            ]),
          ),
        ]),
      ),
    ]),
  );

/** Blanks of other scripts at the edge of an unquoted text would be lost in reading. */
export const shapeYaml = (shape: Shape): string => {
  const document = new Document(shape);
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'string' && node.value !== node.value.trim()) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 }).trimEnd();
};

/** JSON's texts are Python's as well. */
export const shapePython = (shape: Shape): string => {
  const write = (value: unknown, indent: string): string => {
    if (typeof value === 'string') return JSON.stringify(value);
    const inner = `${indent}    `;
    if (Array.isArray(value)) return `[${value.map((each) => write(each, inner)).join(', ')}]`;
    const lines = Object.entries(value as object).map(
      ([key, each]) => `${inner}${JSON.stringify(key)}: ${write(each, inner)},\n`,
    );
    return lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent}}`;
  };
  return `EXPANDED_DICTIONARY = ${write(shape, '')}`;
};
