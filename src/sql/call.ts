// Functions whose name, or meaning for NULL, is another one in some engine: kept apart from SQL that a user wrote, so that
// an engine's compiler may spell ours and leave his alone.
import { ExpressionWrapper, FunctionNode } from 'kysely';
import { sql, type Fragment } from './fragment.ts';

export type OwnFunction =
  /** Texts one after the other with the first between them; NULLs are left out. */
  | 'concat_ws'
  /** Aggregate: the texts of rows with one between them. `distinct` may stand before the first argument. */
  | 'string_agg'
  /** Aggregate: one of the rows says true. */
  | 'bool_or'
  /** Where in a text another one begins, from 1; 0 where it does not occur. */
  | 'strpos'
  | 'starts_with';

export const call = (name: OwnFunction, args: readonly Fragment[]): Fragment =>
  sql`${new ExpressionWrapper<unknown, never, unknown>(
    FunctionNode.create(
      name,
      args.map((arg) => arg.toOperationNode()),
    ),
  )}`;
