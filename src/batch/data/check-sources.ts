// Are the keys of the sources keys, on the rows that staging holds now?
import { alive, stagingRows } from '../../detect/mirror.ts';
import type { Source } from '../../dictionary/dictionary.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import { problem } from '../../project/problems.ts';
import { commas, id, ors, sql, type Fragment } from '../../sql/fragment.ts';
import { showTable } from '../../sql/table-name.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { showRows } from '../compute/refuse-rows.ts';

/** How many keys a message names. */
const named = 3;

const keyOf = (source: Source): Fragment => commas(source.key.map(({ name }) => id('s', name)));

const rowsOf = (source: Source): Fragment => sql`${stagingRows(source, alive(source))} as s`;

const nullKeys = async (warehouse: Warehouse, source: Source): Promise<readonly Problem[]> => {
  const strict = source.key.filter(({ nullable }) => !nullable);
  const columns = new Map(source.columns.map((column) => [column.name, column]));
  if (strict.every(({ name }) => columns.get(name)?.nullable === false)) return [];
  const isNull = ors(strict.map(({ name }) => sql`${id('s', name)} is null`));
  const rows = await warehouse.session((session) =>
    session.rows<{ count: string }>(sql`select count(*) as count from ${rowsOf(source)} where ${isNull}`),
  );
  const count = Number(rows[0]?.count ?? 0);
  if (count === 0) return [];
  const message = `${count} ${count === 1 ? 'row' : 'rows'} of \`${showTable(source.table)}\` ${count === 1 ? 'has' : 'have'} NULL in the key of source \`${source.name}\``;
  const hint =
    'a run leaves the source out: mend the rows, or declare the column `{ column: …, nullable: true }`';
  return [problem('null_key', source.at, message, hint)];
};

const sharedKeys = async (warehouse: Warehouse, source: Source): Promise<readonly Problem[]> => {
  if (source.keyIsEnforced) return [];
  const rows = await warehouse.session((session) =>
    session.rows(
      sql`select ${keyOf(source)}, count(*) as "tidemark.rows" from ${rowsOf(source)} group by ${keyOf(source)} having count(*) > 1 order by ${keyOf(source)} limit ${sql.lit(named)}`,
    ),
  );
  if (rows.length === 0) return [];
  const more = rows.length === named ? ' …' : '';
  const message = `\`${showTable(source.table)}\` holds keys of source \`${source.name}\` more than once: ${showRows(rows)}${more}`;
  const hint = 'a run leaves the source out: name all columns of the key, or mend the rows';
  return [problem('duplicate_row', source.at, message, hint)];
};

export const checkSources = async (
  warehouse: Warehouse,
  sources: readonly Source[],
): Promise<readonly Problem[]> => {
  const problems: Problem[] = [];
  for (const source of sources) {
    problems.push(...(await nullKeys(warehouse, source)), ...(await sharedKeys(warehouse, source)));
  }
  return problems;
};
