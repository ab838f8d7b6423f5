// A target that is a dbt model: its columns and rows are what the model's own SQL yields.
import type { Expression, MappedColumn, Target } from './dictionary.ts';
import { modelRelation } from './dictionary.ts';
import type { Problem } from '../errors/tidemark-error.ts';
import { isEnforced, resolveKey } from './keys.ts';
import { unknownColumn } from './expression-problems.ts';
import { comparedInFull } from './model-problems.ts';
import * as say from './problems.ts';
import type { Context, DeclaredTarget } from './relations.ts';
import { pruneByOf } from './resolve-own-columns.ts';
import { onDeleteOf } from './resolve-rows.ts';
import { matchName } from './scope.ts';
import { checkOwnership } from './ownership.ts';
import { resolveTouch } from './resolve-touch.ts';
import { showTable } from '../sql/table-name.ts';
import type { ModelQuery } from '../dbt/model/model-query.ts';
import type { Scalar } from '../project/document.ts';

export type ModelOutcome = { readonly query: ModelQuery } | { readonly problem: Problem };

const readOf = (column: string, { at }: Scalar): Expression => ({
  text: `model.${column}`,
  parts: [{ alias: 'model', column }],
  at,
});

/** A table without a column of the model is older than its SQL; types are those of the table. */
const columnsOf = (
  target: DeclaredTarget,
  query: ModelQuery,
  model: Scalar,
  { report }: Context,
): readonly MappedColumn[] =>
  query.columns.flatMap((name): readonly MappedColumn[] => {
    const { info, table } = target;
    const stored =
      info === undefined
        ? name
        : matchName(
            name,
            false,
            info.columns.map((each) => each.name),
          );
    const column = info?.columns.find((each) => each.name === stored);
    if (info !== undefined && column === undefined) {
      report(
        unknownColumn(model.at, name, {
          table: showTable(table),
          columns: info.columns.map((each) => each.name),
        }),
      );
      return [];
    }
    const type = column?.type ?? '';
    return [
      { name: stored ?? name, type, nullable: column?.nullable ?? true, expression: readOf(name, model) },
    ];
  });

export const resolveModel = (target: DeclaredTarget, query: ModelQuery, context: Context): Target => {
  const { raw, table, info, name } = target;
  const model = raw.model ?? raw.name;
  if (info?.kind === 'view') context.report(say.targetIsView(raw.name.at, showTable(table)));
  const columns = columnsOf(target, query, model, context);
  const key = resolveKey(
    raw.key,
    {
      owner: 'key',
      table,
      columns: info?.columns ?? query.columns.map((each) => ({ name: each, type: '', nullable: true })),
    },
    context.report,
  );
  const untraced = [...query.relations].flatMap(([relation, { untraced: reason }]) =>
    reason === undefined ? [] : [[relation, reason] as const],
  );
  if (untraced.length > 0) context.report(comparedInFull(model.at, model.text, new Map(untraced)));
  const rows = raw.rows ?? 'manage';
  checkOwnership(target, context);
  const touch = resolveTouch(target, context);
  return {
    name,
    at: raw.name.at,
    table,
    exists: info !== undefined,
    tableColumns: info?.columns ?? [
      ...columns.map((column) => ({ name: column.name, type: column.type, nullable: true })),
      ...touch.map((each) => ({ name: each.name, type: each.type, nullable: true })),
    ],
    key,
    keyIsEnforced: info !== undefined && isEnforced(key, info),
    updateInPlace:
      info !== undefined &&
      (info.constrained ||
        info.uniqueKeys.length > 0 ||
        info.columns.some((column) => column.generated === true)),
    root: { kind: 'query', alias: 'model', relation: modelRelation(name), query },
    form: { kind: 'fact' },
    joins: [],
    where: undefined,
    columns,
    onDelete: onDeleteOf(raw.onDelete, rows),
    onMissing: 'null',
    onMappingChange: raw.onMappingChange,
    rows,
    touch,
    limits: Object.keys(raw.limits).length === 0 ? undefined : { ...context.limits, ...raw.limits },
    description: raw.description,
    owner: raw.owner,
    pruneBy: pruneByOf(target, context),
    checks: raw.checks.map((check) => ({ name: check.name.text, sql: check.sql.text, at: check.sql.at })),
  };
};
