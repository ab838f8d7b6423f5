// DuckDB type names: `DECIMAL(12,4)` is `decimal`, `TEXT` is `varchar`.
import { aliasedTypeName } from '../type-name.ts';

const aliases: Readonly<Record<string, string>> = {
  int1: 'tinyint',
  int2: 'smallint',
  short: 'smallint',
  int: 'integer',
  int4: 'integer',
  signed: 'integer',
  int8: 'bigint',
  int64: 'bigint',
  long: 'bigint',
  bool: 'boolean',
  logical: 'boolean',
  numeric: 'decimal',
  dec: 'decimal',
  float4: 'float',
  real: 'float',
  float8: 'double',
  'double precision': 'double',
  text: 'varchar',
  string: 'varchar',
  char: 'varchar',
  bpchar: 'varchar',
  'character varying': 'varchar',
  bytea: 'blob',
  binary: 'blob',
  varbinary: 'blob',
  timestamptz: 'timestamp with time zone',
  datetime: 'timestamp',
  'timestamp without time zone': 'timestamp',
  'time without time zone': 'time',
  timetz: 'time with time zone',
  bitstring: 'bit',
};

export const duckDbBaseType = (type: string): string => aliasedTypeName(type, aliases);
