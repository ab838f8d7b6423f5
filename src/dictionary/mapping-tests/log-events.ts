// Tests of a log speak of its rows like any test; in the bench each row that a step names is an event, appended in the
// order of the test, so that the engine makes of it what it makes of a log.
import type { Column } from '../../sql/dialect.ts';
import { lookUp } from '../catalog.ts';
import type { RawLog, RawSource } from '../raw.ts';
import { sourceTable } from '../tables.ts';
import type { MappingTest, TestCell, TestRow, TestRows } from './mapping-test.ts';
import { madeUp } from './scalar.ts';
import type { StagedRelation, Surroundings } from './staged-relation.ts';

const operation = 'tidemark_op';
const sequence = 'tidemark_seq';

/** What the table of a log has beside the columns that a test names. */
export const eventColumns: readonly Column[] = [
  { name: operation, type: 'varchar', nullable: false },
  { name: sequence, type: 'bigint', nullable: false },
];

const isJson = ({ before, after, typesAt }: RawLog): boolean => (before ?? after ?? typesAt) !== undefined;

/** The columns of the image under their own names, and the time of the event where it has one of its own. */
export const logColumnsOf = (
  source: RawSource,
  log: RawLog,
  { catalog, naming }: Surroundings,
): readonly Column[] => {
  const own = lookUp(catalog, sourceTable(source, naming))?.columns ?? [];
  const aside = new Set([log.op?.column, log.arrival].flatMap((column) => column?.text ?? []));
  const time = log.time?.column.text;
  if (!isJson(log)) return own.filter(({ name }) => name === time || !aside.has(name));
  const typed = log.types.map(({ column, type }) => ({
    name: column.text,
    type: type?.text.trim() ?? '',
    nullable: true,
  }));
  const known = new Set(typed.map(({ name }) => name));
  const beside = [...source.key.map(({ name }) => name.text), ...(time === undefined ? [] : [time])];
  return [...own.filter(({ name }) => beside.includes(name) && !known.has(name)), ...typed];
};

/** The same log with its image in plain columns, in an order of its own. */
export const stagedLog = (source: RawSource, log: RawLog): Partial<RawSource> => {
  const made = (text: string) => madeUp(text, source.name);
  const time = log.time?.column.text;
  const keys = source.key.map(({ name }) => name.text);
  const isRow = [...keys, ...log.types.map(({ column }) => column.text)].includes(time ?? '');
  const aside = [made(sequence), ...(isJson(log) && time !== undefined && !isRow ? [made(time)] : [])];
  const [columns, exclude] =
    source.columns === undefined
      ? [undefined, [...(source.exclude ?? []), ...aside]]
      : [source.columns, undefined];
  return {
    columns,
    exclude,
    // Of JSON images they read the columns that the log has beside them, and that tests do not speak of.
    ...(isJson(log) ? { where: undefined, deleted: undefined } : {}),
    log: {
      op: { column: made(operation) },
      types: [],
      sequence: [{ column: made(sequence) }],
      time: log.time,
      identity: [],
      clockToleranceMs: log.clockToleranceMs,
    },
  };
};

const keyText = (row: TestRow, key: readonly string[]): string =>
  JSON.stringify(key.map((name) => row.cells.find(({ column }) => column.text === name)?.text ?? null));

/** What an event does not say again the row still has; when it happened is its own affair. */
const merged = (
  before: readonly TestCell[],
  { cells }: TestRow,
  time: string | undefined,
): readonly TestCell[] => [
  ...before.filter(
    ({ column }) => column.text !== time && cells.every((cell) => cell.column.text !== column.text),
  ),
  ...cells,
];

/** Far more than a step has rows. */
const eventsPerStep = 1_000_000;

/** The events of one step of a test, on what the steps before it made of the rows. */
export const eventsOf = (
  test: MappingTest,
  step: number,
  { rows }: { readonly rows: TestRows },
  { key, log }: StagedRelation,
): readonly TestRow[] => {
  const state = new Map<string, readonly TestCell[]>();
  let events: readonly TestRow[] = [];
  for (const [place, each] of [test.given, ...test.when].slice(0, step + 1).entries()) {
    const named = each.filter(({ relation }) => relation.text === rows.relation.text);
    events = named
      .flatMap((one) => one.rows)
      .map((row, index): TestRow => {
        const text = keyText(row, key);
        const before = state.get(text);
        const cells = merged(before ?? [], row, log?.time);
        if (row.deleted) state.delete(text);
        else state.set(text, cells);
        const kind = row.deleted ? 'd' : before === undefined ? 'c' : 'u';
        const made = (name: string, value: string): TestCell => ({
          column: madeUp(name, rows.relation),
          text: value,
          at: row.at,
        });
        const order = made(sequence, String(place * eventsPerStep + index + 1));
        return { ...row, deleted: false, cells: [...cells, made(operation, kind), order] };
      });
  }
  return events;
};
