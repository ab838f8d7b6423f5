// Conditions over keys that every builder needs.
import type { Dialect, KeyColumn } from './dialect.ts';
import { ands, id, type Fragment } from './fragment.ts';
import { keyName, type ImageShape } from './images.ts';

/** Rows of `left` and `right` have the same key; the names under which each side shows it may differ. */
export const keysMatch = (
  dialect: Dialect,
  key: readonly KeyColumn[],
  left: (column: string) => Fragment,
  right: (column: string) => Fragment,
): Fragment =>
  ands(key.map((column) => dialect.sameKey(left(column.name), right(column.name), column.nullable)));

/** A row of a table (under alias `row`) is the one that an image (under alias `image`) speaks of. */
export const rowOfImage = (dialect: Dialect, shape: ImageShape, row: string, image: string): Fragment =>
  keysMatch(
    dialect,
    shape.key,
    (name) => id(row, name),
    (name) => id(image, keyName(shape, name)),
  );
