// SQL with holes: each stands for a relation in one of its states, and is filled in when a batch knows them.

export type RelationState =
  /** As it will be after the batch. */
  | 'after'
  /** As committed. */
  | 'before'
  /** Its changed rows, as they were and as they will be, each with the number of its change. */
  | 'changed';

export interface RelationPiece {
  readonly relation: string;
  readonly as: RelationState;
}

export type Piece = string | RelationPiece;

const mark = '§';

/** The name of a table that stands for a relation, in trees that are printed and then cut. */
export const markedName = (relation: string): string => `${mark}${relation}`;

export const relationOfMark = (name: string): string | undefined =>
  name.startsWith(mark) ? name.slice(mark.length) : undefined;

export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Printed SQL, cut where marked names stand. */
export const cut = (text: string, as: RelationState): readonly Piece[] =>
  text
    .split(new RegExp(`("${mark}(?:[^"]|"")*")`))
    .map((part): Piece => {
      const relation = part.startsWith(`"${mark}`)
        ? relationOfMark(part.slice(1, -1).replaceAll('""', '"'))
        : undefined;
      return relation === undefined ? part : { relation, as };
    })
    .filter((part) => part !== '');

export const unionAllOf = (arms: readonly (readonly Piece[])[]): readonly Piece[] =>
  arms.flatMap((arm, place) => (place === 0 ? arm : ['\nunion all\n', ...arm]));

export const commaList = (items: readonly (readonly Piece[])[]): readonly Piece[] =>
  items.flatMap((item, place) => (place === 0 ? item : [', ', ...item]));
