// Many tests in one batch: every row carries the number of its test, which is a part of every key and of every join,
// so that rows of different tests never meet. The mapping itself, and what computes it, stay the same.
import type { Scalar } from '../../project/document.ts';
import type { RawSource, RawTarget } from '../raw.ts';
import { madeUp, quotedName, wrapped } from './scalar.ts';

export const testColumn = 'tidemark_test';

const numberOf = (alias: string, by: Scalar): Scalar => madeUp(`${quotedName(alias)}.${testColumn}`, by);

export const numberSource = (source: RawSource): RawSource => {
  const column = madeUp(testColumn, source.name);
  return {
    ...source,
    key: [...source.key, { name: column, nullable: false }],
    columns: source.columns && [...source.columns, column],
  };
};

/** Numbers from the first up to, not including, the second. */
export type Range = readonly [number, number];

/** Rows of tests that are about something else do not concern this target: what it would make of them, and whether
 *  it could, is nobody's question. */
const ownTests = (target: RawTarget, root: string, ranges: readonly Range[]): Scalar => {
  const number = `${quotedName(root)}.${testColumn}`;
  const own = ranges.map(([from, to]) => `${number} >= ${from} and ${number} < ${to}`).join(' or ');
  return target.where === undefined ? madeUp(own, target.name) : wrapped('(', target.where, `) and (${own})`);
};

export const numberTarget = (target: RawTarget, ranges: readonly Range[]): RawTarget => {
  const column = madeUp(testColumn, target.name);
  const root = target.from?.text ?? 'this';
  const numbered = {
    ...target,
    key: [...target.key, { name: column, nullable: false }],
    joins: target.joins.map((join) => ({
      ...join,
      on: wrapped(
        '(',
        join.on,
        `) and ${quotedName(join.alias.text)}.${testColumn} = ${quotedName(root)}.${testColumn}`,
      ),
    })),
  };
  if (target.from === undefined) return numbered;
  const columns = [...target.columns, { name: column, expression: numberOf(root, target.name) }];
  return { ...numbered, columns, where: ownTests(target, root, ranges) };
};
