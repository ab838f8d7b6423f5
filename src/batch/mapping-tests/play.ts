// Plays tests: their rows are staged, and each step is a batch of the engine, as `tidemark run` makes it. Answers what
// the targets hold at the end.
import type { ActualRow, ExpectedRow } from '../../dictionary/mapping-tests/compare-rows.ts';
import { eventsOf } from '../../dictionary/mapping-tests/log-events.ts';
import { testColumn } from '../../dictionary/mapping-tests/number-tests.ts';
import {
  relationNamed,
  type GroupedTest,
  type TestGroup,
} from '../../dictionary/mapping-tests/test-group.ts';
import type { TestRow } from '../../dictionary/mapping-tests/mapping-test.ts';
import { didYouMean, problem } from '../../project/problems.ts';
import { inSchema } from '../../project/project.ts';
import { commas, id, sql, table, verbatim } from '../../sql/fragment.ts';
import type { Column } from '../../sql/dialect.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Session } from '../../warehouse/port.ts';
import { runIn } from '../run.ts';
import type { Bench } from './bench.ts';
import {
  BadCell,
  createTables,
  insertRows,
  numberColumn,
  stageStep,
  type NumberedRows,
} from './stage-rows.ts';

/** What one target holds after the last step, and what it should. */
interface PlayedTest {
  readonly expected: readonly ExpectedRow[];
  readonly actual: readonly ActualRow[];
  readonly columns: readonly Column[];
  readonly key: readonly string[];
}

/** The batch did not write what the test is about. */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
}

export type Played = PlayedTest | Refusal | BadCell;

/** What the batch left out, by target. */
const batch = async (bench: Bench, group: TestGroup): Promise<ReadonlyMap<string, Refusal>> => {
  const { report } = await runIn(bench.warehouse, {
    project: bench.project,
    adopt: group.raw.targets.map(({ name }) => unquoted(name.text)),
    parsed: { raw: group.raw, problems: [] },
  });
  // Of several that follow from one another the first is the reason.
  const [first] = report.behind;
  return new Map(
    report.behind.map(({ name }) => [name, { code: first?.code ?? '', reason: first?.reason ?? '' }]),
  );
};

/** The targets of a group are named in quotes. */
const unquoted = (quoted: string): string => quoted.slice(1, -1).replaceAll('""', '"');

const rowsOfStep = ({ tests, relations }: TestGroup, step: number): readonly NumberedRows[] =>
  tests.flatMap(({ target, test }, number) =>
    ((step === 0 ? test.given : test.when[step - 1]) ?? []).map((rows) => {
      const relation = relationNamed(relations, rows, target);
      const staged =
        relation?.log === undefined ? rows : { ...rows, rows: eventsOf(test, step, { rows }, relation) };
      return { test: number, target, rows: staged };
    }),
  );

interface NumberedText {
  readonly number: number;
  readonly row: ActualRow;
}

const readRows = async (
  session: Session,
  from: TableName,
  columns: readonly Column[],
  isNumbered: boolean,
): Promise<readonly NumberedText[]> => {
  const texts = columns.map(({ name }, index) => sql`cast(${id(name)} as varchar) as ${id(`c${index}`)}`);
  const number = isNumbered ? id(testColumn) : sql`0`;
  const rows = await session.rows(
    sql`select ${number} as number, ${commas(texts)} from ${table(from)} order by 1`,
  );
  return rows.map((row) => ({
    number: Number(row['number']),
    row: new Map(columns.map(({ name }, index) => [name, textOf(row[`c${index}`])])),
  }));
};

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const refuseUnknown = (rows: readonly TestRow[], columns: readonly Column[]): void => {
  const names = columns.map(({ name }) => name);
  for (const { column } of rows.flatMap(({ cells }) => cells)) {
    if (names.includes(column.text)) continue;
    const message = `the target has no column \`${column.text}\``;
    throw new BadCell(problem('unknown_column', column.at, message, didYouMean(column.text, names)));
  }
};

