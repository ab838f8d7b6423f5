// `history:` of a target → History: its columns of validity, what opens a version, when a change happened.
import type { Scalar } from '../project/document.ts';
import type { Position } from '../errors/tidemark-error.ts';
import { showTable } from '../sql/table-name.ts';
import type { Expression, History, HistoryColumn, HistoryRole } from './dictionary.ts';
import { compileExpression } from './expression.ts';
import type { Compiled } from './expression.ts';
import * as say from './history-problems.ts';
import { isZone } from './zones.ts';
import { defaultNames } from './parse-history.ts';
import type { RawHistory, RawSource } from './raw.ts';
import type { Context, DeclaredTarget } from './relations.ts';
import type { Aliases, Relations } from './resolve-joins.ts';
import { matchName } from './scope.ts';

interface Line {
  readonly raw: { readonly name: Scalar };
  readonly compiled: Compiled | undefined;
}

export interface HistoryParts {
  readonly all: Relations;
  readonly aliases: Aliases;
  readonly lines: readonly Line[];
}

const roles: readonly HistoryRole[] = [
  'surrogate_key',
  'scd_id',
  'valid_from',
  'valid_to',
  'is_current',
  'deleted',
  'updated_at',
];

/** Of a table that is yet to be made. dbt's are without zone. */
const newTypes = (preset: RawHistory['preset']): Readonly<Record<HistoryRole, string>> => {
  const time = preset === undefined ? 'timestamptz' : 'timestamp';
  return {
    surrogate_key: 'bigint',
    scd_id: 'varchar',
    valid_from: time,
    valid_to: time,
    is_current: 'boolean',
    deleted: preset === undefined ? 'boolean' : 'varchar',
    updated_at: time,
  };
};

const timeType = /^(timestamp|datetime|date\b)/i;
const textType = /^(varchar|text|char|bpchar|string|character)/i;

const fitting: Readonly<Record<HistoryRole, { readonly type: RegExp; readonly expected: string }>> = {
  surrogate_key: { type: /int|^(decimal|numeric|number|serial)/i, expected: 'a whole number' },
  scd_id: { type: textType, expected: 'a text' },
  valid_from: { type: timeType, expected: 'a time' },
  valid_to: { type: timeType, expected: 'a time' },
  is_current: { type: /^bool/i, expected: 'a boolean' },
  deleted: { type: new RegExp(`^bool|${textType.source}`, 'i'), expected: 'a boolean or a text' },
  updated_at: { type: timeType, expected: 'a time' },
};

/** A name that nobody wrote is no claim: a table that others made may lack the column. */
const isOptional = (role: HistoryRole): boolean => role === 'is_current' || role === 'updated_at';

const columnOf = (
  role: HistoryRole,
  history: RawHistory,
  { info, table, raw }: DeclaredTarget,
  { report }: Context,
): HistoryColumn | undefined => {
  if (role === 'deleted' && history.deletes !== 'tombstone') return undefined;
  const written = history.columns.get(role);
  const name = written?.text ?? defaultNames(history.preset)[role];
  if (name === undefined) return undefined;
  const at = written?.at ?? history.at;
  const mapped = raw.columns.find((column) => column.name.text === name);
  if (mapped !== undefined) report(say.historyColumnMapped(at, role, name, mapped.name.at.line));
  const known = info?.columns.find((column) => column.name === name);
  if (info !== undefined && known === undefined) {
    if (written === undefined && isOptional(role)) return undefined;
    const columns = info.columns.map((column) => column.name);
    report(say.historyColumnMissing(at, role, name, { table: showTable(table), columns }));
  }
  const { type: fits, expected } = fitting[role];
  if (known !== undefined && !fits.test(known.type))
    report(say.historyColumnType(at, { key: role, name, type: known.type, expected }));
  return {
    name,
    type: known?.type ?? newTypes(history.preset)[role],
    nullable: known?.nullable ?? true,
    role,
  };
};

const checkDistinct = (columns: readonly HistoryColumn[], { at }: RawHistory, context: Context): void => {
  for (const [place, { name, role }] of columns.entries()) {
    const first = columns.slice(0, place).find((each) => each.name === name);
    if (first !== undefined) context.report(say.historyColumnTwice(at, name, first.role, role));
  }
};

const checkNames = (
  key: string,
  names: readonly Scalar[],
  mapped: readonly string[],
  { report }: Context,
): readonly string[] => {
  for (const { at, text } of names)
    if (!mapped.includes(text)) report(say.notMappedHere(at, key, text, mapped));
  return names.map(({ text }) => text);
};

const rootSource = ({ all, aliases: { root } }: HistoryParts): RawSource | undefined => {
  const declared = root.kind === 'grain' ? all.declared.get(root.relation) : undefined;
  return declared?.kind === 'source' ? declared.raw : undefined;
};

/** The time of an upsert that nobody named: that which the source says of its rows. */
const usualTime = (parts: HistoryParts, at: Position): Expression | undefined => {
  const { root, scope } = parts.aliases;
  const name = rootSource(parts)?.updatedAt?.text;
  if (name === undefined) return undefined;
  const columns = scope.aliases.get(root.alias)?.columns;
  const column =
    columns === undefined
      ? name
      : matchName(
          name,
          false,
          columns.map((each) => each.name),
        );
  return column === undefined
    ? undefined
    : { text: `${root.alias}.${column}`, parts: [{ alias: root.alias, column }], at };
};

