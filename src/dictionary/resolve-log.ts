// One source of the YAML that is read from a log of events → Source.
import type { Scalar } from '../project/document.ts';
import type { Column, KeyColumn } from '../sql/dialect.ts';
import { showTable } from '../sql/table-name.ts';
import type { LogImage } from './detection.ts';
import type { Source } from './dictionary.ts';
import { unknownTimezone } from './history-problems.ts';
import { resolveKey } from './keys.ts';
import * as say from './log-problems.ts';
import { neededColumn, unknownOwnColumn } from './problems.ts';
import type { RawLog, RawLogColumn } from './raw.ts';
import type { Context, DeclaredSource } from './relations.ts';
import { isMoment, ownColumn, readableType, resolveDetection, type LogAround } from './resolve-detection.ts';
import {
  defaultFullCompareMs,
  mirroredColumns,
  namesOf,
  ownExpression,
  renamedColumns,
} from './source-parts.ts';
import { mirrorTable } from './tables.ts';
import { isZone } from './zones.ts';

export const resolveLog = (declared: DeclaredSource, raw: RawLog, context: Context): Source => {
  const { name, table, info } = declared;
  const own = info?.standIn === true ? undefined : info?.columns;
  const around: LogAround = { declared, raw, own, report: context.report };
  const isJson = raw.after !== undefined || raw.before !== undefined || raw.typesAt !== undefined;
  const { image, columns } = isJson ? jsonImage(around) : typedImage(around, context);
  const named = isJson
    ? { table: 'types', columns: namesOf(columns) }
    : own && { table: showTable(table), columns: namesOf(own) };
  for (const each of [
    ['updated_at', declared.raw.updatedAt] as const,
    ['actor', declared.raw.actor] as const,
  ])
    checkOwn(around, image, columns, each);
  const { timezone } = declared.raw;
  if (timezone !== undefined && !isZone(timezone.text))
    context.report(unknownTimezone(timezone.at, timezone.text));
  return {
    name,
    at: declared.raw.name.at,
    table,
    mirror: mirrorTable(declared.raw, context.naming),
    key: keyOf(around, image, columns),
    columns,
    updatedAt: declared.raw.updatedAt?.text,
    actor: declared.raw.actor?.text,
    detect: resolveDetection(around, image),
    fullCompareMs: declared.raw.fullCompareMs ?? defaultFullCompareMs,
    where: ownExpression(declared.raw.where, declared, context),
    deleted: ownExpression(declared.raw.deleted, declared, context),
    ready: declared.raw.ready?.text,
    renamed: renamedColumns(declared, named, context),
    isView: info?.kind === 'view',
    keyIsEnforced: false,
  };
};

interface Imaged {
  readonly image: LogImage;
  readonly columns: readonly Column[];
}

/** All columns of the log but those that speak of the event alone. */
const typedImage = ({ declared, raw }: LogAround, context: Context): Imaged => {
  const aside = new Set([raw.op?.column, raw.arrival].flatMap((column) => column?.text ?? []));
  return { image: { kind: 'typed' }, columns: mirroredColumns(declared, aside, context) };
};

/** Those of `types`, and before them key columns that stand beside the images. */
const jsonImage = (around: LogAround): Imaged => {
  const { declared, raw, own, report } = around;
  const owner = `source \`${declared.name}\``;
  const at = raw.before?.at ?? raw.typesAt ?? declared.raw.name.at;
  if (raw.after === undefined) report(say.afterMissing(at, owner));
  if (raw.types.length === 0) report(say.typesMissing(raw.after?.at ?? at, owner));
  for (const [key, listed] of [
    ['columns', declared.raw.columns],
    ['exclude', declared.raw.exclude],
  ] as const) {
    if (listed?.[0] !== undefined) report(say.columnsOfJson(listed[0].at, key));
  }
  const strict = new Set(declared.raw.key.filter(({ nullable }) => !nullable).map(({ name }) => name.text));
  const typed = raw.types.map((each) => typedColumn(around, each, !strict.has(each.column.text)));
  const names = new Set(typed.map(({ name }) => name));
  const beside = declared.raw.key.flatMap(({ name, nullable }): readonly Column[] => {
    if (names.has(name.text)) return [];
    const found = own?.find((column) => column.name === name.text);
    if (found === undefined && own !== undefined)
      report(say.keyNowhere(name.at, name.text, [...names, ...namesOf(own)]));
    return [{ name: name.text, type: found?.type ?? '', nullable }];
  });
  return {
    image: {
      kind: 'json',
      before: ownColumn(around, 'before', raw.before)?.name,
      after: ownColumn(around, 'after', raw.after)?.name ?? '',
      beside: new Set(namesOf(beside)),
      units: new Map(
        raw.types.flatMap(({ column, unit }) => (unit === undefined ? [] : [[column.text, unit]])),
      ),
    },
    columns: [...beside, ...typed],
  };
};

const typedColumn = (around: LogAround, { column, type, unit }: RawLogColumn, nullable: boolean): Column => {
  const text = readableType(around, type);
  if (unit !== undefined && type !== undefined && !isMoment(text))
    around.report(say.unitOfNoTime(type.at, column.text, text));
  return { name: column.text, type: text, nullable };
};

const keyOf = (
  { declared, report }: LogAround,
  image: LogImage,
  columns: readonly Column[],
): readonly KeyColumn[] => {
  const { raw, table, info } = declared;
  // Of JSON images it was looked for already, in two places.
  const known = image.kind === 'json' ? columns : info?.columns;
  const key = resolveKey(raw.key, { owner: 'key', table, columns: known }, report);
  for (const { name } of image.kind === 'typed' && known !== undefined ? raw.key : []) {
    const isThere = known?.some((column) => column.name === name.text) === true;
    if (isThere && !columns.some((column) => column.name === name.text))
      report(neededColumn(name.at, name.text, 'key', declared.name));
  }
  return key;
};

/** Columns of the row that the source is told by. */
const checkOwn = (
  { declared, own, report }: LogAround,
  image: LogImage,
  columns: readonly Column[],
  [key, named]: readonly ['updated_at' | 'actor', Scalar | undefined],
): void => {
  if (named === undefined || columns.some(({ name }) => name === named.text)) return;
  const types = namesOf(columns);
  if (image.kind === 'json') report(say.notInTypes(named.at, key, { column: named.text, types }));
  else if (own?.some(({ name }) => name === named.text) === true)
    report(neededColumn(named.at, named.text, key, declared.name));
  else if (own !== undefined)
    report(
      unknownOwnColumn(named.at, key, named.text, {
        table: showTable(declared.table),
        columns: namesOf(own),
      }),
    );
};
