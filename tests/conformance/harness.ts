// What a conformance run needs of an engine: an opened warehouse, and the engine's own spelling of things.
import type { Fragment } from '../../src/sql/fragment.ts';
import { tableName, type TableName } from '../../src/sql/table-name.ts';
import type { Warehouse } from '../../src/warehouse/port.ts';

/** An SQL expression and the value that must arrive for it. */
type ExactValue = readonly [expression: string, expected: unknown];

export interface Engine {
  readonly name: string;
  open(): Promise<Warehouse>;
  close(): Promise<void>;
  readonly exactValues: readonly ExactValue[];
  /** Types and literals of them, odd ones above all. */
  readonly literals: Readonly<Record<string, readonly string[]>>;
  /** A select that takes far longer than any test. */
  readonly endless: Fragment;
  /** Types of the property test, in the engine's words. */
  readonly types: Readonly<Record<'bigint' | 'double' | 'decimal' | 'text' | 'instant' | 'binary', string>>;
  /** A text of hexadecimal digits as the engine's binary type. */
  readonly fromHex: (hex: Fragment) => Fragment;
  readonly lacks?: readonly Lack[];
  /** Canonical JSON that is another one here, by type and literal. */
  readonly canonical?: Readonly<Record<string, string>>;
  /** Microseconds since 1970 as an instant. */
  readonly fromMicroseconds: (count: Fragment) => Fragment;
}

/** What an engine may do without. */
type Lack =
  /** Keys are declared and not kept; so are foreign keys, and there are no indexes. */
  | 'keys'
  | 'checks'
  | 'intervals'
  | 'infinite moments'
  /** INTEGER has as many digits as any number. */
  | 'narrow integers'
  | 'returning'
  /** CREATE TABLE AS says that it did, not how much. */
  | 'counted copies'
  | 'frozen jobs'
  /** What others wrote is not read yet. */
  | 'reading';

/** Cases of what the engine lacks are left out. */
export const without = (engine: Engine, lack: Lack): boolean => engine.lacks?.includes(lack) === true;

/** The warehouse that the suite has opened. */
export type Use = () => Warehouse;

export const shop = 'shop';

let tables = 0;

/** A table name that no other test uses. */
export const freshTable = (purpose = 'table'): TableName => {
  tables += 1;
  return tableName(shop, `${purpose}_${tables}`);
};
