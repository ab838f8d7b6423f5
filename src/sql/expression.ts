// A mapped expression as SQL: the user's text, with each column it reads as a quoted identifier.
import { id, sql, verbatim, type Fragment } from './fragment.ts';

interface Parts {
  readonly parts: readonly (string | { readonly alias: string; readonly column: string })[];
}

export const renderExpression = (expression: Parts): Fragment =>
  sql.join(
    expression.parts.map((part) => (typeof part === 'string' ? verbatim(part) : id(part.alias, part.column))),
    verbatim(''),
  );
