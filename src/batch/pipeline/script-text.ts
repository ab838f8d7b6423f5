// The text of a script file and the way back: a header that says what it is and bears a sum of all that follows, so that a file
// which somebody edited is known; statements under comments that name the object that they make.
import { createHash } from 'node:crypto';
import type { Script } from '../../snowflake-pipeline/files.ts';

const sumLine = /^-- sha256:([0-9a-f]{64})\n/m;

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Comments are one line each, whatever a user wrote in a description. */
const commented = (lines: readonly string[]): string =>
  lines.map((line) => `-- ${line.replaceAll(/\s*\n\s*/g, ' ')}\n`).join('');

const bodyOf = ({ about, statements }: Script): string => {
  const parts = statements.map(({ about: why, object, sql }) => {
    const notes = [
      ...(why === undefined || why === '' ? [] : [why]),
      ...(object === undefined ? [] : [`object: ${object}`]),
    ];
    return `${commented(notes)}${sql};\n`;
  });
  return [commented(about), ...parts].join('\n');
};

const ownerLine = /^-- pipeline: (.+)$/m;

export const scriptText = (script: Script, owner: string): string => {
  const body = bodyOf(script);
  return `-- ${script.file}, rendered by \`tidemark snowflake generate\`.
-- pipeline: ${owner.replaceAll(/\s*\n\s*/g, ' ')}
-- Change the mappings rather than this file: what was edited by hand is not written over without --force.
-- sha256:${sumOf(body)}
${body}`;
};

/** Of which project and environment it is; a script that we did not write names none. */
export const ownerIn = (text: string): string | undefined => {
  const sum = sumLine.exec(text);
  return sum === null ? undefined : ownerLine.exec(text.slice(0, sum.index))?.[1];
};

/** Ours, and nobody has touched it since. */
export const isUntouched = (text: string): boolean => {
  const found = sumLine.exec(text);
  return found !== null && sumOf(text.slice(found.index + found[0].length)) === found[1];
};

export interface FileStatement {
  /** One-based. */
  readonly line: number;
  /** `task TASK_CAPTURE` */
  readonly object?: string | undefined;
  readonly sql: string;
  readonly hash: string;
}

/** Where a text, a name, a comment or a block between `$$` that starts at `at` ends; -1 where none starts. */
const skip = (text: string, at: number): number => {
  const until = (mark: string, from: number): number => {
    const end = text.indexOf(mark, from);
    return end === -1 ? text.length : end + mark.length;
  };
  if (text.startsWith('--', at)) return until('\n', at);
  if (text.startsWith('/*', at)) return until('*/', at + 2);
  if (text.startsWith('$$', at)) return until('$$', at + 2);
  const quote = text[at];
  if (quote !== "'" && quote !== '"') return -1;
  for (let place = at + 1; place < text.length; place += 1) {
    if (text[place] === '\\' && quote === "'") place += 1;
    else if (text[place] === quote && text[place + 1] === quote) place += 1;
    else if (text[place] === quote) return place + 1;
  }
  return text.length;
};

const bare = (
  piece: string,
): { readonly object?: string | undefined; readonly sql: string; readonly start: number } => {
  let start = 0;
  let object: string | undefined;
  for (;;) {
    const rest = piece.slice(start);
    const found = /^\s*(--([^\n]*)(\n|$)|\/\*[\s\S]*?\*\/)/.exec(rest);
    if (found === null) {
      const blank = /^\s*/.exec(rest)?.[0].length ?? 0;
      return { object, sql: piece.slice(start + blank).trim(), start: start + blank };
    }
    object = /^ object: (.+)$/.exec(found[2] ?? '')?.[1] ?? object;
    start += found[0].length;
  }
};

/** The statements of a script, whoever wrote it: cut at semicolons outside of texts, comments and `$$`. */
export const statementsOf = (text: string): readonly FileStatement[] => {
  const statements: FileStatement[] = [];
  let start = 0;
  const take = (end: number): void => {
    const { object, sql, start: offset } = bare(text.slice(start, end));
    if (sql !== '')
      statements.push({
        line: text.slice(0, start + offset).split('\n').length,
        object,
        sql,
        hash: sumOf(sql).slice(0, 16),
      });
  };
  for (let at = 0; at < text.length;) {
    const after = skip(text, at);
    if (after !== -1) at = after;
    else {
      if (text[at] === ';') {
        take(at);
        start = at + 1;
      }
      at += 1;
    }
  }
  take(text.length);
  return statements;
};
