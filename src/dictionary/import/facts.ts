// What is known of the tables that an imported dictionary names, before anything is guessed.
import type { Column } from '../../sql/dialect.ts';
import { showTable, type TableName } from '../../sql/table-name.ts';
import type { CatalogTable } from '../catalog.ts';

export interface TableFacts {
  readonly name: string;
  readonly table: TableName;
  /** The dictionary names its schema: the mapping must. */
  readonly written?: string | undefined;
  /** None: the table does not exist. */
  readonly info: CatalogTable | undefined;
  /** Columns of which no two rows share a value, as the rows are now. */
  readonly distinct: ReadonlySet<string>;
  /** The key that a mapping declares already. */
  readonly declaredKey?: readonly string[] | undefined;
}

export interface Guess {
  readonly columns: readonly string[];
  /** None: not guessed. */
  readonly why: string | undefined;
}

export const columnsOf = ({ info }: TableFacts): readonly Column[] => info?.columns ?? [];

const has = (facts: TableFacts, column: string): boolean =>
  columnsOf(facts).some(({ name }) => name === column);

/** Good enough for table names: `companies` → `company`, `statuses` → `status`, `orders` → `order`. */
export const singular = (name: string): string => {
  if (/ies$/i.test(name)) return name.replace(/ies$/i, 'y');
  if (/(?:s|x|z|ch|sh)es$/i.test(name)) return name.slice(0, -2);
  return /[^s]s$/i.test(name) ? name.slice(0, -1) : name;
};

/** Columns whose values may well tell rows apart: the ones worth asking the warehouse about. */
export const mayIdentify = (column: string): boolean =>
  /^(?:id|key|code|uuid)$|(?:_|^)(?:id|key|code|uuid)$/i.test(column);

const likelyFirst = (facts: TableFacts, columns: readonly string[]): readonly string[] => {
  const own = singular(facts.name).toLowerCase();
  const rank = (column: string): number => {
    const name = column.toLowerCase();
    if (name === 'id') return 0;
    return [`${own}_id`, `${own}_key`, `${own}_code`].includes(name) ? 1 : 2;
  };
  return columns.toSorted((left, right) => rank(left) - rank(right));
};

/** The columns that tell the rows of a table apart, by the best reason that there is. */
export const keyOf = (facts: TableFacts): Guess | undefined => {
  const { declaredKey, info, distinct } = facts;
  if (declaredKey !== undefined) return { columns: declaredKey, why: undefined };
  if (info === undefined) return undefined;
  const shown = showTable(info.table);
  const [shortest] = info.uniqueKeys.toSorted((left, right) => left.length - right.length);
  if (shortest !== undefined) return { columns: shortest, why: `${shown} keeps it unique` };
  const [seen] = likelyFirst(facts, [...distinct]);
  if (seen !== undefined) return { columns: [seen], why: `no two rows of ${shown} share it now` };
  const named = ['id', `${singular(facts.name)}_id`].find((name) => has(facts, name));
  return named === undefined ? undefined : { columns: [named], why: 'by its name alone' };
};

/** What a column of a target calls the row of a source: `buyer_name` of a company calls it `buyer`; `vendor_country`
 *  of a country does not: that is the country of a vendor. */
export const rolesIn = (name: string, source: string): readonly string[] => {
  const words = name.toLowerCase().split('_');
  const own = singular(source).toLowerCase();
  return words.slice(1).flatMap((_, place) =>
    words
      .slice(place + 1)
      .join('_')
      .includes(own)
      ? []
      : [words.slice(0, place + 1).join('_')],
  );
};

const families: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['number', /int|numeric|decimal|number|double|float|real|serial/i],
  ['text', /char|text|string/i],
];

/** Values of these types can be equal. */
export const comparable = (left: string, right: string): boolean => {
  const family = (type: string): string =>
    families.find(([, pattern]) => pattern.test(type))?.[0] ?? type.toLowerCase();
  return left === '' || right === '' || family(left) === family(right);
};

/** How sure a reference is by its name; lower is surer. `roles`: what the target calls the row that is meant. */
export const referenceRank = (
  column: string,
  to: { readonly name: string; readonly key: string },
  roles: ReadonlySet<string>,
): number | undefined => {
  const name = column.toLowerCase();
  const [one, many, id] = [singular(to.name), to.name, to.key].map((each) => each.toLowerCase());
  // `buyer_name` of companies beside `buyer_id`: the buyer is the company.
  if (name.endsWith(`_${id}`) && roles.has(name.slice(0, -`_${id}`.length))) return 0;
  if (name === `${one}_${id}` || name === `${many}_${id}`) return 1;
  if (id !== 'id' && name === id) return 2;
  if (id !== 'id' && (name === `${one}_id` || name === one)) return 3;
  if (name.endsWith(`_${one}_${id}`)) return 4;
  return undefined;
};
