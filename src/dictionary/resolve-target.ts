// One target of the YAML → Target: its aliases, expressions and columns are looked up and checked.
import type { Column, KeyColumn } from '../sql/dialect.ts';
import { showTable } from '../sql/table-name.ts';
import { cutAggregates } from './aggregate-calls.ts';
import { historyOfGroups } from './aggregate-problems.ts';
import type { AggregatedPart, History, MappedColumn, Root, Target, TargetForm } from './dictionary.ts';
import { compileExpression } from './expression.ts';
import type { Compiled } from './expression.ts';
import { isEnforced, resolveKey } from './keys.ts';
import { unknownColumn } from './expression-problems.ts';
import { checkOwnership, rowsOf } from './ownership.ts';
import * as say from './problems.ts';
import type { RawColumn } from './raw.ts';
import type { Context, DeclaredTarget } from './relations.ts';
import { resolveForm, type Shaped } from './resolve-form.ts';
import type { Scope } from './scope.ts';
import { resolveAliases, resolveJoins } from './resolve-joins.ts';
import type { Aliases, Relations } from './resolve-joins.ts';
import { resolveHistory } from './resolve-history.ts';
import { changedAtOf, pruneByOf } from './resolve-own-columns.ts';
import { onDeleteOf } from './resolve-rows.ts';
import { checkSetMapped, checkSettings, resolveTouch } from './resolve-touch.ts';
import type { Part } from './trust.ts';

/** A mapping line with its expression, where that could be read. */
interface Line {
  readonly raw: RawColumn;
  readonly compiled: Compiled | undefined;
  /** Cut at its aggregate calls. */
  readonly parts?: readonly AggregatedPart[] | undefined;
}

interface Mapped {
  readonly line: Line;
  readonly column: MappedColumn | undefined;
}

const isCall = (part: AggregatedPart): boolean => typeof part !== 'string' && 'call' in part;

const lineOf = (raw: RawColumn, scope: Scope, { report }: Context): Line => {
  const compiled = compileExpression(raw.expression, { ...scope, aggregates: true }, report);
  const parts = compiled && cutAggregates(compiled, raw.expression, report);
  return { raw, compiled: parts === undefined ? undefined : compiled, parts };
};

/** What a part of a mapping is resolved against, and where its mistakes are told. */
export interface Grounds {
  readonly all: Relations;
  readonly context: Context;
}

/** Each mapping line on its own grounds: those that only now do not fit are no mistakes. */
const readLines = (target: DeclaredTarget, groundsOf: (part: Part) => Grounds): readonly Mapped[] =>
  target.raw.columns.map((column) => {
    const name = column.name.text;
    const isKey = target.raw.key.some((part) => part.name.text === name);
    const { all, context } = groundsOf(isKey ? { kind: 'base' } : { kind: 'column', name });
    // What aliases there are is told once, with the rows.
    const { scope } = resolveAliases(target, all, { ...context, report: () => undefined });
    const line = lineOf(column, scope, context);
    return { line, column: mappedColumn(line, target, context) };
  });

export const resolveTarget = (target: DeclaredTarget, groundsOf: (part: Part) => Grounds): Target => {
  const { raw, table, info } = target;
  const { all, context } = groundsOf({ kind: 'base' });
  const aliases = resolveAliases(target, all, context);
  const { root, scope } = aliases;
  checkKind(target, context);
  const joins = resolveJoins(target, aliases, context);
  const mapped = readLines(target, groundsOf);
  const lines = mapped.map(({ line }) => line);
  const columns = mapped.flatMap(({ column }) => column ?? []);
  const entity = resolveKey(raw.key, { owner: 'key', table, columns: info?.columns }, context.report);
  checkKey(target, lines, aliases, context);
  const history = resolveHistory(target, { all, aliases, lines }, context);
  const key = [...entity, ...startOf(history)];
  const where =
    raw.where && compileExpression(raw.where, { ...scope, use: 'read' }, context.report)?.expression;
  const form = formOf(
    { target, root, rootKey: rootKeyOf(root, all), joins, where, columns },
    history,
    context,
  );
  const rows = rowsOf(raw, info, context.naming);
  if (rows === 'manage' && root.kind === 'grain') checkNotNull(target, history, context);
  const touch = resolveTouch(target, context);
  return {
    name: target.name,
    at: raw.name.at,
    table,
    exists: info !== undefined,
    tableColumns: info?.columns ?? [
      ...columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
      ...(history?.columns ?? []).map(asColumn),
      ...touch.map(asColumn),
    ],
    key,
    keyIsEnforced: info !== undefined && isEnforced(key, info),
    updateInPlace:
      info !== undefined &&
      (info.constrained ||
        info.uniqueKeys.length > 0 ||
        info.columns.some((column) => column.generated === true)),
    root,
    form,
    joins,
    where,
    columns,
    onDelete: onDeleteOf(raw.onDelete, rows),
    onMissing: raw.onMissing ?? (root.kind === 'this' ? 'keep' : 'null'),
    onMappingChange: raw.onMappingChange,
    rows,
    touch,
    limits: Object.keys(raw.limits).length === 0 ? undefined : { ...context.limits, ...raw.limits },
    targetLagMs: raw.targetLagMs,
    description: raw.description,
    owner: raw.owner,
    changedAt: changedAtOf(target, context),
    pruneBy: pruneByOf(target, context),
    checks: raw.checks.map(({ name, sql }) => ({ name: name.text, sql: sql.text, at: sql.at })),
  };
};

