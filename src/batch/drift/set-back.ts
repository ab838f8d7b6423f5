// Targets whose rows an undo set back to what the audit has: left as they are until their mapping changes or somebody
// releases them. Of single columns see held.ts.
import type { Target } from '../../dictionary/dictionary.ts';
import type { TidemarkError } from '../../errors/tidemark-error.ts';
import { allColumns, type HeldColumn } from '../../store/relations.ts';
import type { KnownState } from '../known-state.ts';
import { refusal } from '../left-out.ts';
import { shortMapping, targetMemory } from './mapping-hash.ts';

export const wholeMappingsOf = (targets: readonly Target[]): ReadonlyMap<string, string> =>
  new Map(targets.map((target) => [target.name, shortMapping(JSON.stringify(targetMemory(target)))]));

const heldWhole = (known: KnownState, name: string): HeldColumn | undefined =>
  known.relations.get(name)?.held.find(({ column }) => column === allColumns);

export const isReleased = (known: KnownState, name: string): boolean =>
  heldWhole(known, name)?.released === true;

export const setBackTargets = (
  mappings: ReadonlyMap<string, string>,
  known: KnownState,
): ReadonlyMap<string, TidemarkError> => {
  const found = new Map<string, TidemarkError>();
  for (const [name, mapping] of mappings) {
    const held = heldWhole(known, name);
    if (held === undefined || held.released === true || held.mapping !== mapping) continue;
    found.set(name, setBackBy(name, held));
  }
  return found;
};

/** The reason that is kept is the one that later batches find. */
export const setBackBy = (name: string, { reason, by }: Pick<HeldColumn, 'reason' | 'by'>): TidemarkError =>
  refusal(
    'set_back',
    `target \`${name}\` stays as it is: ${reason}`,
    `\`tidemark release ${by}\` takes it in again, and so does another mapping`,
    { target: name, batch: by },
  );
