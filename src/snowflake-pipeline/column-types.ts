// Types as Snowflake writes them, and those of tables that are yet to be made: a column that is passed on has the type of the
// column that it is; what an expression yields only the warehouse can say.
import type { Dictionary, MappedColumn, Source, Target } from '../dictionary/dictionary.ts';
import { plainColumn } from '../dictionary/references.ts';
import { buildGraph } from '../graph/graph.ts';
import type { Column } from '../sql/dialect.ts';
import { expressionText, listed, quoted } from './quote.ts';

/** Words of our own and of other engines, for what the server would read as something else or not at all. */
const spelt: Readonly<Record<string, string>> = {
  bigint: 'NUMBER(38,0)',
  integer: 'NUMBER(38,0)',
  int: 'NUMBER(38,0)',
  smallint: 'NUMBER(38,0)',
  text: 'VARCHAR',
  'character varying': 'VARCHAR',
  'double precision': 'FLOAT',
  double: 'FLOAT',
  real: 'FLOAT',
  json: 'VARIANT',
  jsonb: 'VARIANT',
  bytea: 'BINARY',
  blob: 'BINARY',
  timestamp: 'TIMESTAMP_NTZ(6)',
  datetime: 'TIMESTAMP_NTZ(6)',
  // An instant, shown in the session's zone: what `timestamptz` is elsewhere. TIMESTAMP_TZ would keep an offset.
  timestamptz: 'TIMESTAMP_LTZ(6)',
  'timestamp with time zone': 'TIMESTAMP_LTZ(6)',
};

/** As the catalog writes texts and bytes that have no limit. */
const unlimited: Readonly<Record<string, string>> = {
  'VARCHAR(16777216)': 'VARCHAR',
  'TEXT(16777216)': 'VARCHAR',
  'BINARY(8388608)': 'BINARY',
};

const spell = (type: string): string =>
  spelt[type.toLowerCase()] ?? unlimited[type.toUpperCase()] ?? type.toUpperCase();

const respelt = <T extends { readonly type: string }>(each: T): T => ({ ...each, type: spell(each.type) });

const spellSource = (source: Source): Source => {
  const spelled = { ...source, key: source.key.map(respelt), columns: source.columns.map(respelt) };
  if (spelled.detect.kind !== 'log') return spelled;
  return { ...spelled, detect: { ...spelled.detect, sequence: spelled.detect.sequence.map(respelt) } };
};

/** Columns of sources and targets, by the relation's name. */
export type RelationColumns = ReadonlyMap<string, readonly Pick<Column, 'name' | 'type'>[]>;

const relationOfAlias = (target: Target): ReadonlyMap<string, string> => {
  const { root, joins } = target;
  const own = root.kind === 'grain' ? [[root.alias, root.relation] as const] : [];
  return new Map([...own, ...joins.map(({ alias, relation }) => [alias, relation] as const)]);
};

const plainType = (target: Target, { expression }: MappedColumn, known: RelationColumns): string => {
  const ref = plainColumn(expression);
  if (ref === undefined) return '';
  const columns = known.get(relationOfAlias(target).get(ref.alias) ?? '') ?? [];
  return columns.find(({ name }) => name === ref.column)?.type ?? '';
};

/** Types of mapped columns, by name; '' where nobody knows. */
export type TypesOf = (target: Target, known: RelationColumns) => Promise<ReadonlyMap<string, string>>;

/** A query that has one column per mapped column, over no rows: the warehouse says of which types they are. */
export const typingQuery = (target: Target, known: RelationColumns): string => {
  const rows = [...relationOfAlias(target)].map(([alias, relation]) => {
    const columns = known.get(relation) ?? [];
    const values = columns.map(({ name, type }) => `cast(null as ${type}) as ${quoted(name)}`);
    return `(select ${listed(values)}) as ${quoted(alias)}`;
  });
  // Aggregates beside values of the group: grouped one by one, each is typed alone.
  const values = target.columns.map(({ name, expression, aggregated }) => {
    const value = expressionText(expression);
    return { name, value, isAggregate: aggregated !== undefined };
  });
  const plain = values.filter(({ isAggregate }) => !isAggregate).map(({ value }) => value);
  const grouped = values.some(({ isAggregate }) => isAggregate) && plain.length > 0;
  return `select ${listed(values.map(({ name, value }) => `${value} as ${quoted(name)}`))}
from ${rows.join('\ncross join ')}${grouped ? `\ngroup by ${listed(plain)}` : ''}`;
};

const withTypes = (target: Target, typeOf: (name: string) => string): Target => {
  const columns = target.columns.map((column) => ({ ...column, type: typeOf(column.name) }));
  const own = target.form.kind === 'history' ? target.form.history.columns : [];
  return {
    ...target,
    columns,
    tableColumns: [...columns, ...target.touch, ...own].map(({ name, type }) => ({
      name,
      type,
      nullable: true,
    })),
    key: target.key.map((column) => ({ ...column, type: typeOf(column.name) || column.type })),
  };
};

const spellTarget = (target: Target): Target => ({
  ...target,
  columns: target.columns.map(respelt),
  tableColumns: target.tableColumns.map(respelt),
  key: target.key.map(respelt),
  touch: target.touch.map(respelt),
  form:
    target.form.kind === 'history'
      ? {
          kind: 'history',
          history: { ...target.form.history, columns: target.form.history.columns.map(respelt) },
        }
      : target.form,
});

/** All types spelt as the server does; targets without a table get those of their expressions, from `ask` where that is not
 *  plain. */
export const typeDictionary = async (dictionary: Dictionary, ask?: TypesOf): Promise<Dictionary> => {
  const sources = dictionary.sources.map(spellSource);
  const known = new Map<string, readonly Pick<Column, 'name' | 'type'>[]>(
    sources.map(({ name, columns }) => [name, columns]),
  );
  const typed = new Map<string, Target>();
  for (const target of buildGraph(dictionary).order) {
    let found = spellTarget(target);
    if (!target.exists && target.root.kind !== 'query') {
      const plain = new Map(
        target.columns.map((column) => [column.name, plainType(target, column, known)] as const),
      );
      const isKnown = [...plain.values()].every((type) => type !== '');
      const asked = isKnown || ask === undefined ? new Map<string, string>() : await ask(target, known);
      found = withTypes(found, (name) => plain.get(name) || (asked.get(name) ?? ''));
    }
    typed.set(target.name, found);
    known.set(target.name, found.tableColumns);
  }
  return { sources, targets: dictionary.targets.map((target) => typed.get(target.name) ?? target) };
};
