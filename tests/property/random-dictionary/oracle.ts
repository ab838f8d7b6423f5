// What a random project's tables must hold, by the shortest way: plain joins over the mirrors, and the rules for
// rows and cells that stay, spelt out. Knows nothing of the engine.
import type { Place, Schemas } from '../place.ts';
import { keyText, rowsByKey, type Cells, type Rows } from '../world.ts';
import { manyOf, readsOf } from './many.ts';
import { aggregateSelect, withCall, type FromClause } from './oracle-aggregates.ts';
import type { RelationSpec, SourceSpec, TargetSpec } from './spec.ts';

/** Where the tables of a relation are: sources in one schema, targets in another. */
export interface Tables {
  readonly sources: ReadonlySet<string>;
  readonly sourceSchema: string;
  readonly targetSchema: string;
}

const missing = (alias: string): string => `missing_${alias}`;

const present = (tables: Tables, relation: RelationSpec): string => {
  const schema = tables.sources.has(relation.name) ? tables.sourceSchema : tables.targetSchema;
  return `(select *, true as is_present from "${schema}".${relation.name})`;
};

const fromClause =
  (target: TargetSpec, tables: Tables): FromClause =>
  (joins) =>
    [
      `${present(tables, target.from ?? target)} as ${target.from?.name ?? 'this'}`,
      ...joins.map(
        ({ alias, relation, type, on }) => `${type} join ${present(tables, relation)} as ${alias} on ${on}`,
      ),
    ].join(' ');

/** No text of these is longer than its column. */
const cast = (target: TargetSpec, value: string, type: string): string =>
  target.begins === 'absent' ? value : `cast(${value} as ${type.replace(/^varchar\(\d+\)$/, 'varchar')})`;

/** Of groups: the target's key, and the aggregates for each. */
const groupedSelect = (target: TargetSpec, tables: Tables): string => {
  const from = fromClause(target, tables);
  const isKey = (name: string): boolean => target.key.some((part) => part.name === name);
  const keys = target.mapped.filter(({ name }) => isKey(name));
  const rows = aggregateSelect({
    target,
    from,
    keys: keys.map(({ expression, type }) => cast(target, expression, type)),
  });
  const values = target.mapped.map((column) =>
    isKey(column.name)
      ? `a.g${keys.indexOf(column)} as ${column.name}`
      : `${cast(target, withCall(target, column, 'a'), column.type)} as ${column.name}`,
  );
  return `select ${values.join(', ')} from (${rows}) as a`;
};

/** The rows that the mapping alone stands for, with a mark for each look-up that found nothing. */
export const desiredSelect = (target: TargetSpec, tables: Tables): string => {
  if (target.grouped) return groupedSelect(target, tables);
  const from = fromClause(target, tables);
  const root = target.from?.name ?? 'this';
  const values = target.mapped.map(
    (column) => `${cast(target, withCall(target, column, 'a'), column.type)} as ${column.name}`,
  );
  const own = target.from === undefined ? target.key.map(({ name }) => `this.${name}`) : [];
  const single = target.joins.filter(({ alias }) => manyOf(target, [alias]).length === 0);
  const marks = single.map(({ alias }) => `${alias}.is_present is null as ${missing(alias)}`);
  const keys = (target.from ?? target).key.map(({ name }) => `${root}.${name}`);
  const many = target.joins.some((join) => join.many);
  const match = keys.map((key, at) => `${key} is not distinct from a.g${at}`).join(' and ');
  const aggregates = many ? `join (${aggregateSelect({ target, from, keys })}) as a on ${match}` : '';
  const { where } = target;
  const ofRow = where !== undefined && manyOf(target, readsOf(where, target)).length === 0;
  return `select ${[...own, ...values, ...marks].join(', ')} from ${from(single)} ${aggregates} ${ofRow ? `where ${where}` : ''}`;
};

const keyNames = (target: TargetSpec): readonly string[] => target.key.map(({ name }) => name);

const keepsCell = (target: TargetSpec, aliases: readonly string[], desired: Cells): boolean =>
  target.onMissing === 'keep' && aliases.some((alias) => desired[missing(alias)] === true);

const rowAfter = (target: TargetSpec, before: Cells | undefined, desired: Cells): Cells => {
  const cells: Record<string, unknown> = { ...before };
  for (const { name, aliases } of target.mapped) {
    cells[name] = keepsCell(target, aliases, desired) ? (before?.[name] ?? null) : desired[name];
  }
  return cells;
};

/** The target after a batch, from what it was; columns that nobody sets are left out of new rows. */
export const expectedRows = async (
  place: Place,
  target: TargetSpec,
  tables: Tables,
  before: Rows,
): Promise<Rows> => {
  const rows = await place.rows<Cells>(desiredSelect(target, tables));
  const desired = rowsByKey(`what ${target.name} should hold`, keyNames(target), rows);
  const expected = new Map<string, Cells>();
  for (const [key, cells] of before) {
    const wanted = desired.get(key);
    if (wanted !== undefined) expected.set(key, rowAfter(target, cells, wanted));
    else if (target.onDelete === 'set') expected.set(key, { ...cells, state: 'gone' });
    else if (target.onDelete === 'keep' || target.rows === 'update-only') expected.set(key, cells);
  }
  if (target.rows === 'manage') {
    for (const [key, cells] of desired)
      if (!before.has(key)) expected.set(key, rowAfter(target, undefined, cells));
  }
  return expected;
};

/** The rows of a source that count. */
const aliveSelect = (source: SourceSpec, schema: string): string => {
  const conditions = [
    ...(source.where === undefined ? [] : [`(${source.where}) is true`]),
    ...(source.deleted === undefined ? [] : [`(${source.deleted}) is not true`]),
  ];
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  return `select * from "${schema}".${source.name} as ${source.name}${where}`;
};

/** The mirror after a batch: staging's rows that count, and, where deletions are not looked for, those that
 *  staging no longer has at all. */
export const expectedMirror = async (
  place: Place,
  schemas: Schemas,
  source: SourceSpec,
  { staging, mirror }: { readonly staging: Rows; readonly mirror: Rows },
): Promise<Rows> => {
  const alive = await place.rows<Cells>(aliveSelect(source, schemas.staging));
  const expected = new Map<string, Cells>();
  for (const cells of alive) {
    const mirrored = Object.fromEntries(
      Object.entries(cells).filter(([name]) => !source.excluded.includes(name)),
    );
    expected.set(
      keyText(
        source.key.map(({ name }) => name),
        cells,
      ),
      mirrored,
    );
  }
  if (source.keepsDeleted) for (const [key, cells] of mirror) if (!staging.has(key)) expected.set(key, cells);
  return expected;
};
