// The change ids behind the images of a relation.
import type { Dialect } from '../sql/dialect.ts';
import { id, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { keyName } from '../sql/images.ts';
import { keysMatch } from '../sql/keys.ts';
import type { RelationImages } from './relation-view.ts';

const nullCause = sql`cast(null as bigint)`;

export const causeOf = (images: RelationImages): Fragment => {
  switch (images.causes.kind) {
    case 'numbered':
      return sql`i.seq + ${sql.lit(images.causes.offset)}`;
    case 'listed':
      return sql`c.cause`;
    case 'none':
      return nullCause;
  }
};

export const withCauses = (dialect: Dialect, images: RelationImages): Fragment => {
  if (images.causes.kind !== 'listed') return verbatim('');
  const { table: shape } = images;
  const match = keysMatch(
    dialect,
    shape.key,
    (name) => id('i', keyName(shape, name)),
    (name) => id('c', keyName(shape, name)),
  );
  return sql` left join ${table(images.causes.table)} as c on ${match}`;
};
