// What an editor is told of one dictionary: each source and target with its columns.
import type { Column } from '../../sql/dialect.ts';
import { showTable } from '../../sql/table-name.ts';
import { lookUp, type Catalog } from '../catalog.ts';
import type { RawDictionary, RawTarget } from '../raw.ts';
import { sourceTable, targetName, targetTable, type Naming } from '../tables.ts';

export interface KnownRelation {
  readonly name: string;
  readonly table: string;
  readonly kind: 'source' | 'target';
  /** None where the table does not exist yet. */
  readonly columns: readonly Column[] | undefined;
}

export interface KnownDictionary {
  readonly relations: ReadonlyMap<string, KnownRelation>;
  readonly targets: readonly RawTarget[];
}

/** The columns that a mapping names, of a target that is yet to be made. */
const mapped = (target: RawTarget): readonly Column[] =>
  target.columns.map(({ name, expression }) => ({
    name: name.text,
    type: `= ${expression.text}`,
    nullable: true,
  }));

export const knownDictionary = (raw: RawDictionary, naming: Naming, catalog: Catalog): KnownDictionary => {
  const relations: readonly KnownRelation[] = [
    ...raw.sources.map((source): KnownRelation => {
      const table = sourceTable(source, naming);
      return {
        name: source.name.text,
        table: showTable(table),
        kind: 'source',
        columns: lookUp(catalog, table)?.columns,
      };
    }),
    ...raw.targets.map((target): KnownRelation => {
      const table = targetTable(target, naming);
      return {
        name: targetName(target),
        table: showTable(table),
        kind: 'target',
        columns: lookUp(catalog, table)?.columns ?? mapped(target),
      };
    }),
  ];
  return { relations: new Map(relations.map((each) => [each.name, each])), targets: raw.targets };
};

export const typeText = ({ type, nullable, generated }: Column): string =>
  `\`${type}\`${nullable ? '' : ', not null'}${generated === true ? ', computed by the warehouse' : ''}`;

/** `alias.column` of some aliases, each with its type. */
export const columnsOf = (aliases: ReadonlyMap<string, KnownRelation>): ReadonlyMap<string, string> =>
  new Map(
    [...aliases].flatMap(([alias, { table, columns = [] }]) =>
      columns.map((column): [string, string] => [
        `${alias}.${column.name}`,
        `${typeText(column)} in \`${table}\``,
      ]),
    ),
  );
