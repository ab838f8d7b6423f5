// A file without the lines of ours in it: where lines of others have come to hang on them, it stays as it is.
import { isOurParent, isOurs, linesOf, withoutOurs } from './our-lines.ts';
import { contentOf } from './yaml-content.ts';

export interface TakenOut {
  readonly text: string;
  /** Why it is left as it is. */
  readonly kept: string | undefined;
}

export const unreadable = 'it is no YAML that can be read';

interface Open {
  readonly indent: number;
  readonly line: number;
}

const hangingOn = (line: number, on: readonly Open[]): string => {
  const numbers = on.map((parent) => String(parent.line)).join(' and ');
  return on.length === 1
    ? `line ${line} is yours and hangs on line ${numbers}, which is ours: take the mark off it, and it is yours`
    : `line ${line} is yours and hangs on lines ${numbers}, which are ours: take the mark off them, and they are yours`;
};

/** The first line of somebody else that stands below one of ours, and further in. */
const hanging = (text: string): string | undefined => {
  let open: readonly Open[] = [];
  for (const [at, line] of linesOf(text).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const indent = line.length - line.trimStart().length;
    open = open.filter((parent) => parent.indent < indent);
    if (!isOurs(line) && open.length > 0) return hangingOn(at + 1, open);
    if (isOurParent(line)) open = [...open, { indent, line: at + 1 }];
  }
  return undefined;
};

const whyKept = (text: string, bare: string): string | undefined => {
  const found = hanging(text);
  if (found !== undefined) return found;
  const content = contentOf(text);
  if (content === undefined) return unreadable;
  return contentOf(bare) === content
    ? undefined
    : 'without the lines that are ours, others of it would mean something else';
};

export const takenOut = (text: string): TakenOut => {
  const bare = withoutOurs(text);
  const kept = bare === text ? undefined : whyKept(text, bare);
  return { text: kept === undefined ? bare : text, kept };
};
