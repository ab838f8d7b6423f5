// The wording of what can be wrong with a YAML file of ours and with the project file.
import type { ErrorCode } from '../errors/policy.ts';
import type { Position, Problem } from '../errors/tidemark-error.ts';
import { TidemarkError } from '../errors/tidemark-error.ts';
import { nearest } from './nearest.ts';

export type Report = (problem: Problem) => void;

export const problem = (
  code: ErrorCode,
  at: Position | undefined,
  message: string,
  hint?: string,
): Problem => ({
  code,
  message,
  severity: 'error',
  ...(hint === undefined ? {} : { hint }),
  ...(at === undefined ? {} : { at }),
});

export const quoted = (names: Iterable<string>): string => [...names].map((name) => `\`${name}\``).join(', ');

export const didYouMean = (name: string, candidates: Iterable<string>): string | undefined => {
  const found = nearest(name, candidates);
  return found === undefined ? undefined : `did you mean \`${found}\`?`;
};

/** In the order in which a reader meets them. */
export const inOrder = (problems: readonly Problem[]): readonly Problem[] =>
  problems.toSorted(
    (left, right) =>
      compare(left.at?.file ?? '', right.at?.file ?? '') ||
      (left.at?.line ?? 0) - (right.at?.line ?? 0) ||
      (left.at?.column ?? 0) - (right.at?.column ?? 0),
  );

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

// Any YAML file

const syntaxHints: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'a value that holds `: ` must stand in quotes',
  MISSING_CHAR: 'inside `{ }` a value that holds a comma or a bracket must stand in quotes',
  BAD_SCALAR_START: 'a value that starts with a special character must stand in quotes',
  TAB_AS_INDENT: 'indent with spaces',
  MULTIPLE_DOCS: 'put what follows `---` into a file of its own',
};

export const yamlSyntax = (at: Position, message: string, code: string): Problem => {
  const sentence = message.split(';')[0] ?? message;
  return problem('yaml_syntax', at, sentence.charAt(0).toLowerCase() + sentence.slice(1), syntaxHints[code]);
};

export const unknownAnchor = (at: Position, name: string): Problem =>
  problem(
    'yaml_syntax',
    at,
    `\`*${name}\` refers to an anchor that is not set before it`,
    `write \`&${name}\` at the value it stands for`,
  );

export const circularAnchor = (at: Position, name: string): Problem =>
  problem('yaml_syntax', at, `\`*${name}\` stands inside the value that it refers to`);

export const tooManyAliases = (at: Position): Problem =>
  problem('yaml_syntax', at, 'aliases unfold this file to more than 100,000 values');

export const keyNotText = (at: Position): Problem => problem('yaml_syntax', at, 'a key must be plain text');

export const duplicateKey = (at: Position, key: string, firstLine: number): Problem =>
  problem('duplicate_key', at, `key \`${key}\` stands here twice`, `it is set in line ${firstLine} already`);

export const unknownKey = (at: Position, key: string, owner: string, known: readonly string[]): Problem =>
  problem(
    'unknown_key',
    at,
    `unknown key \`${key}\` in ${owner}`,
    didYouMean(key, known) ?? `known keys: ${quoted(known)}`,
  );

export const notSupported = (at: Position, what: string, hint?: string): Problem =>
  problem(
    'not_supported',
    at,
    `${what} is not supported yet`,
    hint ?? 'leave it out for now; ignoring it would change what is written',
  );

export const missingKey = (at: Position, key: string, owner: string, hint?: string): Problem =>
  problem('missing_key', at, `key \`${key}\` is missing from ${owner}`, hint);

export const wrongType = (at: Position, key: string, expected: string, found: string): Problem =>
  problem('wrong_type', at, `\`${key}\` must be ${expected}, not ${found}`);

export const notMapping = (at: Position, owner: string, found: string): Problem =>
  problem('wrong_type', at, `${owner} must be a mapping of keys, not ${found}`);

export const notOneOf = (at: Position, key: string, choices: readonly string[], found: string): Problem =>
  problem(
    'wrong_type',
    at,
    `\`${key}\` must be one of ${quoted(choices)}, not \`${found}\``,
    didYouMean(found, choices),
  );

export const unknownZone = (at: Position, name: string): Problem =>
  problem(
    'wrong_type',
    at,
    `\`timezone\` must be a time zone such as \`Europe/Berlin\`, not \`${name}\``,
    didYouMean(name, Intl.supportedValuesOf('timeZone')),
  );

