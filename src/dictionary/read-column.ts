// One name in an expression: which column of which alias it reads, or what is wrong with it.
import type { Position } from '../errors/tidemark-error.ts';
import type { Scalar } from '../project/document.ts';
import type { Report } from '../project/problems.ts';
import type { ColumnRef } from './dictionary.ts';
import { isBlank, nameOf } from './lexer.ts';
import type { Token } from './lexer.ts';
import * as say from './expression-problems.ts';
import { columnNames, matchName } from './scope.ts';
import type { Relation, Scope } from './scope.ts';
import { operandWords, sqlWords, typeWords } from './words.ts';

export interface Around {
  readonly text: Scalar;
  readonly tokens: readonly Token[];
  readonly scope: Scope;
  readonly report: Report;
}

export interface ReadAt {
  readonly ref: ColumnRef;
  readonly at: Position;
  /** The first token after the name. */
  readonly next: number;
}

interface Neighbour {
  readonly token: Token | undefined;
  readonly index: number;
}

const solidFrom = (tokens: readonly Token[], start: number, step: 1 | -1): Neighbour => {
  const index = solidIndex(tokens, start, step);
  return { token: tokens[index], index };
};

const solidIndex = (tokens: readonly Token[], start: number, step: 1 | -1): number => {
  let index = start;
  for (let token = tokens[index]; token !== undefined && isBlank(token); token = tokens[index]) index += step;
  return index;
};

const isName = (token: Token | undefined): token is Token =>
  token?.kind === 'word' || token?.kind === 'quoted';

/** The dotted name that starts here: indexes of its parts. */
const chainAt = (tokens: readonly Token[], start: number): readonly number[] => {
  const chain = [start];
  for (let last = start; ;) {
    const dot = solidFrom(tokens, last + 1, 1);
    const part = dot.token?.kind === 'dot' ? solidFrom(tokens, dot.index + 1, 1) : undefined;
    if (part === undefined || !isName(part.token)) return chain;
    chain.push(part.index);
    last = part.index;
  }
};

/** `alias.column`; nothing where the name is that of a function, or no dotted name at all. */
export const readColumn = (around: Around, index: number): ReadAt | undefined => {
  const { tokens, scope, text } = around;
  const before = solidFrom(tokens, index - 1, -1).token;
  // The rest of a longer name: a function of a schema, a field of a struct.
  if (before?.kind === 'dot') return undefined;
  const chain = chainAt(tokens, index);
  const parts = chain.flatMap((at) => tokens[at] ?? []);
  const [first, second] = parts;
  const columnIndex = chain[1];
  if (first === undefined) return undefined;
  if (second === undefined || columnIndex === undefined) {
    reportStar(around, index, first);
    return undefined;
  }
  const isCall = solidFrom(tokens, (chain.at(-1) ?? index) + 1, 1).token?.text === '(';
  if (isCall && parts.length === 2) return undefined;
  const alias = matchName(nameOf(first), first.kind === 'quoted', scope.aliases.keys());
  const relation = alias === undefined ? undefined : scope.aliases.get(alias);
  if (alias === undefined || relation === undefined) {
    // A function of a schema of a database; a type after `::`.
    if (isCall || before?.text === '::' || before?.text.toLowerCase() === 'as') return undefined;
    if (scope.incomplete !== true || parts.length > 2) {
      const last = parts.at(-1) ?? second;
      reportAlias(around, parts, text.within(first.start, last.start + last.text.length - first.start));
    }
    return undefined;
  }
  const column = columnOf({ relation, token: second }, around);
  if (column === undefined) return undefined;
  return readAt(around, { alias, column }, second, columnIndex + 1);
};

/** Where it stands is worked out for those who ask: nearly nobody does. */
const readAt = ({ text }: Around, ref: ColumnRef, token: Token, next: number): ReadAt => ({
  ref,
  next,
  get at() {
    return text.within(token.start, token.text.length);
  },
});

/** `alias.*`: the dot is followed by no name. */
const reportStar = ({ tokens, scope, text, report }: Around, index: number, first: Token): void => {
  const dot = solidFrom(tokens, index + 1, 1);
  if (dot.token?.kind !== 'dot') return;
  const star = solidFrom(tokens, dot.index + 1, 1).token;
  if (star?.text !== '*' || !scope.aliases.has(nameOf(first))) return;
  report(say.star(text.within(first.start, star.start + 1 - first.start), nameOf(first)));
};

