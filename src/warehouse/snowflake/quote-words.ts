// Names that our statements write without quotes are lower case, as Postgres and DuckDB take them; here they are quoted, so
// that they mean the same. Only words in lower case are touched: upper case is what the server folds to anyway.
import { closing, plain, type Piece } from './pieces.ts';
import { isLanguage } from './words.ts';

/** A list of columns follows, no arguments: `with q(a) as (`, `) q(a)`, `as q(a)`, `into q (a)`. */
const opensColumns = (solid: readonly Piece[], at: number, before: string): boolean => {
  if (['as', 'into', 'recursive', 'references', 'with', ')', 'table', 'exists'].includes(before)) return true;
  if (before !== ',') return false;
  const end = closing(solid, at + 1);
  return solid[end + 1]?.text.toLowerCase() === 'as' && solid[end + 2]?.text === '(';
};

export const quoteWords = (pieces: readonly Piece[]): string => {
  const solid = pieces.filter(({ kind }) => kind !== 'space');
  const casts: boolean[] = [];
  let at = -1;
  return pieces
    .map((piece) => {
      if (piece.kind === 'space') return piece.text;
      at += 1;
      const before = at === 0 ? '' : plain(solid[at - 1] ?? piece);
      const { text: word } = piece;
      if (word === '(') casts.push(before === 'cast' || before === 'try_cast');
      if (word === ')') casts.pop();
      if (piece.kind !== 'word' || word !== word.toLowerCase()) return word;
      const after = solid[at + 1];
      const place = {
        word,
        before,
        beforeThat: at < 2 ? '' : plain(solid[at - 2] ?? piece),
        after: after === undefined ? '' : plain(after),
        inCast: casts.at(-1) === true,
      };
      const columns = place.after === '(' && opensColumns(solid, at, before);
      if (!isLanguage(place, columns)) return `"${word}"`;
      // An alias, and not in every grammar of this language.
      return word === 'timestamptz' ? 'timestamp_tz' : word;
    })
    .join('');
};