const writtenTime = (
  time: Scalar,
  { aliases: { root, scope } }: HistoryParts,
  { report }: Context,
): Expression | undefined => {
  const compiled = compileExpression(time, { ...scope, use: 'read' }, report);
  const foreign = compiled?.reads.find(({ ref }) => ref.alias !== root.alias);
  if (foreign !== undefined) report(say.timeOfOthers(foreign.at, foreign.ref.alias, root.alias));
  return compiled?.expression;
};

/** Each key column of the root is a key column of the history, as it is: versions of different rows never mix. */
const checkKey = (target: DeclaredTarget, { all, aliases, lines }: HistoryParts, context: Context): void => {
  const { root } = aliases;
  const declared = root.kind === 'grain' ? all.declared.get(root.relation) : undefined;
  if (declared === undefined || (declared.kind === 'source' && declared.raw.unsupported)) return;
  const plain = new Set(
    target.raw.key.flatMap(({ name }) => {
      const expression = lines.find(({ raw }) => raw.name.text === name.text)?.compiled?.expression;
      const refs = expression?.parts.filter((part) => typeof part !== 'string') ?? [];
      const [ref] = refs;
      const bare = expression?.parts.every((part) => typeof part !== 'string' || part.trim() === '') ?? false;
      return ref !== undefined && bare && refs.length === 1 ? [ref.column] : [];
    }),
  );
  const key = declared.raw.key.map(({ name }) => name.text);
  const of = declared.kind === 'target' && declared.raw.history !== undefined;
  const missing = key.some((name) => ![...plain].some((each) => each.toLowerCase() === name.toLowerCase()));
  const at = target.raw.key[0]?.name.at ?? target.raw.name.at;
  if (missing || of) context.report(say.keyIsNotRootKey(at, target.name, { root: declared.name, key }));
};

const checkKind = ({ raw }: DeclaredTarget, history: RawHistory, { report }: Context): void => {
  if (raw.onDeleteAt !== undefined)
    report(say.notForHistories(raw.onDeleteAt, 'on_delete', 'say it by `history: { deletes: … }`'));
  if (raw.onMissingAt !== undefined)
    report(
      say.notForHistories(raw.onMissingAt, 'on_missing', 'a version keeps what was joined when it opened'),
    );
  if (raw.rowsAt !== undefined) report(say.notForHistories(raw.rowsAt, 'rows', 'its rows are ours'));
  if (raw.onMappingChangeAt !== undefined)
    report(say.notForHistories(raw.onMappingChangeAt, 'on_mapping_change', 'its versions are built anew'));
  const flag = history.columns.get('deleted');
  if (flag !== undefined && history.deletes !== 'tombstone' && history.preset === undefined)
    report(say.deletedWithoutTombstones(flag.at));
};

const zoneOf = (history: RawHistory, parts: HistoryParts, { report }: Context): string => {
  const source = rootSource(parts);
  const timezone = history.timezone ?? source?.timezone;
  if (timezone === undefined) return 'UTC';
  const isTold = history.timezone === undefined && source?.log !== undefined;
  if (!isTold && !isZone(timezone.text)) report(say.unknownTimezone(timezone.at, timezone.text));
  return timezone.text;
};

export const resolveHistory = (
  target: DeclaredTarget,
  parts: HistoryParts,
  context: Context,
): History | undefined => {
  const { raw } = target;
  const { history } = raw;
  if (history === undefined) return undefined;
  if (raw.from === undefined) {
    context.report(say.historyWithoutFrom(history.at, target.name));
    return undefined;
  }
  checkKind(target, history, context);
  checkKey(target, parts, context);
  const columns = roles.flatMap((role) => columnOf(role, history, target, context) ?? []);
  checkDistinct(columns, history, context);
  const keys = new Set(raw.key.map(({ name }) => name.text));
  const mapped = raw.columns.map(({ name }) => name.text).filter((name) => !keys.has(name));
  const overwrite = checkNames('overwrite', history.overwrite, mapped, context);
  const both = history.track?.find(({ text }) => overwrite.includes(text));
  if (both !== undefined) context.report(say.trackedAndOverwritten(both.at, both.text));
  const time = history.time === undefined ? undefined : writtenTime(history.time, parts, context);
  return {
    columns,
    track:
      history.track === undefined
        ? mapped.filter((name) => !overwrite.includes(name))
        : checkNames('track', history.track, mapped, context),
    overwrite,
    deletes: history.deletes ?? (history.preset === undefined ? 'close' : 'keep'),
    at: time ?? usualTime(parts, history.at),
    atIsWritten: history.time !== undefined,
    timezone: zoneOf(history, parts, context),
    firstValidFrom: history.firstValidFrom ?? 'at',
    backwards: history.backwards ?? 'sequence',
    validToCurrent: history.validToCurrent?.text,
  };
};
