// Lines that we write into files of other people end in a mark: by it, and by their form, they are found, replaced and
// taken away again, and every other byte of the file stays as it was.

/** Nobody types it by chance. */
const mark = '# tidemark docs: generated';

const text = String.raw`"(?:[^"\\]|\\.)*"`;
const meta = String.raw`tidemark: \{"from":\[.*\}`;

/** Those that others can be written below. */
const parents = ['columns:', `- name: ${text}`];

const forms = [
  ...parents,
  `description: ${text}`,
  meta,
  String.raw`meta: \{${meta}\}`,
  String.raw`config: \{meta: \{${meta}\}\}`,
];

const lineOf = (any: readonly string[]): RegExp =>
  new RegExp(String.raw`^ *(?:${any.join('|')}) ${mark}\r?\n?$`);

const ours = lineOf(forms);
const ourParents = lineOf(parents);

export const isOurs = (line: string): boolean => ours.test(line);

export const isOurParent = (line: string): boolean => ourParents.test(line);

export const ourLine = (line: string): string => `${line} ${mark}`;

/** Each with its line break. */
export const linesOf = (given: string): readonly string[] => given.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** The file as its owners wrote it, as far as its lines tell. */
export const withoutOurs = (given: string): string => {
  if (!given.includes(mark)) return given;
  const lines = linesOf(given);
  const left = lines.filter((line) => !isOurs(line)).join('');
  const last = lines.at(-1) ?? '';
  // Theirs ended without a line break: ours, put behind it, does so in its place.
  return isOurs(last) && !last.endsWith('\n') ? left.replace(/\r?\n$/, '') : left;
};

export const lineBreakOf = (given: string): string => (given.includes('\r\n') ? '\r\n' : '\n');
