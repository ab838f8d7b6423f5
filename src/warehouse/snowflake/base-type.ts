// Snowflake type names: `VARCHAR(16777216)` is `varchar`, `BIGINT` is `number`.
import { aliasedTypeName } from '../type-name.ts';

const aliases: Readonly<Record<string, string>> = {
  int: 'number',
  integer: 'number',
  bigint: 'number',
  smallint: 'number',
  tinyint: 'number',
  byteint: 'number',
  numeric: 'number',
  decimal: 'number',
  double: 'float',
  'double precision': 'float',
  float4: 'float',
  float8: 'float',
  real: 'float',
  text: 'varchar',
  string: 'varchar',
  char: 'varchar',
  character: 'varchar',
  nchar: 'varchar',
  nvarchar: 'varchar',
  'character varying': 'varchar',
  varbinary: 'binary',
  datetime: 'timestamp_ntz',
  // Every session of ours has TIMESTAMP_TYPE_MAPPING = TIMESTAMP_NTZ.
  timestamp: 'timestamp_ntz',
  timestampntz: 'timestamp_ntz',
  'timestamp without time zone': 'timestamp_ntz',
  timestampltz: 'timestamp_ltz',
  'timestamp with local time zone': 'timestamp_ltz',
  timestamptz: 'timestamp_tz',
  'timestamp with time zone': 'timestamp_tz',
};

export const snowflakeBaseType = (type: string): string => aliasedTypeName(type, aliases);

/** Digits before and after the point. Whole numbers without a precision have 38 digits here. */
export const numberShape = (type: string): { readonly precision: number; readonly scale: number } => {
  const [, precision = '38', scale = '0'] = /\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/.exec(type) ?? [];
  return { precision: Number(precision), scale: Number(scale) };
};

/** As it stands in a cast that cuts nothing: texts and bytes without their length, numbers whole. */
export const openType = (type: string): string => {
  const base = snowflakeBaseType(type);
  return base === 'varchar' || base === 'binary' ? base : type;
};
