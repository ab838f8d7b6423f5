// How much there is to read, told before any row is read: tables that proposals are made from and compared with.
import { showTable } from '../../sql/table-name.ts';
import type { TableInfo, Warehouse } from '../../warehouse/port.ts';

export interface ToRead {
  readonly tables: number;
  /** Of those whose size the engine tells. */
  readonly bytes: number;
  /** Views, and tables of which nothing is said. */
  readonly unsized: number;
}

export const toRead = async (warehouse: Warehouse, infos: readonly TableInfo[]): Promise<ToRead> => {
  const stored = infos.filter(({ kind }) => kind === 'table');
  const sizes = await warehouse.sizes(stored.map(({ table }) => table));
  const known = stored.flatMap(({ table }) => sizes.get(showTable(table)) ?? []);
  return {
    tables: infos.length,
    bytes: known.reduce((sum, bytes) => sum + bytes, 0),
    unsized: infos.length - known.length,
  };
};
