// Which parts of a target's mapping were good when the target was last in step and have not changed since: what does
// not fit there any more is a table, not the mapping.

export interface Trust {
  /** Key, root, joins and filter. */
  readonly base: boolean;
  /** Other mapped columns. */
  readonly columns: ReadonlySet<string>;
}

/** A part of a mapping: one mapped column beside the key, or all that decides the rows. */
export type Part = { readonly kind: 'base' } | { readonly kind: 'column'; readonly name: string };

export const isBelieved = (trust: Trust | undefined, part: Part): boolean => {
  if (trust === undefined) return false;
  return part.kind === 'base' ? trust.base : trust.columns.has(part.name);
};
