// The type that each expression has against the type of the column that it is written into: what cannot be
// converted at all is an error, said with the place in the mapping.
import { isTidemarkError, type Problem } from '../../errors/tidemark-error.ts';
import { selectTypes } from '../../reconcile/desired/types.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import { commas, id, sql, type Fragment } from '../../sql/fragment.ts';
import type { Warehouse } from '../../warehouse/port.ts';

const converted = (work: TargetWork, columns: TargetWork['target']['columns']): Fragment => {
  const values = columns.map((column) => work.dialect.convert(id('d', column.name), column.type));
  return sql`select ${commas(values)} from (${selectTypes(work, columns)}) as d`;
};

const fails = async (warehouse: Warehouse, select: Fragment): Promise<boolean> => {
  try {
    await warehouse.describe(select);
    return false;
  } catch (error) {
    if (isTidemarkError(error) && error.details['kind'] !== 'connection') return true;
    throw error;
  }
};

export const checkTypes = async (warehouse: Warehouse, work: TargetWork): Promise<readonly Problem[]> => {
  const columns = work.target.columns.filter((column) => column.type !== '');
  if (columns.length === 0 || !(await fails(warehouse, converted(work, columns)))) return [];
  const types = await warehouse.describe(selectTypes(work, columns));
  const problems: Problem[] = [];
  for (const column of columns) {
    if (!(await fails(warehouse, converted(work, [column])))) continue;
    const found = types.find((type) => type.name === column.name)?.type ?? 'unknown';
    problems.push({
      code: 'type_mismatch',
      severity: 'error',
      message: `\`${column.name}\` is \`${column.type}\` in \`${work.target.name}\`, but the expression yields \`${found}\``,
      hint: `convert it in the mapping, for example \`cast(… as ${work.dialect.baseType(column.type)})\``,
      at: column.expression.at,
    });
  }
  return problems;
};
