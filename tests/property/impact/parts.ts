// What telling dictionaries are made of.
import type { Random } from '../../../scripts/shop/random.ts';

export type Kind = 'id' | 'ref' | 'text' | 'number' | 'flag';

export interface Column {
  readonly name: string;
  readonly kind: Kind;
}

export interface Relation {
  readonly name: string;
  readonly columns: readonly Column[];
  /** A history, of which the versions are read that hold now. */
  readonly isHistory?: true;
}

export interface TellingSource extends Relation {
  readonly where: string | undefined;
  readonly deleted: string | undefined;
}

export interface Alias {
  readonly alias: string;
  readonly relation: Relation;
}

export interface TellingJoin extends Alias {
  readonly on: string;
  readonly type: 'left' | 'inner';
  readonly many?: true;
}

export interface TellingTarget extends Relation {
  /** None: rows of somebody else, found by a reference of their own. */
  readonly from: Relation | undefined;
  readonly joins: readonly TellingJoin[];
  readonly where: string | undefined;
  readonly mapped: Readonly<Record<string, string>>;
  readonly history?: { readonly track: readonly string[]; readonly overwrite?: readonly string[] };
}

export const pick = (random: Random, reach: readonly Alias[], kinds: readonly Kind[]): string | undefined => {
  const all = reach.flatMap(({ alias, relation }) =>
    relation.columns
      .filter(({ kind, name }) => kinds.includes(kind) && name !== 'gone')
      .map(({ name }) => `${alias}.${name}`),
  );
  return all.length === 0 ? undefined : random.oneOf(all);
};
