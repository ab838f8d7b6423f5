// The columns of a query, as the catalog notes them.
import type { CatalogColumn } from './catalog.ts';
import type { Statement } from './statement.ts';
import { declaredOf } from './types.ts';
import { wireColumns } from './values.ts';

export const queryColumns = async (statement: Statement, inner: string): Promise<readonly CatalogColumn[]> =>
  wireColumns(await statement.run(`select * from ${inner} limit 0`)).map((column, place, all) => ({
    name: column.name,
    declared: declaredName(column.type, all[place]?.precision, all[place]?.scale),
    nullable: true,
  }));

const declaredName = (
  type: string,
  precision: number | null | undefined,
  scale: number | null | undefined,
): string => {
  switch (type) {
    case 'fixed':
      return `NUMBER(${precision ?? 38},${scale ?? 0})`;
    case 'real':
      return 'FLOAT';
    case 'text':
      return declaredOf('VARCHAR');
    case 'binary':
      return declaredOf('BLOB');
    default:
      return type.startsWith('time') ? `${type.toUpperCase()}(${scale ?? 9})` : type.toUpperCase();
  }
};
