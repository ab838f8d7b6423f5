// Whether a table of ours is there, by one question: looking at its columns and keys, which nobody needs, takes three.
import type { SchemaName } from '../project/project.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { stateTable, type StateTable } from './state.ts';

export const isThere = async (warehouse: Warehouse, schema: SchemaName, name: StateTable): Promise<boolean> =>
  schema.database === undefined
    ? (await warehouse.tablesIn(schema.schema)).includes(name)
    : (await warehouse.introspect([stateTable(schema, name)])).length > 0;
