// The wording of what can be wrong with a table that is named by its node in dbt's manifest.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import { didYouMean, problem } from '../project/problems.ts';

export const tableNamedTwice = (at: Position, key: string, other: string): Problem =>
  problem(
    'wrong_type',
    at,
    `\`${key}\` stands beside \`${other}\``,
    'one of them says which table the source is',
  );

export const manifestNeeded = (at: Position, key: string): Problem =>
  problem(
    'manifest_invalid',
    at,
    `\`${key}\` names a node of dbt, and the project has no manifest`,
    'say where dbt writes it: `manifest: target/manifest.json` in the project file (`dbt parse` makes it)',
  );

const words = { model: 'model', dbt_source: 'source' } as const;

export const unknownNode = (
  at: Position,
  kind: 'model' | 'dbt_source',
  name: string,
  known: readonly string[],
): Problem =>
  problem(
    'unknown_node',
    at,
    `dbt's manifest has no ${words[kind]} \`${name}\``,
    didYouMean(name, known) ??
      (kind === 'dbt_source'
        ? 'sources are written as in dbt: `group.table`; is the manifest older than the source?'
        : 'is the manifest older than the model? `dbt parse` writes it anew'),
  );

export const noTableOfNode = (at: Position, name: string): Problem =>
  problem(
    'unknown_node',
    at,
    `dbt builds no table for the model \`${name}\`: it is ephemeral`,
    'name the models or sources that it reads',
  );

export const otherDatabase = (at: Position, name: string, built: string, ours: string): Problem =>
  problem(
    'unknown_node',
    at,
    `dbt builds \`${name}\` in the database \`${built}\`, and the warehouse is \`${ours}\``,
    'the manifest was made for another target: `dbt parse --target …` for this one, or another `manifest:`',
  );

export const attachedTarget = (at: Position, name: string, table: string): Problem =>
  problem(
    'unknown_node',
    at,
    `\`${name}\` is \`${table}\`, in a file that is attached and only read`,
    'a transaction of DuckDB writes into one file: have it built in the database of the project, or run another project there',
  );
