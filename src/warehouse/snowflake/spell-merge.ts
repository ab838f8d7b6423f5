// `insert … on conflict (key) do update set …` as MERGE: the row that is there goes by the name of its table, the new one by
// `excluded`, in both. Keys are nobody's business there, so that they must be named.
import { TidemarkError } from '../../errors/tidemark-error.ts';
import { closing, findWords, isWord, partsOf, piecesOf, solidAt, trimmed, type Piece } from './pieces.ts';

const words = (text: string): readonly Piece[] => piecesOf(text);

const joined = (parts: readonly (readonly Piece[])[], between: string): readonly Piece[] =>
  parts.flatMap((part, place) => (place === 0 ? part : [...words(between), ...part]));

const noKey = (): TidemarkError =>
  new TidemarkError('internal', { message: 'Snowflake knows no ON CONFLICT without a key' });

interface Inserted {
  readonly into: readonly Piece[];
  readonly columns: readonly (readonly Piece[])[];
  readonly rows: readonly Piece[];
}

/** `values (…), (…)` as selects: rows of NULLs have no type of their own in VALUES, whose first row decides. */
const asQuery = (rows: readonly Piece[]): readonly Piece[] => {
  if (!isWord(rows[0], 'values')) return rows;
  const tuples = partsOf(rows.slice(1)).map((part) => trimmed(part).slice(1, -1));
  return joined(
    tuples.map((tuple) => [...words('select '), ...tuple]),
    ' union all ',
  );
};

const insertedBy = (pieces: readonly Piece[], conflict: number): Inserted => {
  const name = solidAt(pieces, solidAt(pieces, 0) + 1);
  const begin = solidAt(pieces, name + 1);
  const open = pieces.findIndex((piece, at) => at > begin && piece.text === '(');
  const close = closing(pieces, open);
  return {
    into: trimmed(pieces.slice(begin, open)),
    columns: partsOf(pieces.slice(open + 1, close)).map(trimmed),
    rows: asQuery(trimmed(pieces.slice(close + 1, conflict))),
  };
};

/** What becomes of a row that is there; nothing where it stays. */
const whenMatched = (action: readonly Piece[]): readonly Piece[] => {
  if (isWord(action[solidAt(action, 1)], 'nothing')) return [];
  const set = findWords(action, 0, ['set']);
  const where = findWords(action, set, ['where']);
  const sets = trimmed(action.slice(set + 1, where < 0 ? action.length : where));
  const condition = where < 0 ? [] : [...words(' and '), ...trimmed(action.slice(where + 1))];
  return [...words('\nwhen matched'), ...condition, ...words(' then update set '), ...sets];
};

export const spellMerge = (pieces: readonly Piece[]): readonly Piece[] => {
  if (!isWord(pieces[solidAt(pieces, 0)], 'insert')) return pieces;
  const conflict = findWords(pieces, 0, ['on', 'conflict']);
  if (conflict < 0) return pieces;
  const { into, columns, rows } = insertedBy(pieces, conflict);
  const open = solidAt(pieces, solidAt(pieces, solidAt(pieces, conflict + 1)) + 1);
  if (pieces[open]?.text !== '(') throw noKey();
  const close = closing(pieces, open);
  const action = trimmed(pieces.slice(findWords(pieces, close + 1, ['do']) + 1));
  const name = into.at(-1);
  if (name === undefined) throw noKey();
  const keys = partsOf(pieces.slice(open + 1, close)).map((key) => {
    const column = trimmed(key);
    return [name, ...words('.'), ...column, ...words(' = excluded.'), ...column];
  });
  return [
    ...words('merge into '),
    ...into,
    ...words(' as '),
    name,
    ...words(' using (with fresh ('),
    ...joined(columns, ', '),
    // The table's own types, for columns in which the new rows have nothing but NULL.
    ...words(') as (\nselect '),
    ...joined(columns, ', '),
    ...words(' from '),
    ...into,
    ...words(' where false\nunion all '),
    ...rows,
    ...words('\n) select * from fresh) as excluded\non '),
    ...joined(keys, ' and '),
    ...whenMatched([...words('do '), ...action]),
    ...words('\nwhen not matched then insert ('),
    ...joined(columns, ', '),
    ...words(') values ('),
    ...joined(
      columns.map((column) => [...words('excluded.'), ...column]),
      ', ',
    ),
    ...words(')'),
  ];
};
