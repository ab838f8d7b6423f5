// Columns whose values our records must not show: those that a source names in `redact`, and every column of a target
// that is computed from one of them, through other targets as well.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import type { Scalar } from '../project/document.ts';
import type { Report } from '../project/problems.ts';
import { showTable } from '../sql/table-name.ts';
import type { Dictionary, Expression, Source, Target } from './dictionary.ts';
import { historyOf } from './history-of.ts';
import * as say from './redaction-problems.ts';
import { unknownOwnColumn } from './problems.ts';
import type { RawSource } from './raw.ts';

/** By relation, the columns that are redacted. */
type Redacted = ReadonlyMap<string, ReadonlySet<string>>;

export interface Redacting {
  readonly sources: readonly RawSource[];
  /** Without it no value can be told from another once it is hidden. */
  readonly hasKey: boolean;
  readonly report: Report;
}

const checkSource = (
  raw: RawSource,
  source: Source,
  redact: readonly Scalar[],
  { hasKey, report }: Redacting,
): void => {
  const [first] = redact;
  if (first !== undefined && !hasKey) report(say.redactKeyMissing(first.at, source.name));
  const names = source.columns.map(({ name }) => name);
  for (const { text, at } of redact) {
    const use = useOf(source, raw, text);
    if (use !== undefined) report(say.sourceNeeds(at, text, use, source.name));
    else if (names.length > 0 && !names.includes(text))
      report(unknownOwnColumn(at, 'redact', text, { table: showTable(source.table), columns: names }));
  }
};

/** What Tidemark itself reads in its records: a row without it is found no more, and a time is a time no more. */
const useOf = ({ key, detect }: Source, raw: RawSource, name: string): string | undefined => {
  const is = (used: string | undefined): boolean => used === name;
  if (key.some((column) => is(column.name))) return 'key';
  if (is(raw.updatedAt?.text)) return 'updated_at';
  if (is(raw.createdAt?.text)) return 'created_at';
  if (is(raw.watermark?.text)) return 'watermark';
  if (is(raw.actor?.text)) return 'actor';
  if (detect.kind !== 'log') return undefined;
  if (is(detect.op?.column)) return 'op';
  if (is(detect.time?.column)) return 'time';
  if (is(detect.arrival?.name)) return 'arrival';
  return detect.sequence.some((column) => is(column.name)) ? 'sequence' : undefined;
};

const reads = (expression: Expression, relationOf: (alias: string) => string, redacted: Redacted): boolean =>
  expression.parts.some(
    (part) => typeof part !== 'string' && redacted.get(relationOf(part.alias))?.has(part.column) === true,
  );

/** Which relation an alias of a target stands for. */
const relationsOf = (target: Target): ((alias: string) => string) => {
  const { root } = target;
  const names = new Map(target.joins.map(({ alias, relation }) => [alias, relation]));
  return (alias) => {
    if (alias !== root.alias) return names.get(alias) ?? alias;
    return root.kind === 'this' ? target.name : root.relation;
  };
};

/** The columns of a target that show a redacted value, or something made of one. */
const redactedOf = (target: Target, redacted: Redacted): readonly string[] => {
  if (target.root.kind === 'query')
    return target.root.query.influences.flatMap(({ relation, column, how, decides }) =>
      decides !== undefined &&
      (how === 'direct' || how === 'expression') &&
      redacted.get(relation)?.has(column) === true
        ? [decides]
        : [],
    );
  const relationOf = relationsOf(target);
  return target.columns
    .filter(({ expression }) => reads(expression, relationOf, redacted))
    .map(({ name }) => name);
};

/** Targets feed targets: again, until nothing is added. */
const spread = (sources: readonly Source[], targets: readonly Target[]): Redacted => {
  const redacted = new Map<string, Set<string>>();
  for (const { name, redact } of sources) if (redact !== undefined) redacted.set(name, new Set(redact));
  for (let grew = true; grew;) {
    grew = false;
    for (const target of targets) {
      const known = redacted.get(target.name) ?? new Set<string>();
      const before = known.size;
      for (const column of redactedOf(target, redacted)) known.add(column);
      if (known.size === before) continue;
      redacted.set(target.name, known);
      grew = true;
    }
  }
  return redacted;
};

const marked = <C extends { readonly name: string }>(
  columns: readonly C[],
  names: ReadonlySet<string>,
): readonly C[] =>
  columns.map((column) => (names.has(column.name) ? { ...column, redacted: true as const } : column));

const placeOf = (target: Target, column: string): Position =>
  target.columns.find(({ name }) => name === column)?.expression.at ?? target.at;

/** A key is what rows are found by, in our records as well. */
const keyProblems = (target: Target, redacted: Redacted): readonly Problem[] => {
  const own = redacted.get(target.name);
  const keys = target.key.flatMap(({ name }) =>
    own?.has(name) === true ? [say.targetKeyReads(placeOf(target, name), target.name, name)] : [],
  );
  const at = historyOf(target)?.at;
  const timed = at !== undefined && reads(at, relationsOf(target), redacted);
  return timed ? [...keys, say.historyReads(at.at, target.name)] : keys;
};

export const redact = ({ sources, targets }: Dictionary, redacting: Redacting): Dictionary => {
  const asked = new Map(
    redacting.sources.flatMap((raw) =>
      raw.redact === undefined ? [] : [[raw.name.text, { raw, redact: raw.redact }] as const],
    ),
  );
  if (asked.size === 0) return { sources, targets };
  const named = sources.map((source): Source => {
    const own = asked.get(source.name);
    if (own === undefined) return source;
    checkSource(own.raw, source, own.redact, redacting);
    return { ...source, redact: own.redact.map(({ text }) => text) };
  });
  const redacted = spread(named, targets);
  const none = new Set<string>();
  for (const target of targets) for (const found of keyProblems(target, redacted)) redacting.report(found);
  return {
    sources: named.map((source) =>
      redacted.has(source.name)
        ? { ...source, columns: marked(source.columns, redacted.get(source.name) ?? none) }
        : source,
    ),
    targets: targets.map((target) => {
      const names = redacted.get(target.name);
      return names === undefined
        ? target
        : {
            ...target,
            columns: marked(target.columns, names),
            tableColumns: marked(target.tableColumns, names),
          };
    }),
  };
};
