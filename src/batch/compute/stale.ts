// Targets that wait for what they read: a relation that is left out, a source that was not read.
import type { Target } from '../../dictionary/dictionary.ts';
import { aliasesOf, columnsRead, relationOf } from '../../graph/reads.ts';
import type { BatchContext } from '../context.ts';
import type { Frozen } from '../freeze/freeze.ts';
import { leaveOut, refusal, type LeftOut } from '../left-out.ts';

export const upstreamBehind = (target: Target, because: string): LeftOut =>
  leaveOut(
    target.name,
    'target',
    refusal('upstream_behind', `target \`${target.name}\` reads \`${because}\`, which was left out`),
  );

/** What the others built may come from newer staging than our mirror: comparing them would turn it back. */
export const sourceStale = (target: Target, why: string): LeftOut =>
  leaveOut(
    target.name,
    'target',
    refusal(
      'source_stale',
      `target \`${target.name}\` was written by somebody else and is not compared while ${why}`,
      'it is compared in full as soon as its sources are read again',
    ),
  );

/** A column that its mirror does not have yet is NULL until the source is read. */
export const readsUnread = (context: BatchContext, frozen: Frozen, target: Target): LeftOut | undefined => {
  for (const alias of aliasesOf(target)) {
    const name = relationOf(target, alias);
    if (frozen.sources.some(({ source }) => source.name === name)) continue;
    const lacking =
      context.mirrors.get(name)?.changes.filter(({ kind }) => kind === 'add' || kind === 'replace') ?? [];
    const column = lacking.find(({ column: { name: each } }) => columnsRead(target, alias).has(each))?.column
      .name;
    if (column === undefined) continue;
    const why = `target \`${target.name}\` reads \`${name}.${column}\`, which the mirror of \`${name}\` does not have yet, and the source was not read`;
    return leaveOut(
      target.name,
      'target',
      refusal('source_stale', why, 'it goes on as soon as its source is read'),
    );
  }
  return undefined;
};
