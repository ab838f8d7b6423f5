// How the events of a log are told, ordered and found: the columns that speak of the event, not of the row.
import type { Report } from '../project/problems.ts';
import type { Scalar } from '../project/document.ts';
import type { Column } from '../sql/dialect.ts';
import { showTable } from '../sql/table-name.ts';
import type {
  DeclaredType,
  EventTime,
  LogDetection,
  LogImage,
  LogOperations,
  LogOverlap,
  OperationWords,
  SequenceColumn,
} from './detection.ts';
import * as say from './log-problems.ts';
import { repeatedColumn, unknownOwnColumn } from './problems.ts';
import type { RawLog, RawLogColumn } from './raw.ts';
import type { DeclaredSource } from './relations.ts';
import { namesOf } from './source-parts.ts';

export interface LogAround {
  readonly declared: DeclaredSource;
  readonly raw: RawLog;
  /** Columns of the log's own table; none where it is not known, and everything is believed. */
  readonly own: readonly Column[] | undefined;
  readonly report: Report;
}

const defaultOverlaps = {
  time: { kind: 'time', ms: 15 * 60_000 },
  rows: { kind: 'rows', rows: 10_000 },
} as const;

const defaultClockToleranceMs = 24 * 3_600_000;

/** Debezium's, where an update left a TOAST column alone. */
const defaultUnavailable = '__debezium_unavailable_value';

/** Debezium's letters, those of triggers, and the words of SQL. */
const understood: OperationWords = new Map([
  ['insert', ['C', 'I', 'INSERT']],
  ['upsert', ['R']],
  ['update', ['U', 'UPDATE']],
  ['delete', ['D', 'DELETE']],
  ['truncate', ['T', 'TRUNCATE']],
]);

const isText = (type: string): boolean => /^(varchar|text|char|bpchar|string|json|clob)/i.test(type);
export const isMoment = (type: string): boolean => /^(timestamp|datetime|date\b)/i.test(type);
const isNumber = (type: string): boolean =>
  /^(u?(tiny|small|big|huge)?int|decimal|numeric|number|double|real|float)/i.test(type);

/** Nothing that could be more than the name of a type. */
const typeName =
  /^(?:[a-z_][a-z0-9_ ]*|"[^"]+")(?:\(\s*\d+(?:\s*,\s*\d+)?\s*\))?(?: with(?:out)? time zone)?(?:\[\d*\])*$/i;

/** The text of a declared type; nothing where it is none. */
export const readableType = ({ report }: LogAround, type: Scalar | undefined): string => {
  if (type === undefined || typeName.test(type.text.trim())) return type?.text.trim() ?? '';
  report(say.badType(type.at, type.text));
  return '';
};

/** A column of the log's own table. */
export const ownColumn = (
  { declared, own, report }: LogAround,
  key: string,
  name: Scalar | undefined,
): Column | undefined => {
  if (name === undefined) return undefined;
  const found = own?.find((column) => column.name === name.text);
  if (found !== undefined) return found;
  // Of a table that is gone for the moment it is known what it had.
  const before = declared.info?.columns.find((column) => column.name === name.text);
  if (own === undefined && before !== undefined) return before;
  if (own !== undefined)
    report(
      unknownOwnColumn(name.at, key, name.text, { table: showTable(declared.table), columns: namesOf(own) }),
    );
  return { name: name.text, type: '', nullable: true };
};

export const resolveDetection = (around: LogAround, image: LogImage): LogDetection => {
  const { raw } = around;
  const arrival = arrivalOf(around);
  return {
    kind: 'log',
    op: operationsOf(around),
    image,
    sequence: sequenceOf(around),
    time: timeOf(around),
    arrival,
    overlap: overlapOf(around, arrival),
    identity: raw.identity.flatMap((name) => ownColumn(around, 'identity', name)?.name ?? []),
    clockToleranceMs: raw.clockToleranceMs ?? defaultClockToleranceMs,
    unavailable: raw.unavailable ?? defaultUnavailable,
    types: [...raw.types, ...raw.sequence].flatMap(declaredType),
  };
};

const declaredType = ({ column, type }: RawLogColumn): readonly DeclaredType[] =>
  type === undefined || !typeName.test(type.text.trim())
    ? []
    : [{ column: column.text, type: type.text.trim(), at: type.at }];

const operationsOf = (around: LogAround): LogOperations | undefined => {
  const { op } = around.raw;
  if (op === undefined) return undefined;
  const column = ownColumn(around, 'op', op.column)?.name ?? op.column.text;
  if (op.words === undefined) return { column, anyCase: true, words: understood };
  if (!(['insert', 'update', 'upsert'] as const).some((kind) => op.words?.has(kind) === true))
    around.report(say.noUpserts(op.column.at));
  return { column, anyCase: false, words: op.words };
};

const sequenceOf = (around: LogAround): readonly SequenceColumn[] => {
  const seen = new Set<string>();
  return around.raw.sequence.flatMap((raw): readonly SequenceColumn[] => {
    const found = ownColumn(around, 'sequence', raw.column);
    if (found === undefined) return [];
    if (seen.has(found.name)) around.report(repeatedColumn(raw.column.at, 'sequence', found.name));
    seen.add(found.name);
    if (raw.type !== undefined)
      return [{ name: found.name, type: readableType(around, raw.type), converted: true }];
    if (isText(found.type)) around.report(say.textSequence(raw.column.at, found.name, found.type));
    return [{ name: found.name, type: found.type, converted: false }];
  });
};

const timeOf = (around: LogAround): EventTime | undefined => {
  const { time } = around.raw;
  const found = ownColumn(around, 'time', time?.column);
  if (time === undefined || found === undefined) return undefined;
  const { name, type } = found;
  if (type !== '' && !isMoment(type) && !isNumber(type) && !isText(type))
    around.report(say.noEventTime(time.column.at, name, type));
  if (time.unit !== undefined && isMoment(type)) around.report(say.unitOfMoment(time.column.at, name, type));
  const kind = isMoment(type) ? 'moment' : isText(type) ? 'text' : 'number';
  const timezone = around.declared.raw.timezone?.text;
  return { column: name, kind, unit: time.unit ?? 'ms', ...(timezone === undefined ? {} : { timezone }) };
};

const arrivalOf = (around: LogAround): Column | undefined => {
  const { arrival } = around.raw;
  const found = ownColumn(around, 'arrival', arrival);
  if (arrival === undefined || found === undefined) return undefined;
  if (found.type !== '' && !isMoment(found.type) && !isNumber(found.type))
    around.report(say.noArrival(arrival.at, found.name, found.type));
  return { name: found.name, type: found.type, nullable: found.nullable };
};

const overlapOf = ({ raw, report }: LogAround, arrival: Column | undefined): LogOverlap => {
  const expected = arrival !== undefined && isNumber(arrival.type) ? 'rows' : 'time';
  const { overlap, overlapAt } = raw;
  if (overlap === undefined || overlapAt === undefined) return defaultOverlaps[expected];
  if (arrival === undefined) report(say.overlapWithoutArrival(overlapAt));
  else if (arrival.type !== '' && overlap.kind !== expected)
    report(say.wrongOverlap(overlapAt, expected, arrival.name));
  return overlap;
};
