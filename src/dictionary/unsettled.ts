// Columns of targets that do not follow from the sources, so that a mapping which read them would not be told when
// they change: set by `touch`, computed or filled by the table itself.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import type { Column } from '../sql/dialect.ts';
import type { CatalogTable } from './catalog.ts';
import { newValueOf } from './defaults.ts';
import { historyNames } from './parse-history.ts';
import * as say from './problems.ts';
import type { RawTarget } from './raw.ts';

type Unsettled = ReadonlyMap<string, (at: Position) => Problem>;

type Why = Omit<Parameters<typeof say.unsettledColumn>[2], 'target'>;

const byTable = (column: Column, inserts: boolean): Why | undefined => {
  if (column.generated === true)
    return { why: 'is computed by the warehouse', hint: 'read the columns that it is computed from' };
  if (!inserts || newValueOf(column).kind === 'known') return undefined;
  const filled = column.default === undefined ? 'the warehouse itself' : `its default \`${column.default}\``;
  return {
    why: `is filled by ${filled} in new rows`,
    hint: 'map the column, or read the source that says the same',
  };
};

/** For the mappings of other targets. */
export const unsettledColumns = (
  raw: RawTarget,
  target: string,
  info: CatalogTable | undefined,
): Unsettled => {
  const found = new Map<string, (at: Position) => Problem>();
  const add = (column: string, why: Why): void => {
    found.set(column, (at) => say.unsettledColumn(at, column, { target, ...why }));
  };
  const mapped = new Set([...raw.columns.map(({ name }) => name.text), ...historyNames(raw)]);
  const inserts = raw.from !== undefined && raw.rows !== 'update-only';
  for (const column of info?.columns ?? []) {
    const why = mapped.has(column.name) ? undefined : byTable(column, inserts);
    if (why !== undefined) add(column.name, why);
  }
  for (const { column } of raw.touch) {
    add(column.text, {
      why: `is set by \`touch\` of target \`${target}\` when a row is written`,
      hint: 'read the source whose change it stands for',
    });
  }
  return found;
};

/** For the mapping of a target that reads its own rows: every writing would change what the next one finds. */
export const ownWrites = (raw: RawTarget): Unsettled => {
  const written = [...raw.columns.map(({ name }) => name), ...raw.touch.map(({ column }) => column)];
  return new Map(written.map(({ text }) => [text, (at: Position) => say.readsOwnColumn(at, text)]));
};