const reportAlias = ({ scope, text, report }: Around, parts: readonly Token[], whole: Position): void => {
  const [first, second] = parts;
  if (first === undefined || second === undefined) return;
  const names = parts.map(nameOf);
  if (parts.length > 2) {
    const inner = scope.aliases.has(names[1] ?? '') ? `${names[1]}.${names[2]}` : undefined;
    report(say.tableInExpression(whole, names.join('.'), inner));
    return;
  }
  const at = text.within(first.start, first.text.length);
  const relation = matchName(nameOf(first), first.kind === 'quoted', scope.relations);
  if (relation !== undefined) report(say.joinMissing(at, relation, [...scope.aliases.keys()]));
  else
    report(
      say.unknownAlias(at, nameOf(first), {
        aliases: [...scope.aliases.keys()],
        relations: [...scope.relations],
      }),
    );
};

interface Wanted {
  readonly relation: Relation;
  readonly token: Token;
}

const columnOf = ({ relation, token }: Wanted, { text, scope, report }: Around): string | undefined => {
  const name = nameOf(token);
  const stored = matchName(name, token.kind === 'quoted', columnNames(relation));
  const column = stored ?? (relation.columns === undefined || relation.believed === true ? name : undefined);
  if (column !== undefined) {
    const refused = relation.unsettled?.get(column);
    if (refused !== undefined) report(refused(text.within(token.start, token.text.length)));
    return column;
  }
  const at = text.within(token.start, token.text.length);
  const left = matchName(name, token.kind === 'quoted', relation.leftOut);
  if (left === undefined)
    report(say.unknownColumn(at, name, { table: relation.shown, columns: columnNames(relation) }, scope.use));
  else report(say.leftOutColumn(at, left, relation.name));
  return undefined;
};

/** A bare name: of the one table that can be meant, or a mistake, or a word of SQL. */
export const readUnqualified = (
  around: Around & { readonly bindsNames: boolean },
  index: number,
): ReadAt | undefined => {
  const { tokens, scope, text, report } = around;
  const token = tokens[index];
  if (!isName(token) || around.bindsNames || !standsAlone(tokens, index)) return undefined;
  const name = nameOf(token);
  if (token.kind === 'word' && sqlWords.has(name.toLowerCase())) return undefined;
  const owners = [...scope.aliases].filter(
    ([, relation]) => matchName(name, token.kind === 'quoted', columnNames(relation)) !== undefined,
  );
  if (token.kind === 'word' && typeWords.has(name.toLowerCase())) {
    if (owners.length === 0 || !isOperand(tokens, index)) return undefined;
  }
  const implied = scope.implicit === undefined ? undefined : scope.aliases.get(scope.implicit);
  if (implied !== undefined && scope.implicit !== undefined) {
    const column = columnOf({ relation: implied, token }, around);
    return column === undefined
      ? undefined
      : readAt(around, { alias: scope.implicit, column }, token, index + 1);
  }
  report(
    say.unqualifiedColumn(
      text.within(token.start, token.text.length),
      name,
      owners.map(([alias]) => alias),
    ),
  );
  return undefined;
};

/** Whether what stands around a bare name leaves room for a column there. */
const standsAlone = (tokens: readonly Token[], index: number): boolean => {
  const before = solidFrom(tokens, index - 1, -1);
  const after = solidFrom(tokens, index + 1, 1);
  const previous = before.token?.text.toLowerCase();
  const next = after.token?.text.toLowerCase();
  // A function; a literal with its type in front (`date '2020-01-01'`); a named argument; a field of a struct.
  if (next === '(' || next === '=>' || next === ':=' || next === ':' || next === '.') return false;
  if (after.token?.kind === 'string' && tokens[index]?.kind === 'word') return false;
  if (previous === '.' || previous === '::' || previous === ':' || previous === 'collate') return false;
  if (previous === 'as') return false;
  // `extract(field from …)`, `trim(both …)`.
  return !(previous === '(' && next === 'from');
};

/** Whether a value is expected here, so that a word such as `name` or `date` is no type. */
const isOperand = (tokens: readonly Token[], index: number): boolean => {
  const before = solidFrom(tokens, index - 1, -1).token;
  if (before === undefined || before.kind === 'open' || before.kind === 'comma') return true;
  return before.kind === 'operator' || operandWords.has(before.text.toLowerCase());
};
