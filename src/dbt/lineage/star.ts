// `*` and `alias.*`, with what they leave out, replace and rename.
import { isJson, listOf, unknownPart, type Json } from './node.ts';
import { sameName, storedNames, storedOf } from './names.ts';
import type { From } from './bind-from.ts';
import { emptyExpr, type Expr, type Output, type Ref } from './query.ts';
import type { Environment } from './scope.ts';

const known = new Set(['table', 'except', 'replace', 'rename', 'span']);

interface Column {
  readonly name: string;
  readonly refs: readonly Ref[];
}

/** Merged columns once, in the place of the first of them. */
const columnsOf = (
  { items, merged }: From,
  qualifier: string | undefined,
  { dialect }: Environment,
): readonly Column[] | { readonly problem: string } => {
  const places = [...items.keys()].filter((place) => {
    const item = items[place];
    if (item === undefined || item.join === 'semi' || item.join === 'anti') return false;
    return qualifier === undefined || sameName(item.alias, qualifier, dialect);
  });
  if (places.length === 0) return { problem: `there is no relation \`${qualifier ?? '*'}\`` };
  const found: Column[] = [];
  const taken = new Set<string>();
  for (const place of places) {
    const item = items[place];
    if (item?.columns === undefined)
      return { problem: `\`*\` stands for the columns of \`${item?.alias ?? ''}\`, which are not known` };
    for (const name of item.columns) {
      if (name === undefined) return { problem: `\`${item.alias}\` has a column without a name` };
      const one =
        qualifier === undefined ? [...merged].find(([each]) => sameName(each, name, dialect)) : undefined;
      if (one !== undefined && taken.has(one[0])) continue;
      if (one !== undefined) taken.add(one[0]);
      found.push({ name, refs: one?.[1] ?? [{ depth: 0, item: place, column: name }] });
    }
  }
  return found;
};

interface Changes {
  readonly left: readonly string[];
  readonly replaced: readonly { readonly name: string; readonly expr: Expr }[];
  readonly renamed: readonly (readonly [string, string])[];
}

const changesOf = (body: Json, { dialect }: Environment, bind: (node: unknown) => Expr): Changes => ({
  left: storedNames(body['except'], dialect),
  replaced: listOf(body['replace']).flatMap((each) => {
    if (!isJson(each)) return [];
    const name = storedOf(each['alias'], dialect);
    return name === undefined ? [] : [{ name, expr: bind(each['this']) }];
  }),
  renamed: listOf(body['rename']).flatMap((pair): readonly (readonly [string, string])[] => {
    const [from, to] = storedNames(pair, dialect);
    return from === undefined || to === undefined ? [] : [[from, to]];
  }),
});

export const expandStar = (
  body: Json,
  from: From,
  environment: Environment,
  bind: (node: unknown) => Expr,
): readonly Output[] | { readonly problem: string } => {
  const { dialect } = environment;
  const part = unknownPart(body, known);
  if (part !== undefined) return { problem: `\`*\` with \`${part}\`` };
  const columns = columnsOf(from, storedOf(body['table'], dialect), environment);
  if ('problem' in columns) return columns;
  const { left, replaced, renamed } = changesOf(body, environment, bind);
  return columns
    .filter(({ name }) => !left.some((each) => sameName(each, name, dialect)))
    .map(({ name, refs }): Output => {
      const replacement = replaced.find((each) => sameName(each.name, name, dialect));
      const as = renamed.find(([old]) => sameName(old, name, dialect))?.[1] ?? name;
      if (replacement !== undefined) return { name: as, expr: replacement.expr };
      const [only, second] = refs;
      return {
        name: as,
        expr: { ...emptyExpr(undefined), refs },
        plain: second === undefined ? only : undefined,
      };
    });
};
