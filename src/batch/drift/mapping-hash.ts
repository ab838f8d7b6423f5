// What a mapping says, in the form that is kept of each relation: another one next time means that rows, or just
// some columns, must be compared in full.
import { historyOf } from '../../dictionary/history-of.ts';
import { createHash } from 'node:crypto';
import type { SourceMemory } from '../../detect/mirror-plan.ts';
import type { LogDetection } from '../../dictionary/detection.ts';
import {
  isLog,
  positionColumn,
  type Expression,
  type MappedColumn,
  type Source,
  type Target,
} from '../../dictionary/dictionary.ts';
import { showTable } from '../../sql/table-name.ts';

/** Of a target: one hash over what decides its rows, and one for each of its other columns. */
export interface TargetMemory {
  readonly base: string;
  readonly columns: Readonly<Record<string, string>>;
}

const textOf = (expression: Expression | undefined): string | undefined => expression?.text;

const hash = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

const isKey = (target: Target, name: string): boolean => target.key.some((each) => each.name === name);

export const columnHash = (column: MappedColumn): string => hash(textOf(column.expression));

/** Of a history no column stands by itself: what opens a version decides which rows there are. */
const historyMapping = (target: Target): unknown => {
  const history = historyOf(target);
  return history === undefined
    ? undefined
    : {
        ...history,
        at: textOf(history.at),
        columns: history.columns.map(({ name, role }) => [name, role]),
        mapped: target.columns.map(({ name, expression }) => [name, textOf(expression)]),
      };
};

export const targetMemory = (target: Target): TargetMemory => ({
  base: hash({
    table: showTable(target.table),
    key: target.key.map(({ name, nullable }) => ({
      name,
      nullable,
      expression: textOf(target.columns.find((column) => column.name === name)?.expression),
    })),
    // How its rows are found is ours, and may change without the model.
    root: target.root.kind === 'query' ? [target.root.kind, target.root.query.sql] : target.root,
    joins: target.joins.map((join) => ({
      alias: join.alias,
      relation: join.relation,
      type: join.type,
      on: textOf(join.on),
      // Left out where it is false: mappings that are known keep their hash.
      ...(join.many ? { many: true } : {}),
    })),
    where: textOf(target.where),
    onDelete: target.onDelete,
    onMissing: target.onMissing,
    rows: target.rows,
    history: historyMapping(target),
  }),
  columns: Object.fromEntries(
    target.columns
      .filter(({ name }) => target.form.kind !== 'history' && !isKey(target, name))
      .map((column) => [column.name, columnHash(column)]),
  ),
});

type Identity = Pick<SourceMemory, 'base' | 'definition' | 'table' | 'key' | 'watermark' | 'events'>;

/** What there is to say of a source before its columns are looked at. */
export const sourceIdentity = (source: Source, definition: string | undefined): Identity => ({
  base: hash({
    where: textOf(source.where),
    deleted: textOf(source.deleted),
    nullable: source.key.map(({ nullable }) => nullable),
    log: isLog(source) ? logIdentity(source.detect) : undefined,
  }),
  definition: definition === undefined ? null : hash(definition),
  table: showTable(source.table),
  key: source.key.map(({ name }) => name),
  watermark: positionColumn(source) ?? null,
  ...(isLog(source) ? { events: hash(logReading(source.detect)) } : {}),
});

/** What decides which events there are, of which keys, and in which order: with another one, what was kept of them
 *  means nothing. */
const logIdentity = ({ op, image, sequence }: LogDetection): unknown => ({
  op: op === undefined ? undefined : [op.column, op.anyCase, [...op.words]],
  image: image.kind === 'typed' ? image.kind : [image.before, image.after, [...image.beside]],
  sequence: sequence.map(({ name, type }) => [name, type]),
});

/** What decides the values of an event: with another one, each is read anew. */
const logReading = ({ image, time, unavailable, identity }: LogDetection): unknown => ({
  units: image.kind === 'typed' ? [] : [...image.units],
  time,
  unavailable,
  identity,
});

/** A relation that was never in step (it was paused before its first run) has no mapping yet. */
const isKept = (text: string | undefined): text is string => text !== undefined && text !== '';

export const readTargetMemory = (text: string | undefined): TargetMemory | undefined =>
  isKept(text) ? (JSON.parse(text) as TargetMemory) : undefined;

export const readSourceMemory = (text: string | undefined): SourceMemory | undefined =>
  isKept(text) ? (JSON.parse(text) as SourceMemory) : undefined;

export interface MappingChange {
  /** Rows, joins or filter: the target as a whole. */
  readonly base: boolean;
  /** Mapped anew or otherwise. */
  readonly columns: readonly string[];
}

/** Against the mapping that the target was last in step with. */
export const mappingChange = (was: TargetMemory, now: TargetMemory): MappingChange => ({
  base: was.base !== now.base,
  columns: Object.entries(now.columns)
    .filter(([name, text]) => was.columns[name] !== text)
    .map(([name]) => name),
});

/** A few characters that tell one mapping from another, for the list of batches. */
export const shortMapping = (text: string): string => hash(text).slice(0, 12);
