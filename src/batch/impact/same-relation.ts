// Whether two names are those of one table: a part that is not said goes without saying.
export interface LooseTable {
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly name: string;
}

const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

export const sameRelation = (one: LooseTable, other: LooseTable): boolean =>
  same(one.name, other.name) &&
  (one.schema === undefined || other.schema === undefined || same(one.schema, other.schema)) &&
  (one.database === undefined || other.database === undefined || same(one.database, other.database));
