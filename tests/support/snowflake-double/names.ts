// Names as the server stores them, and what they are called in DuckDB, where "A" and "a" are one name.
import type { Token } from './tokens.ts';

const mark = '\u00b7';

/** Unquoted names are folded to upper case. */
export const storedName = ({ kind, text }: Token): string => (kind === 'quoted' ? text : text.toUpperCase());

/** Which characters are capitals is written behind the name, so that no two names become one. */
const innerName = (stored: string): string => {
  let capitals = 0n;
  Array.from(stored).forEach((character, place) => {
    if (character !== character.toLowerCase()) capitals |= 1n << BigInt(place);
  });
  return capitals === 0n ? stored : `${stored}${mark}${capitals.toString(16)}`;
};

export const outerName = (inner: string): string => inner.replace(new RegExp(`${mark}[0-9a-f]+$`), '');

/** Within a sentence of DuckDB. */
export const outerNames = (sentence: string): string =>
  sentence.replaceAll(new RegExp(`${mark}[0-9a-f]+`, 'g'), '');

export const quotedInner = (stored: string): string => `"${innerName(stored).replaceAll('"', '""')}"`;

export interface ObjectName {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

export const innerObject = ({ database, schema, name }: ObjectName): string =>
  [database, schema, name].map(quotedInner).join('.');

export const shownObject = ({ database, schema, name }: ObjectName): string =>
  [database, schema, name].join('.');
