// Which columns tell the rows of a table apart: what the warehouse, dbt or the names suggest, and the rows confirm.
import type { ClaimedKey } from '../../dbt/node-hints.ts';
import type { CatalogTable } from '../../dictionary/catalog.ts';
import { mayIdentify, singular } from '../../dictionary/import/facts.ts';
import type { Column } from '../../sql/dialect.ts';
import { commas, id, sql, table } from '../../sql/fragment.ts';
import type { Session } from '../../warehouse/port.ts';
import type { ProvenKey } from './proposal.ts';

interface Suggestion extends ClaimedKey {
  readonly guessed: boolean;
}

/** Types of which nobody makes a key. */
const neverKeys =
  /float|double|real|json|struct|map|list|array|\[\]|variant|object|geometry|bool|blob|bytea/i;

const couldIdentify = ({ type }: Column): boolean => !neverKeys.test(type);

/** One column by its name; else the first two or three, in their order. */
const guesses = ({ table: { name }, columns }: CatalogTable): readonly (readonly string[])[] => {
  const own = singular(name.replace(/^(?:stg|raw|src|base|dim|fct|fact|int|agg)_+/i, '')).toLowerCase();
  const rank = (column: string): number => {
    const lower = column.toLowerCase();
    if (lower === 'id') return 0;
    return ['id', 'key', 'code', 'sk', 'uuid'].some((end) => lower === `${own}_${end}`) ? 1 : 2;
  };
  const likely = columns.filter(couldIdentify).map((column) => column.name);
  const [first] = columns;
  const isFirst = (column: string): boolean => column === first?.name && couldIdentify(first);
  const named = likely
    .filter(
      (column) =>
        rank(column) < 2 ||
        (isFirst(column) && (mayIdentify(column) || /(?:_|^)(?:no|nr|number|hash|sk|pk)$/i.test(column))),
    )
    .toSorted((left, right) => rank(left) - rank(right));
  const lead = columns.slice(0, 3);
  const several = [2, 3].flatMap((count) =>
    lead.length >= count && lead.slice(0, count).every(couldIdentify)
      ? [lead.slice(0, count).map((column) => column.name)]
      : [],
  );
  const alone =
    first !== undefined && couldIdentify(first) && !named.includes(first.name) ? [[first.name]] : [];
  return [...named.map((column) => [column]), ...alone, ...several];
};

const stored = (info: CatalogTable, names: readonly string[]): readonly string[] | undefined => {
  const found = names.map(
    (name) =>
      info.columns.find((column) => column.name === name) ??
      info.columns.find((column) => column.name.toLowerCase() === name.toLowerCase()),
  );
  return found.every((column) => column !== undefined) ? found.map(({ name }) => name) : undefined;
};

const suggestions = (info: CatalogTable, claimed: readonly ClaimedKey[]): readonly Suggestion[] => {
  const enforced = info.uniqueKeys
    .toSorted((left, right) => left.length - right.length)
    .map((columns) => ({ columns, why: 'the warehouse keeps it unique', guessed: false }));
  const guessed = guesses(info).map((columns) => ({
    columns,
    why: 'no two rows share it now',
    guessed: true,
  }));
  return [...enforced, ...claimed.map((claim) => ({ ...claim, guessed: false })), ...guessed].flatMap(
    (one) => {
      const columns = stored(info, one.columns);
      return columns === undefined ? [] : [{ ...one, columns }];
    },
  );
};

interface Counted {
  readonly total: number;
  readonly distinct: number;
  /** Columns that are NULL in some row. */
  readonly empty: ReadonlySet<string>;
}

const count = async (session: Session, info: CatalogTable, columns: readonly string[]): Promise<Counted> => {
  const names = commas(columns.map((name) => id(name)));
  const empty = columns.map(
    (name, place) => sql`count(case when ${id(name)} is null then 1 end) as ${id(`e${place}`)}`,
  );
  const from = table(info.table);
  const [row] = await session.rows<Readonly<Record<string, unknown>>>(
    sql`select count(*) as ${id('total')}, (select count(*) from (select distinct ${names} from ${from}) as d) as ${id('distinct')}, ${commas(empty)} from ${from}`,
  );
  return {
    total: Number(row?.['total']),
    distinct: Number(row?.['distinct']),
    empty: new Set(columns.filter((_, place) => Number(row?.[`e${place}`]) > 0)),
  };
};

export interface KeyQuestion {
  readonly info: CatalogTable;
  readonly claimed: readonly ClaimedKey[];
  /** Rows may hold NULL there: a group of them, say. */
  readonly nullable: boolean;
}

/** The first that the rows agree with; of what is only guessed, two rows at least. */
export const proveKey = async (
  session: Session,
  { info, claimed, nullable }: KeyQuestion,
): Promise<ProvenKey | undefined> => {
  const tried = new Set<string>();
  for (const { columns, why, guessed } of suggestions(info, claimed)) {
    const shown = columns.join('\n');
    if (tried.has(shown)) continue;
    tried.add(shown);
    const { total, distinct, empty } = await count(session, info, columns);
    if (distinct !== total || (guessed && total < 2)) continue;
    if (empty.size > 0 && !nullable) continue;
    return { columns: columns.map((name) => ({ name, nullable: empty.has(name) })), why, guessed };
  }
  return undefined;
};
