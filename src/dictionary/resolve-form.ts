// What kind a target is, and whether its aggregates can be computed without rows multiplying each other.
import type { Report } from '../project/problems.ts';
import { branchesOf, callsOf, choosers, manyOfCall, outsideOf } from './branches.ts';
import type { Expression, Join, MappedColumn, Root, TargetForm } from './dictionary.ts';
import * as say from './aggregate-problems.ts';
import { areApart, isChain, isWithin, manyOn } from './many-joins.ts';
import { aliasesIn, plainColumn } from './references.ts';
import type { DeclaredTarget } from './relations.ts';

export interface Shaped {
  readonly target: DeclaredTarget;
  readonly root: Root;
  /** The names of the key columns of the root's relation. */
  readonly rootKey: readonly string[] | undefined;
  readonly joins: readonly Join[];
  readonly where: Expression | undefined;
  readonly columns: readonly MappedColumn[];
}

const isKey = ({ target }: Shaped, name: string): boolean =>
  target.raw.key.some((part) => part.name.text === name);

/** Every column of the root's key is a column of the target's key, just as it is. */
const hasKeyOfRoot = (shaped: Shaped): boolean => {
  const { root, rootKey, columns } = shaped;
  if (root.kind === 'this' || rootKey === undefined) return true;
  const plain = new Set(
    columns
      .filter(({ name }) => isKey(shaped, name))
      .flatMap(({ expression }) => plainColumn(expression)?.column ?? []),
  );
  return rootKey.every((name) => plain.has(name));
};

export const resolveForm = (shaped: Shaped, report: Report): TargetForm => {
  const { joins, columns } = shaped;
  const calls = columns.flatMap(callsOf);
  if (calls.length === 0 && !joins.some((join) => join.many)) return { kind: 'fact' };
  const per = hasKeyOfRoot(shaped) ? 'row' : 'key';
  checkColumns(shaped, report);
  const whole = checkCalls(shaped, per, report);
  if (whole) checkChoosers(shaped, per, report);
  if (per === 'key') checkGrouping(shaped, report);
  return { kind: 'aggregate', per };
};

type Per = 'row' | 'key';

/** Outside of aggregates there is one value for a row of the root, or none that could be written. */
const checkColumns = (shaped: Shaped, report: Report): void => {
  const { joins, columns } = shaped;
  for (const column of columns) {
    if (isKey(shaped, column.name)) {
      if (callsOf(column).length > 0) report(say.aggregatedKey(column.expression.at, column.name));
      continue;
    }
    for (const alias of aliasesIn(outsideOf(column))) {
      const [many] = manyOn(joins, [alias]);
      if (many === undefined) continue;
      report(say.manyOutside(column.expression.at, { column: column.name, alias, many }));
      break;
    }
  }
};

/** Answers whether each call stands for rows of one chain of many-joins. */
const checkCalls = (shaped: Shaped, per: Per, report: Report): boolean => {
  const { joins } = shaped;
  let whole = true;
  const refuse = (problem: Parameters<Report>[0]): void => {
    whole = false;
    report(problem);
  };
  for (const column of shaped.columns) {
    for (const call of callsOf(column)) {
      const { at, text } = call.call;
      const many = manyOfCall(joins, call);
      const readsNone = aliasesIn(call.call).size === 0;
      if (!isChain(joins, many) || (readsNone && per === 'key' && many.size > 0)) {
        const names = per === 'key' && readsNone ? [shaped.root.alias, ...many] : [...many];
        refuse(readsNone ? say.countsWhich(at, text, names) : say.fanOut(at, `\`${text}\``, names));
      } else if (per === 'row' && many.size === 0) {
        refuse(say.aggregateOfOne(at, text, shaped.root.alias));
      }
    }
  }
  return whole;
};

/** A filter or an inner join leaves out rows; an aggregate that does not read them must not take them in. */
const checkChoosers = (shaped: Shaped, per: Per, report: Report): void => {
  const { joins, where, columns } = shaped;
  for (const { join, many } of choosers({ joins, where })) {
    const at = join?.at ?? where?.at;
    const what = join === undefined ? '`where`' : `inner join \`${join.alias}\``;
    if (!isChain(joins, many)) {
      report(say.fanOut(at, what, [...many]));
      continue;
    }
    for (const branch of branchesOf({ joins, where, columns, per })) {
      if (isWithin(many, branch.many) || (per === 'row' && areApart(many, branch.many))) continue;
      // Found again for the larger one.
      if (branch.calls.length === 0 && per === 'row') continue;
      const call = branch.calls[0]?.call.text ?? 'the key';
      const chosen = [...many].filter((alias) => !branch.many.has(alias));
      report(say.choosesElsewhere(at, { what, call, chosen, isJoin: join !== undefined }));
      break;
    }
  }
};

const checkGrouping = ({ target }: Shaped, report: Report): void => {
  const { onMissing, name } = target.raw;
  if (onMissing === 'keep') report(say.keepsNothing(name.at, target.name));
};
