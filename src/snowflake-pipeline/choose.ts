// Which parts of the dictionary the warehouse can be asked to do by itself, as what, and which not, each with its reason: nothing
// is dropped in silence.
import type { History, Source, Target } from '../dictionary/dictionary.ts';
import { isLog, isMirrored } from '../dictionary/dictionary.ts';
import { plainColumn } from '../dictionary/references.ts';
import { buildGraph, relationsOf } from '../graph/graph.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { objectName } from './objects.ts';
import type { LeftOut, NativeTarget } from './pipeline.ts';

export interface Choice {
  readonly sources: readonly Source[];
  readonly targets: readonly NativeTarget[];
  readonly leftOut: readonly LeftOut[];
}

/** Types whose values cannot be compared there. */
const incomparable = /^(geography|geometry|vector)/i;

/** Expressions stand in the texts of procedures, between `$$`. */
const dollars = (texts: readonly (string | undefined)[]): string | undefined =>
  texts.some((text) => text?.includes('$$') === true)
    ? '`$$` in an expression would end the text of a procedure'
    : undefined;

const dollarsOf = ({ columns, where, joins, onDelete, form }: Target): string | undefined =>
  dollars([
    ...columns.map(({ expression }) => expression.text),
    ...joins.map(({ on }) => on.text),
    where?.text,
    form.kind === 'history' ? form.history.at?.text : undefined,
    ...(onDelete.kind === 'set' ? Object.values(onDelete.values).map(String) : []),
  ]);

const sourceFlaw = (source: Source): string | undefined => {
  if (source.key.some(({ nullable }) => nullable)) return 'its key may be NULL, and MERGE joins keys by `=`';
  if (isLog(source) && source.detect.sequence.length === 0)
    return 'the log has no `sequence`, which is what puts its events in order';
  if (isLog(source) && source.renamed !== undefined && source.renamed.size > 0)
    return 'older events know its columns under other names (`renamed`)';
  const column = source.columns.find(({ type }) => incomparable.test(type));
  return column === undefined
    ? dollars([source.where?.text, source.deleted?.text])
    : `values of \`${column.name}\` (${column.type}) cannot be compared`;
};

const sourceParts = (source: Source): readonly LeftOut[] => {
  const part = (name: string, reason: string): LeftOut => ({
    name: `${source.name}.${name}`,
    reason,
    whole: false,
  });
  return [
    ...(source.ready === undefined
      ? []
      : [part('ready', 'a stream shows what is committed, whether the load is complete or not')]),
    ...(source.redact === undefined || source.redact.length === 0
      ? []
      : [
          part(
            'redact',
            `the landed rows and events hold ${source.redact.join(', ')} as they are: put a masking policy on them`,
          ),
        ]),
    ...(source.actor === undefined ? [] : [part('actor', 'there is no audit that would say who')]),
    ...(isMirrored(source) && source.detect.deleteAfterMs !== undefined
      ? [part('delete_after', 'a stream says that a row was deleted; nothing waits')]
      : []),
  ];
};

const targetParts = ({ name, checks, limits, targetLagMs, onMappingChange, pruneBy }: Target) => {
  const part = (key: string, reason: string): LeftOut => ({ name: `${name}.${key}`, reason, whole: false });
  return [
    ...checks.map((check) =>
      part(`checks.${check.name}`, 'it is looked at after the commit, by the queries in 08_monitoring.sql'),
    ),
    ...(limits === undefined ? [] : [part('limits', 'no guard stops a batch that changes too much')]),
    ...(targetLagMs === undefined ? [] : [part('target_lag', 'the alert measures the lag of the pipeline')]),
    ...(onMappingChange === 'hold'
      ? [part('on_mapping_change', 'a changed mapping is written by the next RECONCILE')]
      : []),
    ...(pruneBy === undefined
      ? []
      : [part('prune_by', 'MERGE prunes by what it joins, not by literal ranges')]),
  ];
};

