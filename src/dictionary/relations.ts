// Every source and target by name, with the columns that others may read of it; and the names that clash.
import type { Position } from '../errors/tidemark-error.ts';
import type { Scalar } from '../project/document.ts';
import type { Limits } from '../project/project.ts';
import type { Report } from '../project/problems.ts';
import type { Column } from '../sql/dialect.ts';
import type { TableName } from '../sql/table-name.ts';
import { showTable } from '../sql/table-name.ts';
import type { Catalog, CatalogTable } from './catalog.ts';
import { lookUp } from './catalog.ts';
import { historyNames } from './parse-history.ts';
import * as say from './problems.ts';
import type { RawDictionary, RawSource, RawTarget } from './raw.ts';
import type { Relation } from './scope.ts';
import { unsettledColumns } from './unsettled.ts';
import { mirrorTable, sourceTable, targetName, targetTable } from './tables.ts';
import type { Naming } from './tables.ts';

export interface Context {
  readonly raw: RawDictionary;
  readonly naming: Naming;
  readonly limits: Limits;
  /** None: nothing is known of the warehouse, and every table and column is believed. */
  readonly catalog: Catalog | undefined;
  /** Tables that exist, for hints. */
  readonly tableNames: readonly string[];
  readonly report: Report;
  /** Targets whose tables are not what they were: what columns they have does not say which may be read. */
  readonly shapeless?: ReadonlySet<string> | undefined;
}

/** A source or target whose name is its own. */
export type Declared =
  | {
      readonly kind: 'source';
      readonly name: string;
      readonly raw: RawSource;
      readonly table: TableName;
      readonly info: CatalogTable | undefined;
    }
  | {
      readonly kind: 'target';
      readonly name: string;
      readonly raw: RawTarget;
      readonly table: TableName;
      readonly info: CatalogTable | undefined;
    };

export type DeclaredSource = Extract<Declared, { kind: 'source' }>;
export type DeclaredTarget = Extract<Declared, { kind: 'target' }>;

/** All relations by name, first come; a second of the same name is reported and left out. */
export const declare = (context: Context): ReadonlyMap<string, Declared> => {
  const { raw, naming, catalog, report } = context;
  const declared = new Map<string, Declared>();
  const add = (one: Declared): void => {
    const first = declared.get(one.name);
    const at = one.raw.name.at;
    if (one.name === 'this') report(say.reservedAlias(at));
    else if (first === undefined) declared.set(one.name, one);
    else if (first.kind === 'target' && one.kind === 'target')
      report(say.targetMappedTwice(at, one.name, first.raw.name.at));
    else report(say.duplicateName(at, one.name, first.raw.name.at));
  };
  const infoOf = (table: TableName): CatalogTable | undefined => catalog && lookUp(catalog, table);
  for (const source of raw.sources) {
    let isNamed = true;
    const written = sourceTable(source, naming, (problem) => {
      isNamed = false;
      report(problem);
    });
    const info = infoOf(written);
    if (info === undefined && catalog !== undefined && isNamed && !source.unsupported) {
      report(
        say.unknownTable(
          (source.table ?? source.node?.name ?? source.name).at,
          showTable(written),
          context.tableNames,
        ),
      );
    }
    add({ kind: 'source', name: source.name.text, raw: source, table: info?.table ?? written, info });
  }
  for (const target of raw.targets) {
    const written = targetTable(target, naming, report);
    const info = infoOf(written);
    add({ kind: 'target', name: targetName(target), raw: target, table: info?.table ?? written, info });
  }
  checkTables([...declared.values()], context);
  return declared;
};

/** One table is written by one mapping, and no mirror is a table of another use. */
const checkTables = (declared: readonly Declared[], { naming, report }: Context): void => {
  const owners = new Map<
    string,
    { readonly what: string; readonly at: Position; readonly kind: Declared['kind'] }
  >();
  for (const { kind, name, raw, table } of declared) {
    const key = showTable(table);
    const first = owners.get(key);
    if (kind === 'target' && first?.kind === 'target')
      report(say.targetMappedTwice(raw.name.at, name, first.at));
    else owners.set(key, { what: `the table of ${kind} \`${name}\``, at: raw.name.at, kind });
  }
  for (const one of declared) {
    if (one.kind !== 'source' || one.raw.unsupported) continue;
    const mirror = showTable(mirrorTable(one.raw, naming));
    const at: Scalar = one.raw.mirror ?? one.raw.name;
    const owner = owners.get(mirror);
    if (owner !== undefined) report(say.sharedMirror(at.at, mirror, owner.what));
    else owners.set(mirror, { what: `the mirror of source \`${one.name}\``, at: at.at, kind: 'source' });
  }
};

/** What an expression may read of a relation. `mirrored`: of a source, the columns that its mirror has; none where
 *  its table is unknown. */
export const relationOf = (
  declared: Declared,
  mirrored: readonly Column[] | undefined,
  context: Context,
): Relation => {
  const { name, table, info } = declared;
  const shown = showTable(table);
  const unsettled = declared.kind === 'target' ? unsettledColumns(declared.raw, name, info) : undefined;
  const anything: Relation = { name, shown, columns: undefined, leftOut: new Set(), unsettled };
  if (
    (declared.kind === 'source' && declared.raw.unsupported) ||
    context.catalog === undefined ||
    context.shapeless?.has(name) === true
  )
    return anything;
  if (declared.kind === 'source') {
    const isIn = (column: string): boolean => mirrored?.some((each) => each.name === column) !== false;
    const others = info?.columns.filter((column) => !isIn(column.name)) ?? [];
    return { name, shown, columns: mirrored, leftOut: new Set(others.map((column) => column.name)) };
  }
  if (info === undefined && declared.raw.from === undefined) return anything;
  // A target that is yet to be built has the columns that its mapping names.
  const columns =
    info?.columns ??
    [
      ...declared.raw.columns.map((column) => column.name),
      ...declared.raw.touch.map(({ column }) => column),
      ...historyNames(declared.raw).map((text) => ({ text })),
    ].map(({ text }) => ({ name: text, type: '', nullable: true }));
  return { name, shown, columns, leftOut: new Set(), unsettled };
};
