// Most of a large dictionary are lines `  name: alias.column` below `columns:`, which mean the same to any reader of
// YAML. They are set aside before the parser sees the text and put back afterwards: of 300 mapping files it then has
// a quarter to do. Wherever a line could be part of something else, nothing is set aside.

export interface PlainLine {
  /** From 1. */
  readonly line: number;
  readonly key: string;
  readonly keyStart: number;
  readonly value: string;
  readonly valueStart: number;
}

export interface SetAside {
  readonly rest: string;
  readonly lines: readonly PlainLine[];
  /** Where a place of the rest was in the text. */
  readonly origin: (offset: number) => number;
}

/** Neither `: ` nor ` #`, no bracket or quote at the start, a dot or a bracket somewhere: a text for every reader. */
const plain = /^ {2}([A-Za-z_]\w*): +([A-Za-z_]\w*[.(](?:[\w.,()'+*/<>=|% -]*[\w)'])?)$/;

/** A name at the usual place: nothing but another entry can stand there. */
const aKey = /^ {2}(?:[A-Za-z_]\w*|"[^"]*"|'[^']*'):(?: |$)/;

/** Words that YAML reads as something else than a text. */
const noText = /^(?:null|true|false)$/i;

/** More than one document, directives, tabs, anchors, kept line breaks: too rare to think about. */
const unusual = /^(?:---|\.\.\.|%)|\t|(?:^|[ [{,])[&*]\w|^ *[?:](?: |$)|[|>]\d?\+/m;

const indentOf = (line: string): number => line.length - line.trimStart().length;

const isEmpty = (line: string): boolean => /^\s*(?:#|$)/.test(line);

const count = (line: string, letters: RegExp): number => line.match(letters)?.length ?? 0;

/** Nothing that is opened in this line goes on in the next. */
const isClosed = (line: string): boolean => !/["'{[]/.test(line) || isBalanced(line);

const isBalanced = (line: string): boolean =>
  count(line, /"/g) % 2 === 0 &&
  count(line, /'/g) % 2 === 0 &&
  count(line, /[{[]/g) === count(line, /[}\]]/g);

interface Line {
  readonly text: string;
  readonly start: number;
}

const linesOf = (text: string): readonly Line[] => {
  const lines: Line[] = [];
  for (let start = 0; start <= text.length;) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    lines.push({ text: text.slice(start, stop), start });
    start = stop + 1;
  }
  return lines;
};

/** The lines below `columns:`, up to the next line that is not indented; none where they are not plainly so. */
const blockOf = (lines: readonly Line[]): readonly [from: number, to: number] | undefined => {
  const head = lines.findIndex(({ text }) => text === 'columns:');
  if (head === -1) return undefined;
  const next = lines.findIndex(({ text }, place) => place > head && !isEmpty(text) && indentOf(text) === 0);
  const [from, to] = [head + 1, next === -1 ? lines.length : next];
  const solid = lines.slice(from, to).filter(({ text }) => !isEmpty(text));
  if (solid[0] === undefined || indentOf(solid[0].text) !== 2) return undefined;
  if (!solid.every(({ text }) => text.startsWith('   ') || aKey.test(text))) return undefined;
  return lines.slice(0, to).every(({ text }) => isEmpty(text) || isClosed(text)) ? [from, to] : undefined;
};

interface Cut {
  /** In the rest. */
  readonly at: number;
  /** How much was taken out up to here. */
  readonly taken: number;
}

const originBy =
  (cuts: readonly Cut[]): SetAside['origin'] =>
  (offset) => {
    let [low, high] = [0, cuts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cuts[middle]?.at ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return offset + (cuts[low - 1]?.taken ?? 0);
  };

/** By line: whether what follows is indented more, and so belongs to it. */
const continued = (lines: readonly Line[], from: number, to: number): readonly boolean[] => {
  const found: boolean[] = [];
  let deeper = false;
  for (let place = to - 1; place >= from; place -= 1) {
    const text = lines[place]?.text ?? '';
    found[place] = deeper;
    if (!isEmpty(text)) deeper = indentOf(text) > 2;
  }
  return found;
};

export const setAside = (text: string): SetAside => {
  const none: SetAside = { rest: text, lines: [], origin: (offset) => offset };
  if (unusual.test(text)) return none;
  const all = linesOf(text);
  const [from, to] = blockOf(all) ?? [0, 0];
  const goesOn = continued(all, from, to);
  const lines: PlainLine[] = [];
  const cuts: Cut[] = [];
  const kept: string[] = [];
  let [stand, taken] = [0, 0];
  for (let place = from; place < to; place += 1) {
    const { text: line, start } = all[place] ?? { text: '', start: 0 };
    const [, key, value] = plain.exec(line) ?? [];
    const isLast = start + line.length === text.length;
    if (key === undefined || value === undefined || noText.test(key) || goesOn[place] === true || isLast)
      continue;
    lines.push({
      line: place + 1,
      key,
      keyStart: start + 2,
      value,
      valueStart: start + line.length - value.length,
    });
    kept.push(text.slice(stand, start));
    stand = start + line.length + 1;
    taken += line.length + 1;
    cuts.push({ at: start + line.length + 1 - taken, taken });
  }
  if (lines.length === 0) return none;
  return { rest: [...kept, text.slice(stand)].join(''), lines, origin: originBy(cuts) };
};
