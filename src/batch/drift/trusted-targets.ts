// Targets whose mapping was good when they were last in step and has not changed since: what does not fit any more
// is their table. Such a target is left out of a batch, where a mistake in a mapping would end it.
import type { Dictionary } from '../../dictionary/dictionary.ts';
import { targetName } from '../../dictionary/tables.ts';
import type { RawDictionary } from '../../dictionary/raw.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import type { KnownRelation } from '../../store/relations.ts';
import { readTargetMemory, targetMemory } from './mapping-hash.ts';

export interface Mistakes {
  readonly raw: RawDictionary;
  readonly relations: ReadonlyMap<string, KnownRelation>;
  readonly problems: readonly Problem[];
  /** The dictionary, with these targets believed whatever their tables say. */
  resolve(trusted: ReadonlySet<string>): Dictionary;
}

export const trustedTargets = (mistakes: Mistakes): ReadonlySet<string> => {
  const { relations } = mistakes;
  const files = new Set(
    mistakes.problems.flatMap(({ severity, at }) =>
      severity === 'error' && at !== undefined ? [at.file] : [],
    ),
  );
  const suspects = mistakes.raw.targets.filter((target) => files.has(target.name.at.file)).map(targetName);
  if (suspects.length === 0) return new Set();
  const inStep = suspects.filter((name) => relations.get(name)?.firstBatch !== undefined);
  const { targets } = mistakes.resolve(new Set(inStep));
  const same = targets.filter((target) => {
    const known = relations.get(target.name);
    const memory = readTargetMemory(known?.mapping);
    if (!inStep.includes(target.name) || memory === undefined) return false;
    const held = new Set(known?.held.map(({ column }) => column));
    const columns = target.columns.filter(({ name }) => !held.has(name));
    return JSON.stringify(targetMemory({ ...target, columns })) === JSON.stringify(memory);
  });
  return new Set(same.map(({ name }) => name));
};
