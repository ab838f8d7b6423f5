// Names of scratch tables: whose, the how-manieth, what for. Nothing else in a scratch schema is touched.

/** Postgres cuts longer names without a word. */
const longestName = 63;

/** The name of one table, or, without a number, what all names of an owner start with. */
export const scratchName = (owner: string, number?: number, purpose = ''): string => {
  const prefix = `tm_${owner}_`;
  if (number === undefined) return prefix;
  const readable = purpose.toLowerCase().replace(/[^a-z0-9_]+/g, '_');
  return `${prefix}${number}_${readable}`.slice(0, longestName);
};

/** Where scratch lies on an engine that has no temporary tables for it. */
export const scratchSchema = (stateSchema: string): string => `${stateSchema}_scratch`;

/** Where owners show that they live, on an engine whose locks end with a transaction. */
export const scratchOwners = 'owners';

/** Named as `scratchName` does it, for whichever owner. */
export const isScratchName = (name: string): boolean => /^tm_[0-9a-f]{8}_\d+_/.test(name);
