// The rows of a test in tables of the bench: given rows inserted, later steps merged over them by key.
import { isTidemarkError, type Problem } from '../../errors/tidemark-error.ts';
import type { TestCell, TestRow, TestRows } from '../../dictionary/mapping-tests/mapping-test.ts';
import { eventColumns } from '../../dictionary/mapping-tests/log-events.ts';
import { testColumn } from '../../dictionary/mapping-tests/number-tests.ts';
import type { StagedRelation } from '../../dictionary/mapping-tests/staged-relation.ts';
import { relationNamed, type TestGroup } from '../../dictionary/mapping-tests/test-group.ts';
import { problem } from '../../project/problems.ts';
import { inSchema } from '../../project/project.ts';
import { ands, commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import type { Column } from '../../sql/dialect.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Session } from '../../warehouse/port.ts';
import type { Bench } from './bench.ts';

/** A value of a test that its column cannot hold. */
export class BadCell extends Error {
  override readonly name = 'BadCell';
  readonly problem: Problem;

  constructor(found: Problem) {
    super(found.message);
    this.problem = found;
  }
}

export interface NumberedRow {
  readonly test: number;
  readonly row: TestRow;
}

const tableOf = (bench: Bench, relation: StagedRelation): TableName => {
  const { staging, targets } = bench.project.schemas;
  return inSchema(relation.kind === 'source' ? staging : targets, relation.name);
};

export const numberColumn: Column = { name: testColumn, type: 'integer', nullable: false };

const columnsOf = (group: TestGroup, columns: readonly Column[]): readonly Column[] =>
  group.numbered ? [...columns, numberColumn] : columns;

/** A type that the bench does not have is kept as text. */
const typesAt = async (bench: Bench, columns: readonly Column[]): Promise<readonly Column[]> => {
  const typed = columns.map((column) => ({ ...column, type: bench.typeOf(column.type) }));
  const isKnown = async (list: readonly Column[]): Promise<boolean> => {
    const nulls = list.map(({ name, type }) => sql`cast(null as ${verbatim(type)}) as ${id(name)}`);
    return bench.warehouse.describe(sql`select ${commas(nulls)}`).then(
      () => true,
      () => false,
    );
  };
  if (await isKnown(typed)) return typed;
  return Promise.all(
    typed.map(async (column) => ((await isKnown([column])) ? column : { ...column, type: 'varchar' })),
  );
};

const create = (name: TableName, columns: readonly Column[], filled: ReadonlySet<string>): Fragment =>
  sql`create table ${table(name)} (${commas(
    columns.map(
      (column) =>
        sql`${id(column.name)} ${verbatim(column.type)}${verbatim(filled.has(column.name) ? ' not null' : '')}`,
    ),
  )})`;

/** Empty tables for everything that the group reads or writes and that is known by its columns. */
export const createTables = async (bench: Bench, group: TestGroup): Promise<void> => {
  for (const relation of group.relations.values()) {
    if (relation.columns === undefined) continue;
    const own = relation.log === undefined ? [] : eventColumns;
    const columns = columnsOf(group, [...(await typesAt(bench, relation.columns)), ...own]);
    await bench.warehouse.session((session) =>
      session.execute(create(tableOf(bench, relation), columns, relation.filled)),
    );
  }
};

const value = (cell: TestCell | undefined, type: string): Fragment =>
  cell?.text === undefined || cell.text === null
    ? sql`cast(null as ${verbatim(type)})`
    : sql`cast(cast(${cell.text} as varchar) as ${verbatim(type)})`;

const cellOf = (row: TestRow, column: string): TestCell | undefined =>
  row.cells.find((cell) => cell.column.text === column);

/** Engines say that a value does not convert, but not which of many. */
const findBadCell = async (
  session: Session,
  rows: readonly NumberedRow[],
  columns: readonly Column[],
): Promise<BadCell | undefined> => {
  for (const { row } of rows) {
    for (const cell of row.cells) {
      const type = columns.find(({ name }) => name === cell.column.text)?.type;
      if (type === undefined) continue;
      try {
        await session.rows(sql`select ${value(cell, type)} as converted`);
      } catch (error) {
        if (!isTidemarkError(error)) throw error;
        const message = `\`${cell.text}\` is no value of \`${cell.column.text}\`, which is \`${type}\``;
        return new BadCell(problem('type_mismatch', cell.at, message));
      }
    }
  }
  return undefined;
};

const orBadCell = async <T>(
  session: Session,
  about: { readonly rows: readonly NumberedRow[]; readonly columns: readonly Column[] },
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw (await findBadCell(session, about.rows, about.columns)) ?? error;
  }
};

