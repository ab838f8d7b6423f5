// Columns that are set to a constant: `touch` in rows written anyway, `on_delete: {set: …}` in rows that lost
// their grain.
import type { Report } from '../project/problems.ts';
import { showTable } from '../sql/table-name.ts';
import type { TouchColumn } from './dictionary.ts';
import * as say from './problems.ts';
import type { RawSetting } from './raw.ts';
import type { Context, DeclaredTarget } from './relations.ts';

export const resolveTouch = (target: DeclaredTarget, { report }: Context): readonly TouchColumn[] => {
  const { raw, info } = target;
  checkSettings(raw.touch, 'touch', target, report);
  return raw.touch.map(({ column, value }) => {
    const mapped = raw.columns.find((candidate) => candidate.name.text === column.text);
    if (mapped !== undefined) report(say.touchesMapped(column.at, column.text, mapped.name.at.line));
    const known = info?.columns.find((candidate) => candidate.name === column.text);
    return {
      name: column.text,
      type: known?.type ?? typeOf(value),
      value: value === 'now' ? ('now' as const) : { constant: value },
    };
  });
};

/** The type of a touched column in a table that is yet to be created: no expression tells it. */
const typeOf = (value: RawSetting['value']): string => {
  if (value === 'now') return 'timestamp';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'bigint' : 'double precision';
  return 'text';
};

export const checkSettings = (
  settings: readonly RawSetting[],
  owner: string,
  target: DeclaredTarget,
  report: Report,
): void => {
  const { raw, table, info } = target;
  const shown = showTable(table);
  for (const { column } of settings) {
    const known = info?.columns.find((candidate) => candidate.name === column.text);
    if (raw.key.some((part) => part.name.text === column.text))
      report(say.touchesKey(column.at, owner, column.text));
    else if (known?.generated === true) report(say.generatedColumn(column.at, column.text, shown));
    else if (known === undefined && info !== undefined) {
      const columns = info.columns.map((candidate) => candidate.name);
      report(say.unknownOwnColumn(column.at, owner, column.text, { table: shown, columns }));
    }
  }
};

/** When the row comes back only a mapping says what the column is to hold again. */
export const checkSetMapped = (
  settings: readonly RawSetting[],
  { raw, info }: DeclaredTarget,
  report: Report,
): void => {
  const ours = new Set([...raw.key, ...raw.columns].map(({ name }) => name.text));
  for (const { column } of settings) {
    const isThere = info === undefined || info.columns.some(({ name }) => name === column.text);
    if (isThere && !ours.has(column.text)) report(say.setUnmapped(column.at, column.text));
  }
};
