// The root's rows that a computation starts from: those of the affected keys, and the target keys they stand for.
import type { ScratchColumn } from '../../sql/dialect.ts';
import { renderExpression } from '../../sql/expression.ts';
import { commas, id, sql, table, unionAll, verbatim, type Fragment } from '../../sql/fragment.ts';
import { keyName } from '../../sql/images.ts';
import { currentColumns, ownRowsReadOnce } from '../current-rows.ts';
import { imageRows } from '../image-rows.ts';
import { overlay } from '../overlay.ts';
import { imageShapeOf, rootKeyName, rootView, viewOf, type TargetWork } from '../target-work.ts';
import { rootColumns } from './joins.ts';

/** What yields one part of the target's key, reading the root alone. */
export const keyExpression = (work: Pick<TargetWork, 'dialect' | 'target'>, name: string): Fragment => {
  const { target } = work;
  if (target.root.kind === 'this') return id('this', name);
  const mapped = target.columns.find((column) => column.name === name);
  if (mapped === undefined) throw new RangeError(`${target.name}: key ${name} is not mapped`);
  return work.dialect.convert(renderExpression(mapped.expression), mapped.type);
};

export const keyValues = (work: TargetWork): readonly Fragment[] =>
  work.target.key.map((column) => keyExpression(work, column.name));

/** The root's rows: those of the affected keys, kept in scratch, or all of them. */
export const rootRows = (work: TargetWork): Fragment => {
  const columns = rootColumns(work);
  if (work.scope === 'all') return overlay(work.dialect, rootView(work), { columns });
  return sql`select ${commas(columns.map((name) => id('r', name)))} from ${table(work.scratch.root)} as r`;
};

/** The root's rows by place in the order of their keys, both ends included. */
export const rootRowsBetween = (work: TargetWork, first: number, last: number): Fragment => {
  const columns = rootColumns(work).map((name) => id('n', name));
  const order = commas(rootView(work).key.map((column) => id('r', column.name)));
  return sql`select true as "tidemark.present", ${commas(columns)} from (select r.*, row_number() over (order by ${order}) as "tidemark.place" from (${rootRows(work)}) as r) as n
where n."tidemark.place" between ${sql.lit(first)} and ${sql.lit(last)}`;
};

const keptColumns = (work: TargetWork): readonly string[] =>
  ownRowsReadOnce(work)
    ? [...new Set([...rootColumns(work), ...currentColumns(work).map(({ name }) => name)])]
    : rootColumns(work);

/** The root's rows of the affected keys, as they will be: the small side, found by equality. `changed`: all of them
 *  have images, so that the table itself, which a column store would decode for nothing, is not asked. */
export const fillRoot = (work: TargetWork, changed = false): Fragment => {
  const view = rootView(work);
  const columns = keptColumns(work);
  const keys = sql`select distinct ${commas(view.key.map((_, place) => id(rootKeyName(place))))} from ${table(work.scratch.affected)}`;
  const on = view.key.map((column, place) =>
    work.dialect.sameKey(id('m', column.name), id('d', rootKeyName(place)), column.nullable),
  );
  const arms: Fragment[] = [];
  const { base, images } = view;
  if (base !== undefined && !(changed && images !== undefined)) {
    const covered =
      images === undefined
        ? verbatim('')
        : sql` where not exists (select 1 from ${table(images.table.table)} as i where ${sql.join(
            view.key.map((column) =>
              work.dialect.sameKey(
                id('d', rootKeyName(view.key.indexOf(column))),
                id('i', keyName(images.table, column.name)),
                column.nullable,
              ),
            ),
            sql` and `,
          )})`;
    arms.push(
      sql`select ${commas(columns.map((name) => id('m', name)))} from (${keys}) as d join ${base} as m on ${sql.join(on, sql` and `)}${covered}`,
    );
  }
  if (images !== undefined) {
    const match = view.key.map((column, place) =>
      work.dialect.sameKey(
        id('i', keyName(images.table, column.name)),
        id('d', rootKeyName(place)),
        column.nullable,
      ),
    );
    const after = imageRows(work.dialect, view, 'after', columns);
    const affected = sql`exists (select 1 from (${keys}) as d where ${sql.join(match, sql` and `)})`;
    arms.push(
      sql`select ${commas(columns.map((name) => after.value(name)))} from ${after.from} where i.op <> 'D' and ${affected}`,
    );
  }
  return sql`insert into ${table(work.scratch.root)} (${commas(columns.map((name) => id(name)))})\n${unionAll(arms)}`;
};

export const rootScratchColumns = (work: TargetWork): readonly ScratchColumn[] => {
  const view = rootView(work);
  return keptColumns(work).map((name) => {
    const column = view.columns.find((each) => each.name === name);
    if (column === undefined) throw new RangeError(`${view.name} has no column ${name}`);
    return { name, type: column.type };
  });
};

/** Pairs of target key and root key: what the affected root rows stand for now, and stood for before. */
export const fillKeys = (work: TargetWork): Fragment => {
  const { target, scratch } = work;
  const view = rootView(work);
  const { alias } = target.root;
  const rootKey = view.key.map((column) => id(alias, column.name));
  const pair = commas([...keyValues(work), ...rootKey]);
  const arms = [sql`select ${pair} from (${rootRows(work)}) as ${id(alias)}`];
  // Its key is the target's: a row that it no longer yields is known by it.
  if (target.root.kind === 'query') {
    const gone = commas(
      [...view.key, ...view.key].map((_, place) => id('d', rootKeyName(place % view.key.length))),
    );
    arms.push(sql`select ${gone} from ${table(scratch.affected)} as d`);
  }
  const { images } = view;
  if (images !== undefined) {
    const was = imageRows(work.dialect, view, 'before', rootColumns(work));
    const before = rootColumns(work).map((name) => sql`${was.value(name)} as ${id(name)}`);
    const affected = sql`exists (select 1 from ${table(scratch.affected)} as d where ${sql.join(
      view.key.map((column, place) =>
        work.dialect.sameKey(
          id('i', keyName(images.table, column.name)),
          id('d', rootKeyName(place)),
          column.nullable,
        ),
      ),
      sql` and `,
    )})`;
    arms.push(
      sql`select ${pair} from (select ${commas(before)} from ${was.from} where i.op <> 'I' and ${affected}) as ${id(alias)}`,
    );
  }
  return sql`insert into ${table(scratch.keys)} (${commas(keysColumns(work).map((column) => id(column.name)))})\n${unionAll(arms)}`;
};

export const keysColumns = (work: TargetWork): readonly ScratchColumn[] => {
  const shape = imageShapeOf(work.target);
  return [
    ...work.target.key.map((column) => ({ name: keyName(shape, column.name), type: column.type })),
    ...viewOf(work, work.target.root.alias).key.map((column, place) => ({
      name: rootKeyName(place),
      type: column.type,
    })),
  ];
};

export const affectedColumns = (work: TargetWork): readonly ScratchColumn[] => [
  ...rootView(work).key.map((column, place) => ({ name: rootKeyName(place), type: column.type })),
  { name: 'cause', type: 'bigint' },
];