export const emptyFile = (at: Position, expected: string): Problem =>
  problem('missing_key', at, `the file is empty; expected ${expected}`);

// The project file

export const noProject = (directory: string): TidemarkError =>
  new TidemarkError('project_not_found', {
    message: `no \`tidemark.yml\` in \`${directory}\` or any folder above it`,
    hint: '`tidemark init` writes one; `--project DIR` points at another folder',
  });

export const unreadable = (path: string, cause: unknown): TidemarkError =>
  new TidemarkError('project_invalid', {
    message: `cannot read \`${path}\``,
    hint: cause instanceof Error && 'code' in cause ? `the system says ${String(cause.code)}` : undefined,
    cause,
  });

export const projectInvalid = (file: string, problems: readonly Problem[]): TidemarkError => {
  const first = problems[0];
  const several = problems.length > 1;
  return new TidemarkError('project_invalid', {
    message: several
      ? `\`${file}\` has ${problems.length} problems`
      : (first?.message ?? `\`${file}\` is not valid`),
    hint: several ? undefined : first?.hint,
    at: first?.at,
    problems,
  });
};

export const wrongVersion = (at: Position, found: string): Problem =>
  problem('wrong_type', at, `\`version\` must be 1, not \`${found}\``, 'a newer tidemark may read it');

export const missingVariable = (at: Position, name: string): Problem =>
  problem(
    'missing_variable',
    at,
    `environment variable \`${name}\` is not set`,
    `set it, or give a default: \`\${${name}:-…}\``,
  );

export const badVariable = (at: Position): Problem =>
  problem(
    'missing_variable',
    at,
    '`${` opens a variable that is not closed or has no proper name',
    'write `${NAME}` or `${NAME:-default}`',
  );

export const unknownEnvironment = (
  at: Position | undefined,
  name: string,
  known: readonly string[],
): Problem =>
  problem(
    'unknown_environment',
    at,
    `there is no environment \`${name}\``,
    known.length === 0
      ? 'the project file has no `environments`'
      : (didYouMean(name, known) ?? `environments: ${quoted(known)}`),
  );

export const noEnvironmentChosen = (at: Position, known: readonly string[]): Problem =>
  problem(
    'unknown_environment',
    at,
    'no environment is chosen and the project has no `warehouse` of its own',
    `choose by \`--env\` or \`default_environment\`: ${quoted(known)}`,
  );

export const sharedSchema = (at: Position, one: string, other: string, schema: string): Problem =>
  problem(
    'wrong_type',
    at,
    `\`${one}\` and \`${other}\` are both \`${schema}\``,
    'mirrors and state need schemas of their own',
  );

export const urlNotAlone = (at: Position, key: string): Problem =>
  problem('wrong_type', at, `\`${key}\` stands beside \`url\``, `put it into the url, or leave \`url\` out`);

export const noConnections = (at: Position): Problem =>
  problem(
    'project_invalid',
    at,
    'there is no connections.toml',
    'it lies in SNOWFLAKE_HOME or in `.snowflake` of the home folder; or name the account by `account` and its own keys',
  );

export const brokenToml = (at: Position, file: string): Problem =>
  problem('project_invalid', at, `\`${file}\` is not TOML`, '`snow connection list` shows where it breaks');

export const noSuchConnection = (
  at: Position,
  name: string,
  known: readonly string[],
  file: string,
): Problem =>
  problem(
    'project_invalid',
    at,
    `\`${file}\` has no connection \`${name}\``,
    didYouMean(name, known) ?? (known.length === 0 ? 'it has none at all' : `connections: ${quoted(known)}`),
  );

export const notBesideEvery = (at: Position, key: string): Problem =>
  problem(
    'wrong_type',
    at,
    `\`${key}\` stands beside \`every\``,
    'a schedule is one or the other; zones belong to `cron`',
  );

export const noMappings = (at: Position | undefined, folder: string): Problem =>
  problem(
    'no_sources',
    at,
    `the mappings folder \`${folder}\` does not exist`,
    '`tidemark init` writes it with a first proposal',
  );

export const badName = (at: Position, key: string, text: string, shape: string): Problem =>
  problem(
    'wrong_type',
    at,
    `\`${key}\` must be a name such as ${shape}, not \`${text}\``,
    'odd names stand in double quotes: `stg."odd name"`',
  );
