// Targets whose mapping was good when they were last in step, in all or in parts, and has not changed there since:
// what does not fit any more is their table. Such a target is left out of a batch, where a mistake would end it.
import { lookUp, type Catalog } from '../../dictionary/catalog.ts';
import type { Dictionary, Target } from '../../dictionary/dictionary.ts';
import { targetName, targetTable, type Naming } from '../../dictionary/tables.ts';
import type { RawDictionary, RawTarget } from '../../dictionary/raw.ts';
import type { Trust } from '../../dictionary/trust.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import type { KnownRelation } from '../../store/relations.ts';
import { readTargetMemory, targetMemory } from './mapping-hash.ts';

type Relations = ReadonlyMap<string, KnownRelation>;

export interface Mistakes {
  readonly raw: RawDictionary;
  readonly relations: Relations;
  readonly problems: readonly Problem[];
  /** The dictionary, with these targets believed whatever their tables say. */
  resolve(trusted: ReadonlyMap<string, Trust>): Dictionary;
}

const isInStep = (relations: Relations, name: string): boolean =>
  relations.get(name)?.firstBatch !== undefined;

const everything = (raw: RawTarget): Trust => ({
  base: true,
  columns: new Set(raw.columns.map(({ name }) => name.text)),
});

const trustIn = (target: Target, known: KnownRelation | undefined): Trust | undefined => {
  const memory = readTargetMemory(known?.mapping);
  if (memory === undefined) return undefined;
  const held = new Set(known?.held.map(({ column }) => column));
  const now = targetMemory(target);
  const base = now.base === memory.base;
  const isSame = (name: string): boolean => {
    const hash = now.columns[name];
    // What has no hash of its own is part of the base.
    return hash === undefined ? base : held.has(name) || hash === memory.columns[name];
  };
  const columns = target.columns.map(({ name }) => name).filter(isSame);
  return { base, columns: new Set(columns) };
};

export const trustedTargets = (mistakes: Mistakes): ReadonlyMap<string, Trust> => {
  const { relations } = mistakes;
  const files = new Set(
    mistakes.problems.flatMap(({ severity, at }) =>
      severity === 'error' && at !== undefined ? [at.file] : [],
    ),
  );
  const suspects = mistakes.raw.targets.filter(
    (target) => files.has(target.name.at.file) && isInStep(relations, targetName(target)),
  );
  if (suspects.length === 0) return new Map();
  const { targets } = mistakes.resolve(new Map(suspects.map((raw) => [targetName(raw), everything(raw)])));
  const names = new Set(suspects.map(targetName));
  return new Map(
    targets.flatMap((target) => {
      const trust = names.has(target.name) ? trustIn(target, relations.get(target.name)) : undefined;
      return trust === undefined ? [] : [[target.name, trust] as const];
    }),
  );
};

/** Targets that were in step and whose tables were dropped, or lost a column that the mapping names: which other
 *  columns they had, nobody knows any more. */
export const shapelessTargets = (
  raw: RawDictionary,
  naming: Naming,
  { relations, catalog }: { readonly relations: Relations; readonly catalog: Catalog },
): ReadonlySet<string> =>
  new Set(
    raw.targets
      .filter((target) => {
        if (!isInStep(relations, targetName(target))) return false;
        const info = lookUp(catalog, targetTable(target, naming));
        const names = new Set(info?.columns.map(({ name }) => name));
        return target.columns.some(({ name }) => !names.has(name.text));
      })
      .map(targetName),
  );
