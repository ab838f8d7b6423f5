// The wording of what can be wrong with a dictionary that is imported.
import type { Position, Problem } from '../../errors/tidemark-error.ts';
import { problem, quoted } from '../../project/problems.ts';

const shapeHint = 'the shape is `{source: {column: {target: column}}}`; a list names several columns';

export const pythonSyntax = (at: Position, message: string): Problem =>
  problem('import_unreadable', at, message, 'the module must be valid Python');

export const notLiteral = (at: Position, shown: string): Problem =>
  problem(
    'import_unreadable',
    at,
    `${shown} is no literal, and nothing of the module is run`,
    'write the value out: texts, dicts, lists, tuples, numbers, None, True and False',
  );

export const noDictionary = (at: Position): Problem =>
  problem('import_unreadable', at, 'no dict is assigned to a name in this module', shapeHint);

export const severalDictionaries = (at: Position, names: readonly string[]): Problem =>
  problem(
    'import_unreadable',
    at,
    `several dicts are assigned: ${quoted(names)}`,
    'say which one is meant: `--variable NAME`',
  );

export const unknownVariable = (at: Position, name: string, names: readonly string[]): Problem =>
  problem(
    'import_unreadable',
    at,
    `no dict is assigned to \`${name}\``,
    names.length === 0 ? undefined : `there are: ${quoted(names)}`,
  );

export const wrongShape = (at: Position, what: string, expected: string, found: string): Problem =>
  problem('import_unreadable', at, `${what} must be ${expected}, not ${found}`, shapeHint);

export const saidTwice = (at: Position, name: string, firstLine: number): Problem =>
  problem(
    'import_unreadable',
    at,
    `\`${name}\` stands here twice, and the first one would be lost`,
    `it stands in line ${firstLine} already`,
  );
