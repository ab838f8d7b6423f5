// Postgres type names: `numeric(12,4)` is `numeric`, `character varying(3)[]` is `varchar[]`.
import { aliasedTypeName } from '../type-name.ts';

const aliases: Readonly<Record<string, string>> = {
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  bool: 'boolean',
  float: 'double precision',
  float4: 'real',
  float8: 'double precision',
  decimal: 'numeric',
  dec: 'numeric',
  'character varying': 'varchar',
  char: 'bpchar',
  character: 'bpchar',
  'bit varying': 'varbit',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
};

export const postgresBaseType = (type: string): string => {
  const base = aliasedTypeName(type, aliases);
  // `interval day to second` limits the fields that a column keeps.
  return base.startsWith('interval ') ? base.replace(/^interval [a-z ]+/, 'interval') : base;
};

/** The base type as it can stand in a cast that cuts nothing: a bare `bit` would mean bit(1). */
export const openType = (type: string): string =>
  postgresBaseType(type).replace(/^bit(?=\[|$)/, 'pg_catalog."bit"');
