// The grain and the joins of a target: what each alias stands for, and in which order they are joined.
import type { Scalar } from '../project/document.ts';
import type { Join, Root } from './dictionary.ts';
import { equalitiesOf } from './conjuncts.ts';
import { compileExpression } from './expression.ts';
import { orderJoins } from './join-order.ts';
import * as say from './problems.ts';
import type { Context, Declared, DeclaredTarget } from './relations.ts';
import type { Relation, Scope } from './scope.ts';
import { ownWrites } from './unsettled.ts';

/** What the targets of one dictionary are resolved against. */
export interface Relations {
  readonly declared: ReadonlyMap<string, Declared>;
  readonly relations: ReadonlyMap<string, Relation>;
  /** Of all that is declared. */
  readonly names: ReadonlySet<string>;
}

export interface Aliases {
  readonly root: Root;
  readonly scope: Scope;
}

export const resolveAliases = (target: DeclaredTarget, all: Relations, context: Context): Aliases => {
  const { from, joins } = target.raw;
  const aliases = new Map<string, Relation>();
  const own = all.relations.get(target.name);
  if (from !== undefined) aliases.set(from.text, relationAt(from, target, all, context));
  else if (own !== undefined) aliases.set('this', { ...own, unsettled: ownWrites(target.raw) });
  for (const { alias, relation } of joins) {
    if (aliases.has(alias.text) && alias.text !== 'this')
      context.report(say.aliasTaken(alias.at, alias.text));
    else if (alias.text === 'this') context.report(say.reservedAlias(alias.at));
    else {
      if (alias.text !== relation.text && all.declared.has(alias.text)) {
        context.report(say.aliasHidesSource(alias.at, alias.text, relation.text));
      }
      aliases.set(alias.text, relationAt(relation, target, all, context));
    }
  }
  return {
    root:
      from === undefined
        ? { kind: 'this', alias: 'this' }
        : { kind: 'grain', alias: from.text, relation: from.text },
    scope: { aliases, relations: all.names, incomplete: context.raw.incomplete },
  };
};

/** The relation that a name stands for; one that nobody knows is reported, and its columns are believed. */
const relationAt = (name: Scalar, target: DeclaredTarget, all: Relations, context: Context): Relation => {
  const declared = all.declared.get(name.text);
  if (declared === undefined) {
    if (!context.raw.incomplete)
      context.report(say.unknownRelation(name.at, name.text, [...all.declared.keys()]));
  } else if (declared.kind === 'target' && !declared.raw.enabled) {
    context.report(say.disabledRelation(name.at, name.text, target.name));
  }
  return (
    all.relations.get(name.text) ?? {
      name: name.text,
      shown: name.text,
      columns: undefined,
      leftOut: new Set(),
    }
  );
};

export const resolveJoins = (
  target: DeclaredTarget,
  { root, scope }: Aliases,
  context: Context,
): readonly Join[] => {
  const joins = target.raw.joins.flatMap((raw): readonly Join[] => {
    const on = compileExpression(raw.on, { ...scope, use: 'read' }, context.report);
    if (on === undefined) return [];
    return [
      {
        alias: raw.alias.text,
        relation: raw.relation.text,
        type: raw.type,
        on: on.expression,
        many: raw.many,
        equalities: equalitiesOf(on, raw.on, raw.alias.text),
        at: raw.alias.at,
      },
    ];
  });
  return orderJoins(joins, root.alias, context.report);
};
