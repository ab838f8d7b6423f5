// The wording of what can be wrong with a target that is a dbt model.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import { problem, quoted } from '../project/problems.ts';

export const besideModel = (at: Position, key: string): Problem =>
  problem(
    'wrong_type',
    at,
    `\`${key}\` stands beside \`model\``,
    "the model's own SQL says which rows and columns there are",
  );

export const notCompiled = (at: Position, model: string, file: string): Problem =>
  problem(
    'not_compiled',
    at,
    `\`${file}\` has no compiled SQL of the model \`${model}\``,
    '`dbt compile` writes it (`dbt parse` does not); one model that fails to compile leaves out that of all others',
  );

export const compiledIncrementally = (at: Position, model: string): Problem =>
  problem(
    'compiled_incrementally',
    at,
    `the compiled SQL of the model \`${model}\` reads its own table: it was compiled while that was there`,
    'compile it as if it were not: `dbt compile --full-refresh --target-path target/tidemark`, and `manifest: target/tidemark/manifest.json` in the project file',
  );

export const unreadableModel = (at: Position, model: string, reason: string): Problem =>
  problem(
    'model_unreadable',
    at,
    `the compiled SQL of the model \`${model}\` cannot be used: ${reason}`,
    'map its columns instead of `model:`, or leave it to dbt',
  );

export const readsUndeclared = (at: Position, model: string, table: string): Problem =>
  problem(
    'model_unreadable',
    at,
    `the model \`${model}\` reads \`${table}\`, which is neither a source nor a target`,
    'declare it under `sources:` with its key (a seed or snapshot of dbt as well)',
  );

export const volatileModel = (at: Position, model: string, call: string): Problem =>
  problem(
    'volatile_expression',
    at,
    `the model \`${model}\` calls \`${call}\`, whose value is another one at every reading`,
    'rows that are in step today would differ tomorrow: take it out of the model, or leave the model to dbt',
  );

export const unorderedModel = (at: Position, model: string, call: string): Problem =>
  problem(
    'unordered_aggregate',
    at,
    `the model \`${model}\` calls \`${call}\` without an order: its value hangs on the order in which rows come`,
    `give it one in the model, \`${call}(… order by …)\`, or leave the model to dbt`,
  );

export const comparedInFull = (
  at: Position,
  model: string,
  because: ReadonlyMap<string, string>,
): Problem => {
  const reasons = [...new Set(because.values())];
  return {
    ...problem(
      'compared_in_full',
      at,
      `\`${model}\` is compared in full whenever ${quoted(because.keys())} ${because.size === 1 ? 'changes' : 'change'}: ${reasons.join('; ')}`,
      'the figures are right, and each such batch reads all of it',
    ),
    severity: 'warning',
  };
};
