// The holes in a model's SQL filled in: each relation as it will be, as it was, or only what changed of it.
import type { ModelQuery } from '../../dbt/model/model-query.ts';
import type { Piece, RelationPiece } from '../../dbt/model/pieces.ts';
import { modelRelation, type Target } from '../../dictionary/dictionary.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { commas, id, ors, sql, unionAll, verbatim, type Fragment } from '../../sql/fragment.ts';
import { afterName, beforeName } from '../../sql/images.ts';
import { causeOf, withCauses } from '../causes.ts';
import { imageRows } from '../image-rows.ts';
import { overlay } from '../overlay.ts';
import { concerns, type RelationImages, type RelationView } from '../relation-view.ts';

interface Filling {
  readonly dialect: Dialect;
  readonly query: ModelQuery;
  readonly views: ReadonlyMap<string, RelationView>;
}

const names = (columns: readonly string[], of: string): Fragment =>
  commas(columns.map((name) => id(of, name)));

const nothing = (view: RelationView, columns: readonly string[]): readonly Fragment[] =>
  columns.map((name) => {
    const type = view.columns.find((column) => column.name === name)?.type;
    return sql`cast(null as ${verbatim(type === undefined || type === '' ? 'integer' : type)}) as ${id(name)}`;
  });

/** An image matters where its row appears, vanishes, or changes in a column that decides something. */
const matters = ({ dialect }: Filling, images: RelationImages, reads: ReadonlySet<string>): Fragment => {
  const shape = images.table;
  const differing = shape.columns
    .filter(({ name }) => reads.has(name) && images.summary.columns.has(name))
    .map(({ name, type }) =>
      dialect.differs(id('i', beforeName(shape, name)), id('i', afterName(shape, name)), type),
    );
  return sql`(i.op <> 'U' or ${ors(differing)})`;
};

const changedRows = (filling: Filling, view: RelationView, columns: readonly string[]): Fragment => {
  const { dialect, query } = filling;
  const { images } = view;
  const reads = query.relations.get(view.name)?.reads ?? new Set();
  if (images === undefined || !concerns(images, reads))
    return sql`select ${commas([...nothing(view, columns), sql`cast(null as bigint) as "tidemark.cause"`])} where false`;
  const side = (name: 'before' | 'after', absent: 'I' | 'D'): Fragment => {
    const rows = imageRows(dialect, view, name, columns);
    const values = columns.map((column) => sql`${rows.value(column)} as ${id(column)}`);
    return sql`select ${commas([...values, sql`${causeOf(images)} as "tidemark.cause"`])}
from ${rows.from}${withCauses(dialect, images)} where i.op <> ${sql.lit(absent)} and ${matters(filling, images, reads)}`;
  };
  return unionAll([side('before', 'I'), side('after', 'D')]);
};

const inState = (filling: Filling, { relation, as }: RelationPiece): Fragment => {
  const { dialect, query, views } = filling;
  const view = views.get(relation);
  if (view === undefined) throw new RangeError(`${query.node}: no view of ${relation}`);
  const columns = query.relations.get(relation)?.columns ?? [];
  switch (as) {
    case 'after':
      return sql`(select ${names(columns, 'o')} from (${overlay(dialect, view, { columns })}) as o)`;
    case 'before':
      return view.base === undefined
        ? sql`(select ${commas(nothing(view, columns))} where false)`
        : sql`(select ${names(columns, 'b')} from ${view.base} as b)`;
    case 'changed':
      return sql`(${changedRows(filling, view, columns)})`;
    default:
      return as satisfies never;
  }
};

const filled = (filling: Filling, pieces: readonly Piece[]): Fragment =>
  sql.join(
    pieces.map((piece) => (typeof piece === 'string' ? verbatim(piece) : inState(filling, piece))),
    verbatim(''),
  );

export interface Modelled extends Filling {
  readonly target: Target;
}

/** The model as a relation: what its SQL yields over the relations as they will be. */
export const modelView = ({ dialect, target, query, views }: Modelled): RelationView => ({
  name: modelRelation(target.name),
  key: target.key,
  columns: target.columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
  // A comment may end the text.
  base: sql`(${filled({ dialect, query, views }, query.sql)}\n)`,
});

/** The relations whose changes reach the model by rows that cannot be told: it is compared in full. */
export const changesUntraced = (query: ModelQuery, views: ReadonlyMap<string, RelationView>): boolean =>
  [...query.relations].some(([name, { reads, untraced }]) => {
    const images = views.get(name)?.images;
    return untraced !== undefined && images !== undefined && concerns(images, reads);
  });

/** Keys and change numbers of rows that may differ; none where nothing that it reads has changed. */
export const changedModelRows = ({ dialect, target, query, views }: Modelled): Fragment | undefined => {
  const isTouched = [...query.relations].some(([name, { reads }]) => {
    const images = views.get(name)?.images;
    return images !== undefined && concerns(images, reads);
  });
  if (!isTouched || query.changed === undefined) return undefined;
  const keys = target.key.map(({ name, type }) => dialect.convert(id('k', name), type));
  return sql`select ${commas([...keys, id('k', 'tidemark.cause')])} from (${filled({ dialect, query, views }, query.changed)}) as k`;
};
