// Columns that somebody asks about and no mapping names: only the warehouse knows whether they exist, unread, or are
// mistyped.
import { lookUp, catalogOf } from '../../dictionary/catalog.ts';
import { columnsHint } from '../../dictionary/problems.ts';
import { matchName } from '../../dictionary/scope.ts';
import { isTidemarkError, TidemarkError, type Problem } from '../../errors/tidemark-error.ts';
import { namedColumns, type Asked } from '../../graph/asked.ts';
import type { Lineage } from '../../graph/reach.ts';
import { didYouMean } from '../../project/problems.ts';
import type { Project } from '../../project/project.ts';
import { showTable, type TableName } from '../../sql/table-name.ts';
import type { TableInfo } from '../../warehouse/port.ts';
import { withWarehouse } from '../open.ts';

export interface LookUpOptions {
  readonly project: Project;
  readonly offline?: boolean | undefined;
  readonly waitMs?: number | undefined;
}

export interface LookedUp {
  readonly asked: readonly Asked[];
  readonly warnings: readonly Problem[];
}

const tableOf = ({ graph }: Lineage, relation: string): TableName | undefined =>
  (graph.sources.get(relation) ?? graph.targets.get(relation))?.table;

type Reason = Pick<TidemarkError, 'code' | 'message'>;

const notAsked: Reason = { code: 'unknown_column', message: 'the warehouse was not asked whether it exists' };

const unchecked = (lineage: Lineage, { relation, column }: Asked, why: Reason): Problem => {
  const near = didYouMean(column ?? '', namedColumns(lineage, relation));
  return {
    code: why.code,
    severity: 'warning',
    message: `no mapping names \`${relation}.${column ?? ''}\`, and ${why.message}`,
    ...(near === undefined ? {} : { hint: near }),
  };
};

const missing = (table: TableName | undefined): Reason => ({
  code: 'unknown_table',
  message: table === undefined ? 'its table is not known' : `\`${showTable(table)}\` does not exist`,
});

const unknown = (
  lineage: Lineage,
  { relation, column = '' }: Asked,
  table: TableName,
  columns: readonly string[],
): TidemarkError =>
  new TidemarkError('unknown_column', {
    message: `\`${relation}\` has no column \`${column}\``,
    hint:
      didYouMean(column, new Set([...columns, ...namedColumns(lineage, relation)])) ??
      columnsHint(showTable(table), columns),
  });

const readTables = (tables: readonly TableName[], options: LookUpOptions): Promise<readonly TableInfo[]> =>
  withWarehouse(options.project, { readOnly: true, waitMs: options.waitMs ?? 2_000 }, (warehouse) =>
    warehouse.introspect(tables),
  );

/** Every one that exists, spelled as it is stored; throws for one that does not. */
export const lookUpColumns = async (
  lineage: Lineage,
  asked: readonly Asked[],
  options: LookUpOptions,
): Promise<LookedUp> => {
  const without = (why: Reason): LookedUp => ({
    asked,
    warnings: asked.map((each) => unchecked(lineage, each, why)),
  });
  if (options.offline === true) return without(notAsked);
  const tables = asked.flatMap(({ relation }) => tableOf(lineage, relation) ?? []);
  let found: readonly TableInfo[];
  try {
    found = await readTables(tables, options);
  } catch (error) {
    if (!isTidemarkError(error) || error.code === 'internal') throw error;
    return without(error);
  }
  const catalog = catalogOf(found);
  const warnings: Problem[] = [];
  const known = asked.map((each): Asked => {
    const table = tableOf(lineage, each.relation);
    const info = table === undefined ? undefined : lookUp(catalog, table);
    if (table === undefined || info === undefined) {
      warnings.push(unchecked(lineage, each, missing(table)));
      return each;
    }
    const columns = info.columns.map(({ name }) => name);
    const column = matchName(each.column ?? '', false, columns);
    if (column === undefined) throw unknown(lineage, each, table, columns);
    return { ...each, column };
  });
  return { asked: known, warnings };
};