/** A version is told from the others of its key by its start. */
const startOf = (history: History | undefined): readonly KeyColumn[] =>
  (history?.columns ?? [])
    .filter(({ role }) => role === 'valid_from')
    .map(({ name, type }) => ({ name, type, nullable: false }));
const formOf = (shaped: Shaped, history: History | undefined, { report }: Context): TargetForm => {
  // What a join that could not be read would say is not known.
  if (shaped.joins.length < shaped.target.raw.joins.length) return { kind: 'fact' };
  const form = resolveForm(shaped, report);
  if (history === undefined) return form;
  if (form.kind === 'aggregate') report(historyOfGroups(shaped.target.raw.name.at, shaped.target.name));
  return { kind: 'history', history };
};

/** None where the relation is unknown, which is reported elsewhere. */
const rootKeyOf = (root: Root, { declared }: Relations): readonly string[] | undefined =>
  root.kind !== 'grain' ? [] : declared.get(root.relation)?.raw.key.map(({ name }) => name.text);

const asColumn = ({ name, type }: { readonly name: string; readonly type: string }): Column => ({
  name,
  type,
  nullable: true,
});

const checkKind = (target: DeclaredTarget, context: Context): void => {
  const { raw, name, table, info } = target;
  const { report } = context;
  if (info?.kind === 'view') report(say.targetIsView(raw.name.at, showTable(table)));
  if (raw.onDelete?.kind === 'set') {
    checkSettings(raw.onDelete.values, 'on_delete', target, report);
    checkSetMapped(raw.onDelete.values, target, report);
  }
  checkOwnership(target, context);
  if (raw.from !== undefined) return;
  if (info === undefined && context.catalog !== undefined)
    report(say.thisWithoutTable(raw.name.at, name, showTable(table)));
  if (raw.onDeleteAt !== undefined) report(say.notForThis(raw.onDeleteAt, 'on_delete', name));
  if (raw.rows === 'manage' && raw.rowsAt !== undefined)
    report(say.notForThis(raw.rowsAt, 'rows: manage', name));
};

const mappedColumn = (
  { raw, compiled, parts = [] }: Line,
  target: DeclaredTarget,
  { report }: Context,
): MappedColumn | undefined => {
  const { table, info } = target;
  const name = raw.name.text;
  const column = info?.columns.find((candidate) => candidate.name === name);
  if (column === undefined && info !== undefined) {
    report(
      unknownColumn(raw.name.at, name, {
        table: showTable(table),
        columns: info.columns.map((candidate) => candidate.name),
      }),
    );
  }
  if (column?.generated === true) report(say.generatedColumn(raw.name.at, name, showTable(table)));
  if (compiled === undefined) return undefined;
  // Of a table that is yet to be created no type is known: '' is filled in by asking the warehouse what the
  // expression yields.
  return {
    name,
    type: column?.type ?? '',
    nullable: column?.nullable ?? true,
    expression: compiled.expression,
    aggregated: parts.some(isCall) ? parts : undefined,
  };
};

/** The key says which rows there are: of a grain its expressions, of `this` the rows that are there. */
const checkKey = (
  target: DeclaredTarget,
  lines: readonly Line[],
  { root }: Aliases,
  { report }: Context,
): void => {
  const groups = lines.some(({ parts }) => parts?.some(isCall));
  for (const { name } of target.raw.key) {
    const line = lines.find(({ raw }) => raw.name.text === name.text);
    if (root.kind === 'this') {
      if (line !== undefined) report(say.keyOfThis(line.raw.name.at, name.text, target.name));
      continue;
    }
    if (line === undefined) report(say.keyNotMapped(name.at, name.text, target.name, root.alias));
    else if (line.compiled !== undefined) {
      const foreign = line.compiled.reads.find((read) => read.ref.alias !== root.alias);
      if (foreign === undefined && line.compiled.reads.length > 0) continue;
      const at = foreign?.at ?? line.raw.expression.at;
      report(say.keyNotOfGrain(at, name.text, { alias: foreign?.ref.alias, root: root.alias, groups }));
    }
  }
};

/** Only where the warehouse is known to have no default: else an insert may well succeed. */
const checkNotNull = (
  { raw, table, info }: DeclaredTarget,
  history: History | undefined,
  { report }: Context,
): void => {
  const set = new Set([
    ...raw.columns.map((column) => column.name.text),
    ...raw.touch.map((setting) => setting.column.text),
    ...(history?.columns ?? []).map(({ name }) => name),
  ]);
  for (const column of info?.columns ?? []) {
    if (column.nullable || column.hasDefault !== false || column.generated === true || set.has(column.name))
      continue;
    report(say.unmappedNotNull(raw.name.at, column.name, showTable(table)));
  }
};
