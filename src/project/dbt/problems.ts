// The wording of what can be wrong with the connection that dbt uses.
import type { Position, Problem } from '../../errors/tidemark-error.ts';
import { didYouMean, problem, quoted } from '../problems.ts';

export const noDbtProject = (at: Position, file: string): Problem =>
  problem(
    'profile_invalid',
    at,
    `there is no dbt project here: \`${file}\` does not exist`,
    '`dbt:` names the folder that holds dbt_project.yml, relative to the project file',
  );

export const noProfiles = (at: Position, looked: readonly string[]): Problem =>
  problem(
    'profile_invalid',
    at,
    `dbt's profiles.yml was not found; looked for ${quoted(looked)}`,
    'set DBT_PROFILES_DIR as for dbt, or name the warehouse by `type` and its own keys',
  );

export const noProfileName = (at: Position, file: string): Problem =>
  problem(
    'profile_invalid',
    at,
    `\`${file}\` names no \`profile:\``,
    'dbt needs it too: `dbt debug` says more',
  );

export const unknownProfile = (at: Position, name: string, known: readonly string[], file: string): Problem =>
  problem(
    'profile_invalid',
    at,
    `\`${file}\` has no profile \`${name}\``,
    didYouMean(name, known) ?? (known.length === 0 ? 'it has none at all' : `profiles: ${quoted(known)}`),
  );

export const unknownOutput = (
  at: Position,
  name: string,
  known: readonly string[],
  profile: string,
): Problem =>
  problem(
    'profile_invalid',
    at,
    `profile \`${profile}\` has no target \`${name}\``,
    didYouMean(name, known) ?? (known.length === 0 ? 'it has no `outputs`' : `targets: ${quoted(known)}`),
  );

export const unsupportedAdapter = (at: Position, adapter: string): Problem =>
  problem(
    'profile_invalid',
    at,
    `dbt's adapter \`${adapter}\` is none that tidemark can work with`,
    'it works with `duckdb`, `postgres` and `snowflake`; choose such a target with `target:`; `dbt debug` lists what the profile says',
  );

export const notAFile = (at: Position, path: string): Problem =>
  problem(
    'profile_invalid',
    at,
    `the DuckDB database of this target is \`${path}\`, which is no file that others can open`,
    'give the target a `path:`',
  );

export const variableNotSet = (at: Position, name: string): Problem =>
  problem(
    'missing_variable',
    at,
    `environment variable \`${name}\` is not set`,
    'set it as for dbt, or give env_var a default; `dbt debug` tells whether dbt finds it',
  );

export const jinjaNotKnown = (at: Position, text: string): Problem =>
  problem(
    'profile_invalid',
    at,
    `\`${text}\` is Jinja that only dbt can evaluate`,
    "tidemark reads `env_var('NAME', 'default')` and its filters; or name the warehouse by `type` and its own keys",
  );

export const missingSetting = (at: Position, key: string, target: string): Problem =>
  problem('profile_invalid', at, `target \`${target}\` of the profile has no \`${key}\``);

export const wrongSetting = (at: Position, key: string, expected: string, found: string): Problem =>
  problem('profile_invalid', at, `\`${key}\` must be ${expected}, not ${found}`);