/** The expected values as the warehouse writes them in the target's types; each row by its place. */
const typeExpected = async (
  session: Session,
  into: TableName,
  rows: readonly TestRow[],
  columns: readonly Column[],
): Promise<ReadonlyMap<number, ActualRow>> => {
  refuseUnknown(rows, columns);
  const typed = [...columns, numberColumn];
  const listed = typed.map(({ name, type }) => sql`${id(name)} ${verbatim(type)}`);
  await session.execute(sql`drop table if exists ${table(into)}`);
  await session.execute(sql`create table ${table(into)} (${commas(listed)})`);
  const numbered = rows.map((row, test) => ({ test, row }));
  await insertRows(session, into, typed, numbered);
  const found = await readRows(session, into, columns, true);
  return new Map(found.map(({ number, row }) => [number, row]));
};

interface Judged {
  readonly bench: Bench;
  readonly group: TestGroup;
  readonly refused: ReadonlyMap<string, Refusal>;
}

const playedTarget = async (
  { bench, group }: Judged,
  target: string,
  columns: readonly Column[],
): Promise<(own: readonly (GroupedTest & { readonly number: number })[]) => readonly PlayedTest[]> => {
  const { targets, staging } = bench.project.schemas;
  const from = inSchema(targets, target);
  const into = inSchema(staging, 'tidemark_expected');
  const rows = group.tests.filter((each) => each.target === target).flatMap(({ test }) => test.expect);
  const { actual, expected } = await bench.warehouse.session(async (session) => ({
    actual: await readRows(session, from, columns, group.numbered),
    expected: await typeExpected(session, into, rows, columns),
  }));
  const key = group.relations.get(target)?.key ?? [];
  return (own) => {
    let first = 0;
    return own.map(({ test, number }): PlayedTest => {
      const start = first;
      first += test.expect.length;
      return {
        expected: test.expect.map(({ cells, at }, index) => {
          const values = expected.get(start + index);
          return {
            at,
            cells: new Map(cells.map(({ column: { text } }) => [text, values?.get(text) ?? null])),
          };
        }),
        actual: actual.filter((each) => each.number === number).map(({ row }) => row),
        columns,
        key,
      };
    });
  };
};

/** By the place of the test. */
const collect = async (judged: Judged): Promise<readonly Played[]> => {
  const { bench, group, refused } = judged;
  const names = [...new Set(group.tests.map(({ target }) => target))];
  const tables = await bench.warehouse.introspect(
    names.map((name) => inSchema(bench.project.schemas.targets, name)),
  );
  const played = new Map<number, Played>();
  for (const name of names) {
    const own = group.tests.flatMap((each, number) => (each.target === name ? [{ ...each, number }] : []));
    const reason = refused.get(name);
    const columns = tables.find(({ table: found }) => found.name === name)?.columns ?? [];
    const plain = columns.filter((column) => column.name !== testColumn);
    const results: readonly Played[] =
      reason === undefined
        ? await playedTarget(judged, name, plain).then(
            (read) => read(own),
            (error: unknown) => {
              if (error instanceof BadCell) return own.map(() => error);
              throw error;
            },
          )
        : own.map(() => reason);
    for (const [place, { number }] of own.entries()) {
      const result = results[place];
      if (result !== undefined) played.set(number, result);
    }
  }
  return group.tests.flatMap((_, number) => played.get(number) ?? []);
};

export const play = async (bench: Bench, group: TestGroup): Promise<readonly Played[]> => {
  await bench.clear();
  await createTables(bench, group);
  const refused = new Map<string, Refusal>();
  const steps = Math.max(...group.tests.map(({ test }) => test.when.length));
  for (let step = 0; step <= steps; step += 1) {
    await stageStep(bench, group, rowsOfStep(group, step), step === 0);
    for (const [name, reason] of await batch(bench, group)) {
      if (!refused.has(name)) refused.set(name, reason);
    }
  }
  return collect({ bench, group, refused });
};
