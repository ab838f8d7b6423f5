// The warehouse quotes the value that it refuses. Where a relation has redacted columns its words are left out, since
// nobody can say which of its values they show.
import type { Column } from '../sql/dialect.ts';
import { isTidemarkError, TidemarkError } from '../errors/tidemark-error.ts';

interface Relation {
  readonly columns: readonly Pick<Column, 'redacted'>[];
}

const told = ['kind', 'constraint', 'column', 'table', 'schema'] as const;

const quotesValues = ({ code, details }: TidemarkError): boolean =>
  code === 'constraint_violated' || details['kind'] === 'value' || details['kind'] === 'constraint';

export const quietly = ({ columns }: Relation, error: TidemarkError): TidemarkError =>
  quotesValues(error) && columns.some(({ redacted }) => redacted === true)
    ? new TidemarkError(error.code, {
        message: 'the warehouse refuses a value (its own words are left out: there are redacted columns)',
        hint: error.hint,
        at: error.at,
        details: Object.fromEntries(
          told.flatMap((name) => (error.details[name] === undefined ? [] : [[name, error.details[name]]])),
        ),
      })
    : error;

export const quietlyAny = (relation: Relation, error: unknown): unknown =>
  isTidemarkError(error) ? quietly(relation, error) : error;
