// The relations that a bound query reads, in whatever place.
import type { Expr, Item, Query } from '../lineage/query.ts';

const inExpr = (expr: Expr | undefined): readonly string[] =>
  (expr?.subqueries ?? []).flatMap((query) => [...relationsIn(query)]);

export const relationsOfItem = ({ source, on }: Item): ReadonlySet<string> => {
  const own =
    source.kind === 'table'
      ? [source.table.name]
      : source.kind === 'query'
        ? [...relationsIn(source.query)]
        : [];
  const called = source.kind === 'call' ? inExpr(source.call) : [];
  return new Set([...own, ...called, ...inExpr(on)]);
};

export const relationsIn = (query: Query): ReadonlySet<string> => {
  switch (query.kind) {
    case 'select': {
      const exprs = [
        ...query.outputs.map(({ expr }) => expr),
        query.where,
        query.having,
        query.qualify,
        ...(query.groups ?? []),
        ...query.distinctOn,
        ...query.order,
      ];
      return new Set([
        ...query.items.flatMap((item) => [...relationsOfItem(item)]),
        ...exprs.flatMap(inExpr),
      ]);
    }
    case 'set':
      return new Set([...relationsIn(query.left), ...relationsIn(query.right)]);
    case 'values':
      return new Set(query.rows.flat().flatMap(inExpr));
    case 'unread':
      return new Set();
    default:
      return query satisfies never;
  }
};