/** Columns that a row does not name are NULL. */
export const insertRows = async (
  session: Session,
  into: TableName,
  columns: readonly Column[],
  rows: readonly NumberedRow[],
): Promise<void> => {
  if (rows.length === 0) return;
  const lines = rows.map(({ test, row }) => {
    const values = columns.map(({ name, type }) =>
      name === testColumn ? sql`${sql.lit(test)}` : value(cellOf(row, name), type),
    );
    return sql`(${commas(values)})`;
  });
  const names = columns.map(({ name }) => id(name));
  await orBadCell(session, { rows, columns }, () =>
    session.execute(sql`insert into ${table(into)} (${commas(names)}) values ${commas(lines)}`),
  );
};

interface Merging {
  readonly into: TableName;
  readonly relation: StagedRelation;
  readonly columns: readonly Column[];
}

const mergeRow = async (
  session: Session,
  { into, relation, columns }: Merging,
  numberedRow: NumberedRow,
): Promise<void> => {
  const { row, test } = numberedRow;
  const typed = (name: string): Fragment =>
    value(cellOf(row, name), columns.find((column) => column.name === name)?.type ?? 'varchar');
  const same = [
    ...relation.key.map((name) => sql`${id(name)} is not distinct from ${typed(name)}`),
    ...(columns.some(({ name }) => name === testColumn) ? [sql`${id(testColumn)} = ${sql.lit(test)}`] : []),
  ];
  if (row.deleted) {
    await session.execute(sql`delete from ${table(into)} where ${ands(same)}`);
    return;
  }
  const [found] = await session.rows(sql`select 1 as found from ${table(into)} where ${ands(same)} limit 1`);
  if (found === undefined) return insertRows(session, into, columns, [numberedRow]);
  const changed = row.cells.filter(({ column }) => !relation.key.includes(column.text));
  if (changed.length === 0) return;
  const set = changed.map(({ column }) => sql`${id(column.text)} = ${typed(column.text)}`);
  await session.execute(sql`update ${table(into)} set ${commas(set)} where ${ands(same)}`);
};

export interface NumberedRows {
  readonly test: number;
  /** What the test is about. */
  readonly target: string;
  readonly rows: TestRows;
}

/** What a step of each test says, laid over what is there. */
export const stageStep = async (
  bench: Bench,
  group: TestGroup,
  steps: readonly NumberedRows[],
  first: boolean,
): Promise<void> => {
  for (const relation of group.relations.values()) {
    const rows = steps
      .filter((step) => relationNamed(group.relations, step.rows, step.target) === relation)
      .flatMap(({ test, rows: given }) => given.rows.map((row): NumberedRow => ({ test, row })));
    if (rows.length === 0) continue;
    const into = tableOf(bench, relation);
    const [info] = await bench.warehouse.introspect([into]);
    const columns = info?.columns ?? [];
    await bench.warehouse.session(async (session) => {
      if (first || relation.log !== undefined) return insertRows(session, into, columns, rows);
      return orBadCell(session, { rows, columns }, async () => {
        for (const row of rows) await mergeRow(session, { into, relation, columns }, row);
      });
    });
  }
};
