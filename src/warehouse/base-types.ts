// Type names of an engine without its driver: for what is said of types while no warehouse is open.
import type { Connection } from '../project/project.ts';
import { duckDbBaseType } from './duckdb/base-type.ts';
import { postgresBaseType } from './postgres/base-type.ts';
import { snowflakeBaseType } from './snowflake/base-type.ts';

const baseTypes: Readonly<Record<Connection['type'], (type: string) => string>> = {
  duckdb: duckDbBaseType,
  postgres: postgresBaseType,
  snowflake: snowflakeBaseType,
};

export const baseTypeOf = (type: Connection['type']): ((type: string) => string) => baseTypes[type];
