// Marks of tables on DuckDB, which keeps none itself (an oid is given anew when the file is opened, and nothing is
// counted): what our seal of the file vouches for has the mark that it had; everything else gets a new one.
import { randomUUID } from 'node:crypto';
import { showTable, type TableName } from '../../sql/table-name.ts';
import type { Session, TableMark } from '../port.ts';
import type { FileSeal, SealedTable } from './seal.ts';
import { readStorage } from './storage.ts';

export class DuckDbMarks {
  readonly #seal: FileSeal;
  readonly #found: ReturnType<FileSeal['read']>;
  readonly #fresh = randomUUID();
  readonly #given = new Map<string, { readonly table: TableName; readonly identity: string }>();

  /** The engine has the file, and has not written it yet. */
  constructor(seal: FileSeal) {
    this.#seal = seal;
    this.#found = seal.read();
  }

  async of(session: Session, tables: readonly TableName[]): Promise<readonly TableMark[]> {
    const unknown = tables.filter((each) => !this.#given.has(showTable(each)));
    const whole = await this.#whole(session, unknown);
    for (const table of unknown) {
      const name = showTable(table);
      this.#given.set(name, { table, identity: whole.get(name) ?? this.#fresh });
    }
    return tables.flatMap((table) => {
      const given = this.#given.get(showTable(table));
      return given === undefined ? [] : [{ table, identity: given.identity }];
    });
  }

  /** The tables that the seal vouches for. */
  async #whole(session: Session, tables: readonly TableName[]): Promise<ReadonlyMap<string, string>> {
    const sealed = tables.flatMap((table) => {
      const found = this.#found.tables[showTable(table)];
      return found === undefined ? [] : [{ table, ...found }];
    });
    if (this.#found.since === 'nothing')
      return new Map(sealed.map(({ table, identity }) => [showTable(table), identity]));
    const storage = await readStorage(
      session,
      sealed.map(({ table }) => table),
    );
    return new Map(
      sealed
        .filter((each) => storage.get(showTable(each.table)) === each.storage)
        .map(({ table, identity }) => [showTable(table), identity]),
    );
  }

  /** All is in the file, and the engine still has it. */
  async seal(session: Session): Promise<void> {
    if (this.#given.size === 0) return;
    const given = [...this.#given.values()];
    const storage = await readStorage(
      session,
      given.map(({ table }) => table),
    );
    const tables: Record<string, SealedTable> = {};
    for (const { table, identity } of given) {
      const place = storage.get(showTable(table));
      if (place !== undefined) tables[showTable(table)] = { identity, storage: place };
    }
    this.#seal.put(tables);
  }
}
