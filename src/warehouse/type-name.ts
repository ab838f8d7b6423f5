// Type names as engines print them: `numeric(12,4)`, `character varying(3)[]`, `timestamp(3) without time zone`.

/** What lies outside double and single quotes is changed; quoted names keep every character. */
const outsideQuotes = (text: string, change: (plain: string) => string): string =>
  text
    .split(/("(?:[^"]|"")*"|'(?:[^']|'')*')/)
    .map((part, index) => (index % 2 === 1 ? part : change(part)))
    .join('');

/** Takes away every parenthesis, whatever it encloses: length, precision, fields, enum labels. */
const withoutParentheses = (type: string): string => {
  let depth = 0;
  let kept = '';
  for (const part of type.split(/("(?:[^"]|"")*"|'(?:[^']|'')*'|[()])/)) {
    if (part === ')') depth -= 1;
    else if (part === '(') depth += 1;
    else if (depth === 0) kept += part;
  }
  return kept;
};

/** Lower case, single spaces, no length: `character varying`, `timestamp without time zone[]`. */
const plainTypeName = (type: string): string =>
  outsideQuotes(withoutParentheses(type), (plain) => plain.toLowerCase().replace(/\s+/g, ' '))
    .trim()
    .replace(/ (?=\[)/g, '');

/** The name under its short, usual form; the brackets of an array stay. */
export const aliasedTypeName = (type: string, aliases: Readonly<Record<string, string>>): string => {
  const name = plainTypeName(type);
  const brackets = /(?:\[\d*\])+$/.exec(name)?.[0] ?? '';
  const element = name.slice(0, name.length - brackets.length);
  return (Object.hasOwn(aliases, element) ? (aliases[element] ?? element) : element) + brackets;
};
