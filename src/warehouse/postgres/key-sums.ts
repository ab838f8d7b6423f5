// Figures over keys that tell whether two tables hold the same ones. Of a key of one column of the usual types: what
// is left would be hashed as text, which takes as long as a look at the keys themselves.
import { sql, type Fragment } from '../../sql/fragment.ts';
import { postgresBaseType } from './base-type.ts';

/** The hash of whole numbers takes the halves of a bigint together, so that others of the same hash can be told;
 *  their sum tells those apart. */
const ofNumber = (value: Fragment): readonly Fragment[] => [
  sql`sum(hashint8extended(cast(${value} as bigint), 0))`,
  sql`sum(cast(${value} as bigint))`,
];

const ofText = (value: Fragment): readonly Fragment[] => [
  sql`sum(hashtextextended(cast(${value} as text) collate "C", 0))`,
];

const ofUuid = (value: Fragment): readonly Fragment[] => [sql`sum(uuid_hash_extended(${value}, 0))`];

const byType: Readonly<Record<string, (value: Fragment) => readonly Fragment[]>> = {
  smallint: ofNumber,
  integer: ofNumber,
  bigint: ofNumber,
  text: ofText,
  varchar: ofText,
  uuid: ofUuid,
};

export const postgresKeySums = (
  values: readonly Fragment[],
  types: readonly string[],
): readonly Fragment[] | undefined => {
  const [value, ...others] = values;
  const [type] = types;
  if (value === undefined || type === undefined || others.length > 0) return undefined;
  return byType[postgresBaseType(type)]?.(value);
};
