// Which bare words of a statement are the language's own. All others are names, and get the quotes without which the
// server would fold them to upper case.

const keywords = new Set(
  `add all alter always and any as asc begin between boolean by case cast check collate commit conflict constraint create
 cross current_date current_time current_timestamp default delete desc distinct do drop else end escape except exists
 false filter following foreign from full group having if ilike in inner insert intersect interval into is join
 lateral left like limit matched merge natural not null nulls offset on or order outer over partition preceding
 primary qualify recursive references returning right rollback select set then transaction true truncate try_cast
 unbounded union unique update using values when where with within`.split(/\s+/),
);

const types = new Set(
  `bigint binary boolean char date decimal double float int integer number numeric object precision real smallint string
 text time timestamp timestamp_ltz timestamp_ntz timestamp_tz timestamptz tinyint varbinary varchar variant`.split(
    /\s+/,
  ),
);

/** Words of the language only behind, or before, certain others; elsewhere they are names. */
const afterOnly: Readonly<Record<string, readonly string[]>> = {
  column: ['add', 'alter', 'drop', 'rename'],
  current: ['and', 'between', 'rows'],
  data: ['set'],
  first: ['nulls'],
  key: ['foreign', 'primary'],
  last: ['nulls'],
  rename: ['"'],
  replace: ['or'],
  row: ['current'],
  schema: ['create', 'drop', 'replace', 'use'],
  session: ['alter'],
  table: ['alter', 'create', 'drop', 'from', 'join', 'replace', 'temporary', 'transient', 'truncate', ','],
  temporary: ['create', 'replace'],
  to: ['"'],
  transient: ['create', 'replace'],
  type: ['data'],
  use: [''],
  view: ['create', 'drop', 'replace'],
  local: ['with'],
  warehouse: ['create', 'drop', 'replace', 'use'],
  zone: ['time'],
};

/** A part of a moment is a bare word only as the first argument of these. */
const takesPart = /^(date|time|timestamp)_?(add|diff|trunc|part)$|^(extract|last_day|next_day)$/;

export interface WordPlace {
  readonly word: string;
  /** Lower case; `"` for a quoted name. */
  readonly before: string;
  readonly beforeThat: string;
  readonly after: string;
  readonly inCast: boolean;
}

/** Behind these a word of a type is the name of a column. */
const namesFollow = new Set([
  ',',
  '(',
  '=',
  '<',
  '>',
  '+',
  '-',
  '*',
  'and',
  'by',
  'distinct',
  'or',
  'select',
  'set',
]);

const isType = ({ word, before, inCast, after }: WordPlace): boolean =>
  (inCast && before === 'as') ||
  before === '::' ||
  (types.has(word) && after !== '.' && (after.startsWith("'") || !namesFollow.has(before)));

/** The word is one of the language, or the name of a function; where it stands decides. */
export const isLanguage = (place: WordPlace, opensColumns: boolean): boolean => {
  const { word, before, beforeThat, after, inCast } = place;
  if (before === '.') return false;
  if (before === 'as' && !inCast) return ['select', 'with', 'values'].includes(word);
  if (keywords.has(word)) return true;
  if (after === '(' && !opensColumns) return true;
  if (before === '(' && takesPart.test(beforeThat)) return true;
  if (word === 'rows' || word === 'range') return after === 'between' || after === 'unbounded';
  const neighbours = afterOnly[word];
  if (neighbours !== undefined) return neighbours.includes(before);
  return isType(place);
};