const historyFlaw = (target: Target, history: History, source: Source | undefined): string | undefined => {
  if (source === undefined) return 'a history of another target: its events are not kept';
  if (target.joins.length > 0)
    return 'a history with look-ups: what a look-up held when a version opened is not kept';
  if (history.columns.some(({ role }) => role === 'scd_id'))
    return 'the `dbt_snapshot` preset: dbt hashes texts in its own way';
  if (history.backwards === 'refuse') return '`backwards: refuse`: rows are not refused one by one there';
  const number = history.columns.find(({ role }) => role === 'surrogate_key');
  if (number !== undefined && !/^(number|numeric|decimal|int|bigint)/i.test(number.type))
    return `its surrogate key is ${number.type}, and numbers are given`;
  const strange = target.key.slice(0, -1).find(({ name }) => {
    const column = target.columns.find((each) => each.name === name);
    const ref = column === undefined ? undefined : plainColumn(column.expression);
    return ref === undefined || !source.key.some((each) => each.name === ref.column);
  });
  return strange === undefined
    ? undefined
    : `the key column \`${strange.name}\` is no key column of its source`;
};

interface Grounds {
  readonly sources: ReadonlyMap<string, Source>;
  readonly chosen: ReadonlyMap<string, NativeTarget>;
}

/** The target as what it becomes, or why it does not. */
const chooseOne = (target: Target, { sources, chosen }: Grounds): NativeTarget | string => {
  const { root, form } = target;
  if (root.kind === 'query') return 'a dbt model: its SQL is dbt’s, which builds it';
  const read = relationsOf(target);
  const missing = read.find((name) => !sources.has(name) && !chosen.has(name));
  if (missing !== undefined) return `it reads \`${missing}\`, which is left out`;
  const own = read.flatMap((name) => sources.get(name) ?? []);
  const ending = dollarsOf(target);
  if (ending !== undefined) return ending;
  const untyped = target.columns.find(({ type }) => type === '');
  if (untyped !== undefined)
    return `the type of \`${untyped.name}\` is not known: its table does not exist yet, and no warehouse was asked`;
  const column = target.columns.find(({ type }) => incomparable.test(type));
  if (column !== undefined) return `values of \`${column.name}\` (${column.type}) cannot be compared`;
  if (form.kind === 'history') {
    const source = root.kind === 'grain' ? sources.get(root.relation) : undefined;
    const flaw = historyFlaw(target, form.history, source);
    return flaw ?? { kind: 'history', target, sources: own };
  }
  const derived = own.length < read.length;
  if (form.kind === 'fact' && !derived) return { kind: 'fact', target, sources: own };
  if (root.kind === 'this') return 'columns of rows that are not ours, made of another target';
  if (target.rows !== 'manage' || target.onDelete.kind !== 'delete')
    return 'a dynamic table has the rows of its query: `on_delete` and `rows` say otherwise';
  if (target.touch.length > 0) return 'a dynamic table has the columns of its query: `touch` is none';
  return { kind: 'dynamic table', target, sources: own };
};

/** Names of which two would be one object. */
const doubled = (names: readonly string[]): ReadonlySet<string> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(objectName(name), (counts.get(objectName(name)) ?? 0) + 1);
  return new Set(names.filter((name) => (counts.get(objectName(name)) ?? 0) > 1));
};

export const choose = (dictionary: Dictionary): Choice => {
  const leftOut: LeftOut[] = [];
  const leave = (name: string, reason: string): void => {
    leftOut.push({ name, reason, whole: true });
  };
  const sources = new Map<string, Source>();
  const twins = doubled([...dictionary.sources, ...dictionary.targets].map(({ name }) => name));
  const sameName = 'another name differs from it by case alone';
  for (const source of dictionary.sources) {
    const flaw = twins.has(source.name) ? sameName : sourceFlaw(source);
    if (flaw === undefined) sources.set(source.name, source);
    else leave(source.name, flaw);
  }
  const chosen = new Map<string, NativeTarget>();
  for (const target of buildGraph(dictionary).order) {
    const found = twins.has(target.name) ? sameName : chooseOne(target, { sources, chosen });
    if (typeof found === 'string') leave(target.name, found);
    else {
      chosen.set(target.name, found);
      leftOut.push(...targetParts(target));
    }
  }
  const targets = [...chosen.values()];
  const needed = new Set(targets.flatMap((each) => each.sources.map(({ name }) => name)));
  const read = [...sources.values()].filter(({ name }) => needed.has(name));
  return { sources: read, targets, leftOut: [...leftOut, ...read.flatMap(sourceParts)] };
};
