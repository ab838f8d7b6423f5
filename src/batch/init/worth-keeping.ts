// Columns that are to pass through from a source, asked of the rows first: a join that finds nothing, or a column that
// is NULL in every row, proves nothing.
import { isTidemarkError } from '../../errors/tidemark-error.ts';
import { ands, commas, id, sql, table } from '../../sql/fragment.ts';
import type { Session } from '../../warehouse/port.ts';
import type { Candidate, SourceProposal, ThisForm, ThisJoin } from './proposal.ts';

type Counts = Readonly<Record<string, unknown>>;

/** By column: different values that both hold in the same row. */
const equalValues = async (
  session: Session,
  candidate: Candidate,
  join: ThisJoin,
  asked: { readonly source: SourceProposal; readonly columns: ThisForm['columns'] },
): Promise<ReadonlyMap<string, number>> => {
  const { source, columns } = asked;
  const on = ands(join.on.map(({ own, key }) => sql`${id('t', own)} = ${id('s', key)}`));
  const counts = columns.map(
    ({ name, column }, place) =>
      sql`count(distinct case when ${id('t', name)} = ${id('s', column)} then ${id('t', name)} end) as ${id(`c${place}`)}`,
  );
  try {
    const [row] = await session.rows<Counts>(
      sql`select ${commas(counts)} from ${table(candidate.info.table)} as t join ${table(source.table)} as s on ${on}`,
    );
    return new Map(columns.map(({ name }, place) => [name, Number(row?.[`c${place}`] ?? 0)]));
  } catch (error) {
    // Values of types that cannot be compared do not pass through.
    if (isTidemarkError(error) && error.details['kind'] === 'connection') throw error;
    return new Map();
  }
};

export interface Keeping {
  readonly candidate: Candidate;
  readonly form: ThisForm;
  readonly sources: ReadonlyMap<string, SourceProposal>;
  /** How many different values must agree: more where nothing but the rows speaks for it. */
  readonly least: number;
}

export const worthKeeping = async (
  session: Session,
  { candidate, form, sources, least }: Keeping,
): Promise<ThisForm | undefined> => {
  const kept = new Set<string>();
  for (const join of form.joins) {
    const source = sources.get(join.source);
    const columns = form.columns.filter((column) => column.source === join.source);
    if (source === undefined || columns.length === 0) continue;
    const equal = await equalValues(session, candidate, join, { source, columns });
    for (const [name, count] of equal) if (count >= least) kept.add(name);
  }
  const columns = form.columns.filter(({ name }) => kept.has(name));
  const used = new Set(columns.map(({ source }) => source));
  return columns.length === 0
    ? undefined
    : { ...form, columns, joins: form.joins.filter(({ source }) => used.has(source)) };
};
