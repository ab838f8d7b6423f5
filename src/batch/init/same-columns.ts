// Without any SQL: which columns of a built table may be those of a source, by their names. The rows decide.
import { comparable, referenceRank, singular } from '../../dictionary/import/facts.ts';
import type { CatalogTable } from '../../dictionary/catalog.ts';
import type { Candidate, SourceProposal, ThisForm, ThisJoin } from './proposal.ts';

interface LoadedTable {
  readonly source: SourceProposal;
  readonly info: CatalogTable;
}

/** When a row was written says nothing of another table's rows. */
const bookkeeping = /(?:^|_)(?:created|updated|modified|inserted|loaded|synced|extracted|dbt)(?:_|$)/i;

const lower = (name: string): string => name.toLowerCase();

/** `buyer`, where `buyer_name` may be the `name` of a company. */
const rolesOf = (candidate: Candidate, { source, info }: LoadedTable): ReadonlySet<string> => {
  const keys = new Set(source.key.columns.map(({ name }) => name));
  const values = info.columns.flatMap(({ name }) => (keys.has(name) ? [] : [`_${lower(name)}`]));
  return new Set(
    candidate.info.columns.flatMap(({ name }) =>
      values.flatMap((value) => (lower(name).endsWith(value) ? [lower(name).slice(0, -value.length)] : [])),
    ),
  );
};

const locate = (candidate: Candidate, { source, info }: LoadedTable): ThisJoin | undefined => {
  const roles = rolesOf(candidate, { source, info });
  const on = source.key.columns.map(({ name: key }) => {
    const type = info.columns.find(({ name }) => name === key)?.type ?? '';
    const ranked = candidate.info.columns.flatMap(({ name, type: held }) => {
      if (!comparable(held, type)) return [];
      const isSame = lower(name) === lower(key) && (lower(key) !== 'id' || sameRows(candidate, source));
      const rank = isSame ? 0 : referenceRank(name, { name: source.name, key }, roles);
      return rank === undefined ? [] : [{ own: name, rank }];
    });
    const [best] = ranked.toSorted((left, right) => left.rank - right.rank);
    return best === undefined ? undefined : { own: best.own, key };
  });
  return on.every((part) => part !== undefined) ? { source: source.name, on } : undefined;
};

/** `dim_customers.id` is the `id` of customers, not that of orders. */
const sameRows = ({ name }: Candidate, source: SourceProposal): boolean =>
  singular(lower(name)).replace(/^(?:fct|fact|dim|agg|mart|rpt)_/, '') === singular(lower(source.name));

const fits = (own: string, column: string, { source, on }: ThisJoin): boolean => {
  const name = lower(own);
  if (name === lower(column)) return true;
  const key = lower(on[0]?.key ?? '');
  const roles = [
    lower(singular(source)),
    ...on
      .map((part) => lower(part.own))
      .flatMap((held) => (held.endsWith(`_${key}`) ? held.slice(0, -key.length - 1) : [])),
  ];
  return roles.some((role) => name === `${role}_${lower(column)}`);
};

const passedOf = (candidate: Candidate, join: ThisJoin, { info }: LoadedTable): ThisForm['columns'] => {
  const taken = new Set([...candidate.key.columns.map(({ name }) => name), ...join.on.map(({ own }) => own)]);
  const keys = new Set(join.on.map(({ key }) => key));
  return candidate.info.columns.flatMap(({ name, type, generated }) => {
    if (taken.has(name) || bookkeeping.test(name) || generated === true) return [];
    const found = info.columns.find(
      (column) => !keys.has(column.name) && fits(name, column.name, join) && comparable(type, column.type),
    );
    return found === undefined ? [] : [{ name, source: join.source, column: found.name }];
  });
};

/** A column that two sources could fill is filled by none. */
export const sameColumns = (candidate: Candidate, tables: readonly LoadedTable[]): ThisForm | undefined => {
  const found = tables.flatMap((table) => {
    const join = locate(candidate, table);
    return join === undefined ? [] : [{ join, columns: passedOf(candidate, join, table) }];
  });
  const all = found.flatMap(({ columns }) => columns);
  // What finds the row of another source stays as its builder leaves it.
  const locating = new Set(found.flatMap(({ join }) => join.on.map(({ own }) => own)));
  const columns = all.filter(
    ({ name }) => !locating.has(name) && all.filter((each) => each.name === name).length === 1,
  );
  const used = new Set(columns.map(({ source }) => source));
  const joins = found.flatMap(({ join }) => (used.has(join.source) ? [join] : []));
  return columns.length === 0 ? undefined : { kind: 'this', joins, columns };
};
