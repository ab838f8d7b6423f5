// Of a large dictionary, the files that can have to do with one question: those that name what was asked about, or what
// such a file makes of it, and those that declare what these read. Told by the words in their text, which costs a
// fraction of reading them; a word too many is a file too many, never one too few.
import type { FileText } from '../project/document.ts';

interface Glanced {
  readonly file: FileText;
  readonly words: ReadonlySet<string>;
  /** The target that it maps, the last part of its name; none: it declares sources alone. */
  readonly target: string | undefined;
}

/** A name that stands in the text as it is. */
const plainName = /^[a-z_]\w*$/i;
const plainTarget = /^target:[ \t]*(?:[a-z_]\w*\.){0,2}([a-z_]\w*)[ \t]*(?:#.*)?$/gim;
const anyTarget = /(?:^|[\s{,"'?])target["']?[ \t]*:/gim;

/** Escapes and anchors can bring in words that the text does not show. */
const hidesWords = /\\|(?:^|[\s:,[{-])[&*!][\w<]/m;

/** Nothing where the text does not tell for certain. */
const glance = (file: FileText): Glanced | undefined => {
  if (hidesWords.test(file.text)) return undefined;
  const named = [...file.text.matchAll(plainTarget)].map((match) => match[1] ?? '');
  if (named.length !== [...file.text.matchAll(anyTarget)].length || named.length > 1) return undefined;
  if (named.length === 0 && !/^sources:/m.test(file.text)) return undefined;
  const words = new Set(file.text.toLowerCase().match(/[a-z_]\w*/g));
  return { file, words, target: named[0]?.toLowerCase() };
};

/** Adds what follows from what is there, until nothing does. */
const closed = (
  all: readonly Glanced[],
  found: Set<Glanced>,
  follows: (each: Glanced) => boolean,
): ReadonlySet<Glanced> => {
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const each of all) if (!found.has(each) && follows(each)) found.add(each);
  }
  return found;
};

const any = (words: ReadonlySet<string>, names: Iterable<string>): boolean => {
  for (const name of names) if (words.has(name)) return true;
  return false;
};

/** Nothing where all of them have to be read, or most. */
export const filesReached = (
  files: readonly FileText[],
  names: readonly string[],
): readonly FileText[] | undefined => {
  if (!names.every((name) => plainName.test(name))) return undefined;
  const all: Glanced[] = [];
  for (const file of files) {
    const glanced = glance(file);
    if (glanced === undefined) return undefined;
    all.push(glanced);
  }
  const reached = new Set(names.map((name) => name.toLowerCase()));
  const found = closed(
    all,
    new Set(all.filter(({ target }) => target === undefined)),
    ({ words, target }) => {
      if (!any(words, reached)) return false;
      if (target !== undefined) reached.add(target);
      return true;
    },
  );
  const read = new Set([...found].flatMap(({ words, target }) => (target === undefined ? [] : [...words])));
  const needed = closed(all, new Set(found), ({ words, target }) => {
    if (target === undefined || !read.has(target)) return false;
    for (const word of words) read.add(word);
    return true;
  });
  return needed.size * 2 > all.length
    ? undefined
    : all.filter((each) => needed.has(each)).map(({ file }) => file);
};
