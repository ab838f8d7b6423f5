// How values of Postgres arrive: small integers, floats and booleans as such, everything else as its text.

const identity = (text: string): string => text;
const toBoolean = (text: string): boolean => text === 't';

/** By type id: int2, int4, oid, float4, float8, bool. */
const parsers = new Map<number, (text: string) => unknown>([
  [21, Number],
  [23, Number],
  [26, Number],
  [700, Number],
  [701, Number],
  [16, toBoolean],
]);

/** Given to each client: the driver's own table is global and turns instants into dates of milliseconds. */
export const typeParsers = {
  getTypeParser: (typeId: number): ((text: string) => unknown) => parsers.get(typeId) ?? identity,
};
